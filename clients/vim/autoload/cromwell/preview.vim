" The proposed text in a window of its own beside the buffer, both in diff mode.

let s:preview = {}

function! cromwell#preview#open(buffer, lines) abort
  let l:window = win_getid()
  let l:filetype = &filetype
  diffthis
  vertical rightbelow new
  let s:preview = {'source': l:window, 'window': win_getid(), 'buffer': bufnr()}
  setlocal buftype=nofile bufhidden=wipe noswapfile nobuflisted
  execute 'silent! file' fnameescape('[Cromwell]')
  call setline(1, a:lines)
  let &l:filetype = l:filetype
  setlocal nomodifiable
  diffthis
  autocmd BufWipeout <buffer> call s:on_wipe(str2nr(expand('<abuf>')))
  call win_gotoid(l:window)
endfunction

function! cromwell#preview#show(lines) abort
  if !bufloaded(get(s:preview, 'buffer'))
    return
  endif
  let l:buffer = s:preview.buffer
  call setbufvar(l:buffer, '&modifiable', 1)
  call setbufline(l:buffer, 1, a:lines)
  let l:left = len(getbufline(l:buffer, 1, '$'))
  if l:left > max([1, len(a:lines)])
    call deletebufline(l:buffer, max([1, len(a:lines)]) + 1, '$')
  endif
  if empty(a:lines)
    call setbufline(l:buffer, 1, '')
  endif
  call setbufvar(l:buffer, '&modifiable', 0)
  call win_execute(s:preview.source, 'diffupdate')
endfunction

function! cromwell#preview#close() abort
  let l:preview = s:preview
  let s:preview = {}
  if empty(l:preview)
    return
  endif
  call win_execute(l:preview.source, 'diffoff')
  if l:preview.buffer > 0 && bufexists(l:preview.buffer)
    execute 'silent! bwipeout!' l:preview.buffer
  endif
endfunction

" Somebody closed the window: that is a no. Not within the event, which forbids other windows' ones.
function! s:on_wipe(buffer) abort
  if get(s:preview, 'buffer') == a:buffer
    let s:preview.buffer = 0
    call timer_start(0, {_ -> cromwell#edit#reject()})
  endif
endfunction
