" What a request says of the buffer: its file, as the daemon wants to hear it, and its text.

" Ways to name the file of the current buffer: from the top of its work tree, from the current
" folder, from its own. Throws a text for people.
function! cromwell#place#names() abort
  let l:file = resolve(expand('%:p'))
  if empty(l:file) || &buftype !=# ''
    throw 'cromwell: this buffer has no file'
  endif
  let l:folder = fnamemodify(l:file, ':h')
  let l:names = []
  for l:workspace in [s:work_tree(l:folder), resolve(getcwd()), l:folder]
    let l:start = l:workspace =~# '/$' ? l:workspace : l:workspace .. '/'
    if empty(l:workspace) || stridx(l:file, l:start) != 0
      continue
    endif
    let l:name = {'workspace': l:workspace, 'file': strpart(l:file, strlen(l:start))}
    if index(l:names, l:name) < 0
      call add(l:names, l:name)
    endif
  endfor
  return l:names
endfunction

" The lines with the newline that the file has after the last one.
function! cromwell#place#text(lines) abort
  return join(a:lines, "\n") .. (&endofline ? "\n" : '')
endfunction

function! s:work_tree(folder) abort
  let l:folder = a:folder
  while !isdirectory(l:folder .. '/.git') && !filereadable(l:folder .. '/.git')
    if l:folder ==# fnamemodify(l:folder, ':h')
      return ''
    endif
    let l:folder = fnamemodify(l:folder, ':h')
  endwhile
  return l:folder
endfunction

" Posts under each name in turn, until one is beneath a root of the daemon: that may lie deeper
" than the folder that we named. Returns a dictionary whose `call` is the one that runs.
function! cromwell#place#post(path, body, handlers) abort
  let l:asked = {'names': cromwell#place#names(), 'path': a:path, 'body': a:body,
        \ 'handlers': a:handlers}
  call s:post_next(l:asked)
  return l:asked
endfunction

function! s:post_next(asked) abort
  let l:name = remove(a:asked.names, 0)
  let a:asked.call = cromwell#http#post(a:asked.path, extend(copy(a:asked.body), l:name), {
        \ 'on_event': a:asked.handlers.on_event,
        \ 'on_end': {error -> s:on_end(a:asked, error)}})
endfunction

function! s:on_end(asked, error) abort
  if get(a:error, 'code', '') ==# 'path_outside_root' && !empty(a:asked.names)
    return s:post_next(a:asked)
  endif
  call a:asked.handlers.on_end(a:error)
endfunction
