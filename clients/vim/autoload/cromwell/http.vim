" One request to the daemon by curl, in a job; its answer is an event stream. The body goes through
" standard input and the token through a file, so that neither is seen in the list of processes.

" Where curl writes the status after the answer, as one more event.
let s:status_mark = 'cromwell-status'

" a:handlers: on_event(name, data) for each event of a stream; on_end(error) once, last: the error
" is a dictionary with message and code, empty where all went well. Returns what cancel() takes.
function! cromwell#http#post(path, body, handlers) abort
  let l:call = {'handlers': a:handlers, 'rest': '', 'raw': '', 'stderr': '', 'status': 0,
        \ 'exit': -1, 'closed': 0, 'cancelled': 0, 'ended': 0, 'token': ''}
  if !executable('curl')
    return s:end_soon(l:call, 'curl is not installed')
  endif
  let l:command = ['curl', '--silent', '--show-error', '--no-buffer', '--max-time', '600',
        \ '--noproxy', 'localhost,127.0.0.1,::1',
        \ '--data-binary', '@-', '--header', 'Content-Type: application/json',
        \ '--header', 'Accept: text/event-stream',
        \ '--write-out', "\n\nevent: " .. s:status_mark .. "\ndata: %{http_code}\n\n"]
  if !empty(g:cromwell_token_file)
    try
      let l:token = get(readfile(expand(g:cromwell_token_file), '', 1), 0, '')
    catch
      return s:end_soon(l:call, g:cromwell_token_file .. ': expected a token on its first line')
    endtry
    let l:call.token = tempname()
    call writefile(['Authorization: Bearer ' .. l:token], l:call.token)
    let l:command += ['--header', '@' .. l:call.token]
  endif
  let l:server = substitute(g:cromwell_server, '/$', '', '')
  if !empty(g:cromwell_socket)
    let l:command += ['--unix-socket', expand(g:cromwell_socket)]
    let l:server = 'http://localhost'
  endif
  call s:run(l:call, l:command + [l:server .. a:path], json_encode(a:body))
  return l:call
endfunction

function! cromwell#http#cancel(call) abort
  let a:call.cancelled = 1
  if !has_key(a:call, 'job')
    return
  endif
  if has('nvim')
    call jobstop(a:call.job)
  else
    call job_stop(a:call.job)
  endif
endfunction

function! s:end_soon(call, message) abort
  call timer_start(0, {_ -> s:end(a:call, {'message': a:message})})
  return a:call
endfunction

function! s:run(call, command, body) abort
  if has('nvim')
    let a:call.job = jobstart(a:command, {
          \ 'on_stdout': {_, data, __ ->
          \   s:on_output(a:call, data == [''] ? v:null : join(data, "\n"))},
          \ 'on_stderr': {_, data, __ -> s:on_errors(a:call, join(data, "\n"))},
          \ 'on_exit': {_, status, __ -> s:on_exit(a:call, status)}})
    call chansend(a:call.job, a:body)
    call chanclose(a:call.job, 'stdin')
  else
    let a:call.job = job_start(a:command, {'mode': 'raw',
          \ 'out_cb': {_, data -> s:on_output(a:call, data)},
          \ 'err_cb': {_, data -> s:on_errors(a:call, data)},
          \ 'close_cb': {_ -> s:on_output(a:call, v:null)},
          \ 'exit_cb': {_, status -> s:on_exit(a:call, status)}})
    call ch_sendraw(a:call.job, a:body)
    call ch_close_in(a:call.job)
  endif
endfunction

function! s:on_errors(call, text) abort
  let a:call.stderr ..= a:text
endfunction

" a:text: v:null at the end.
function! s:on_output(call, text) abort
  if a:text is v:null
    let a:call.closed = 1
    return s:end_if_over(a:call)
  endif
  let a:call.rest ..= a:text
  while 1
    let l:end = stridx(a:call.rest, "\n\n")
    if l:end < 0
      return
    endif
    let l:block = strpart(a:call.rest, 0, l:end)
    let a:call.rest = strpart(a:call.rest, l:end + 2)
    call s:take_block(a:call, l:block)
  endwhile
endfunction

function! s:take_block(call, block) abort
  let l:name = 'message'
  let l:data = []
  for l:line in split(a:block, "\n")
    if l:line =~# '^event: '
      let l:name = strpart(l:line, 7)
    elseif l:line =~# '^data: '
      call add(l:data, strpart(l:line, 6))
    elseif l:line !~# '^:'
      let a:call.raw ..= l:line
    endif
  endfor
  if l:name ==# s:status_mark
    let a:call.status = str2nr(get(l:data, 0, ''))
  elseif !empty(l:data) && !a:call.cancelled
    call a:call.handlers.on_event(l:name, s:decoded(join(l:data, "\n")))
  endif
endfunction

function! s:on_exit(call, status) abort
  let a:call.exit = a:status
  call s:end_if_over(a:call)
endfunction

" The last output may come after the exit, and the other way round.
function! s:end_if_over(call) abort
  if !a:call.closed || a:call.exit < 0
    return
  endif
  if a:call.exit != 0
    call s:end(a:call, {'message': s:why_unreachable(a:call)})
  elseif a:call.status != 200
    let l:answer = s:decoded(a:call.raw)
    let l:error = type(l:answer) == v:t_dict ? get(l:answer, 'error', {}) : {}
    call s:end(a:call, extend({'message': 'the server answered ' .. a:call.status
          \ .. ': is it a Cromwell daemon?'}, type(l:error) == v:t_dict ? l:error : {}))
  else
    call s:end(a:call, {})
  endif
endfunction

function! s:why_unreachable(call) abort
  let l:place = empty(g:cromwell_socket) ? g:cromwell_server : g:cromwell_socket
  return 'cannot reach a daemon at ' .. l:place .. ' (' .. trim(a:call.stderr)
        \ .. '); start one with `cromwell serve --root .`'
endfunction

function! s:end(call, error) abort
  if a:call.ended
    return
  endif
  let a:call.ended = 1
  if !empty(a:call.token)
    call delete(a:call.token)
  endif
  if !a:call.cancelled
    call a:call.handlers.on_end(a:error)
  endif
endfunction

function! s:decoded(text) abort
  try
    return json_decode(a:text)
  catch
    return {}
  endtry
endfunction
