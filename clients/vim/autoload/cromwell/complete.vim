" A completion at the cursor, offered as ghost text while it is written.

let s:offer = {}

function! cromwell#complete#start() abort
  call cromwell#complete#clear()
  let l:line = line('.')
  " In normal mode the place is the line's end.
  let l:byte = mode() =~# '^[iR]' ? col('.') - 1 : strlen(getline('.'))
  let l:offer = {'buffer': bufnr(), 'line': l:line, 'byte': l:byte, 'text': '',
        \ 'tick': b:changedtick, 'failed': {}, 'is_whole': v:false}
  let s:offer = l:offer
  let l:body = {'content': cromwell#place#text(getline(1, '$')), 'line': l:line,
        \ 'column': strchars(strpart(getline('.'), 0, l:byte)), 'stream': v:true,
        \ 'max_tokens': g:cromwell_max_tokens, 'session': 'vim-' .. getpid()}
  try
    let l:offer.asked = cromwell#place#post('/v1/complete', l:body, {
          \ 'on_event': function('s:on_event', [l:offer]),
          \ 'on_end': function('s:on_end', [l:offer])})
  catch /^cromwell: /
    let s:offer = {}
    call cromwell#warn(substitute(v:exception, '^cromwell: ', '', ''))
  endtry
endfunction

function! cromwell#complete#is_offered() abort
  return !empty(s:offer) && !empty(s:offer.text)
endfunction

" Nothing more comes of it.
function! cromwell#complete#is_whole() abort
  return cromwell#complete#is_offered() && s:offer.is_whole
endfunction

" The text that is offered, for mappings and tests.
function! cromwell#complete#text() abort
  return get(s:offer, 'text', '')
endfunction

function! cromwell#complete#clear() abort
  if empty(s:offer)
    return
  endif
  let l:offer = s:offer
  let s:offer = {}
  if has_key(l:offer, 'asked')
    call cromwell#http#cancel(l:offer.asked.call)
  endif
  call cromwell#ghost#clear(l:offer.buffer)
endfunction

" The cursor left the place, or the text is another.
function! cromwell#complete#on_move() abort
  if !empty(s:offer) && (bufnr() != s:offer.buffer || line('.') != s:offer.line
        \ || b:changedtick != s:offer.tick || col('.') - 1 != s:offer.byte)
    call cromwell#complete#clear()
  endif
endfunction

function! cromwell#complete#accept() abort
  let l:offer = s:offer
  call cromwell#complete#clear()
  if bufnr() != l:offer.buffer || b:changedtick != l:offer.tick
    return cromwell#warn('the buffer changed since the completion was asked for')
  endif
  let l:line = getline(l:offer.line)
  let l:lines = split(l:offer.text, "\n", 1)
  let l:last = strlen(l:lines[-1]) + (len(l:lines) == 1 ? l:offer.byte : 0)
  let l:lines[0] = strpart(l:line, 0, l:offer.byte) .. l:lines[0]
  let l:lines[-1] ..= strpart(l:line, l:offer.byte)
  call setline(l:offer.line, l:lines[0])
  call append(l:offer.line, l:lines[1:])
  call cursor(l:offer.line + len(l:lines) - 1, l:last + 1)
endfunction

function! s:on_event(offer, name, data) abort
  if a:offer isnot s:offer
    return
  endif
  if a:name ==# 'token'
    let a:offer.text ..= a:data.text
    call cromwell#ghost#show(a:offer)
  elseif a:name ==# 'error'
    let a:offer.failed = a:data
  endif
endfunction

function! s:on_end(offer, error) abort
  if a:offer isnot s:offer
    return
  endif
  let a:offer.is_whole = v:true
  let l:error = empty(a:offer.failed) ? a:error : a:offer.failed
  " A newer request took its place.
  if !empty(l:error) && get(l:error, 'code', '') !=# 'conflict'
    call cromwell#complete#clear()
    call cromwell#warn(l:error.message)
  endif
endfunction
