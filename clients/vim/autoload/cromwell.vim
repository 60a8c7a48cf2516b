" What a person decides about what is proposed, and how the plugin speaks to them.

" Takes the completion that is offered, else the edit that is shown.
function! cromwell#accept() abort
  if cromwell#complete#is_offered()
    call cromwell#complete#accept()
  else
    call cromwell#edit#accept()
  endif
endfunction

function! cromwell#reject() abort
  if cromwell#complete#is_offered()
    call cromwell#complete#clear()
  else
    call cromwell#edit#reject()
  endif
endfunction

function! cromwell#say(text) abort
  redraw
  echomsg 'cromwell: ' .. a:text
endfunction

function! cromwell#warn(text) abort
  redraw
  echohl ErrorMsg
  echomsg 'cromwell: ' .. a:text
  echohl None
endfunction
