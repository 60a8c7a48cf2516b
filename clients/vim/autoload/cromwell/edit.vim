" An edit: asked for, shown beside the buffer as a diff while it is written, taken or thrown away.
" One at a time.

let s:edit = {}

" a:range: [first, last] or [] for what the instruction names.
function! cromwell#edit#start(range, instruction) abort
  call cromwell#edit#reject()
  if !&modifiable
    return cromwell#warn('this buffer cannot be changed')
  endif
  let l:lines = getline(1, '$')
  let l:body = extend({'instruction': a:instruction, 'stream': v:true,
        \ 'content': cromwell#place#text(l:lines)}, g:cromwell_edit_options)
  if !empty(a:range)
    let l:body.selection = {'start_line': a:range[0], 'end_line': a:range[1]}
  endif
  let s:edit = {'buffer': bufnr(), 'lines': l:lines, 'hunks': [], 'bytes': 0, 'attempt': 1,
        \ 'changes': v:null, 'confidence': 0, 'id': '', 'failed': {}}
  try
    let s:edit.asked = cromwell#place#post('/v1/edit', l:body, {
          \ 'on_event': function('s:on_event', [s:edit]), 'on_end': function('s:on_end', [s:edit])})
  catch /^cromwell: /
    let s:edit = {}
    return cromwell#warn(substitute(v:exception, '^cromwell: ', '', ''))
  endtry
  call cromwell#preview#open(s:edit.buffer, l:lines)
  call cromwell#say('asked for: ' .. a:instruction)
endfunction

" What there is of it, for status lines and tests: '', 'writing', 'proposed'.
function! cromwell#edit#state() abort
  if empty(s:edit)
    return ''
  endif
  return s:edit.changes is v:null ? 'writing' : 'proposed'
endfunction

function! cromwell#edit#accept() abort
  if cromwell#edit#state() !=# 'proposed'
    return cromwell#warn(empty(s:edit) ? 'nothing is proposed' : 'the edit is still being written')
  endif
  let l:edit = s:edit
  if !bufloaded(l:edit.buffer) || getbufline(l:edit.buffer, 1, '$') !=# l:edit.lines
    return cromwell#warn('the buffer changed since the edit was asked for; ask again')
  endif
  call cromwell#edit#reject()
  " Bottom up, so that line numbers hold; new lines first, for a buffer always has one. All within
  " one command, which makes it one step of undo.
  for l:change in reverse(copy(l:edit.changes))
    call appendbufline(l:edit.buffer, l:change.end, l:change.lines)
    if l:change.end > l:change.first
      call deletebufline(l:edit.buffer, l:change.first + 1, l:change.end)
    endif
  endfor
  call cromwell#say('applied to the buffer; u takes it back')
endfunction

function! cromwell#edit#reject() abort
  if empty(s:edit)
    return
  endif
  let l:edit = s:edit
  let s:edit = {}
  if has_key(l:edit, 'asked')
    call cromwell#http#cancel(l:edit.asked.call)
  endif
  call cromwell#preview#close()
endfunction

function! s:on_event(edit, name, data) abort
  if a:edit isnot s:edit
    return
  endif
  if a:name ==# 'start'
    let a:edit.id = a:data.id
  elseif a:name ==# 'token'
    call s:begin_attempt(a:edit, a:data.attempt)
    let a:edit.bytes += strlen(a:data.text)
  elseif a:name ==# 'rewind'
    call s:begin_attempt(a:edit, a:data.attempt)
    let a:edit.bytes = a:data.to_bytes
    call filter(a:edit.hunks, {_, hunk -> hunk.bytes <= a:data.to_bytes})
    call s:show_hunks(a:edit)
  elseif a:name ==# 'hunk'
    call add(a:edit.hunks, {'bytes': a:edit.bytes, 'hunk': a:data})
    call s:show_hunks(a:edit)
  elseif a:name ==# 'diff'
    let a:edit.patch = a:data.patch
  elseif a:name ==# 'done'
    let a:edit.confidence = a:data.confidence
    let a:edit.finished = a:data.finish_reason
  elseif a:name ==# 'error'
    let a:edit.failed = a:data
  endif
endfunction

" What another attempt wrote is void.
function! s:begin_attempt(edit, attempt) abort
  if a:attempt != a:edit.attempt
    let a:edit.attempt = a:attempt
    let a:edit.bytes = 0
    let a:edit.hunks = []
  endif
endfunction

function! s:show_hunks(edit) abort
  let l:changes = []
  for l:hunk in a:edit.hunks
    let l:changes += cromwell#patch#hunk_changes(l:hunk.hunk)
  endfor
  call cromwell#preview#show(cromwell#patch#changed(a:edit.lines, l:changes))
endfunction

function! s:on_end(edit, error) abort
  if a:edit isnot s:edit
    return
  endif
  let l:error = empty(a:edit.failed) ? a:error : a:edit.failed
  if empty(l:error) && !has_key(a:edit, 'finished')
    let l:error = {'message': "the daemon's answer ended too early"}
  endif
  if !empty(l:error)
    call cromwell#edit#reject()
    return cromwell#warn(l:error.message)
  endif
  if a:edit.finished ==# 'no_change'
    call cromwell#edit#reject()
    return cromwell#say('the model changed nothing')
  endif
  try
    let a:edit.changes = cromwell#patch#changes(a:edit.patch)
  catch /^cromwell: /
    call cromwell#edit#reject()
    return cromwell#warn(substitute(v:exception, '^cromwell: ', '', ''))
  endtry
  call cromwell#preview#show(cromwell#patch#changed(a:edit.lines, a:edit.changes))
  call cromwell#say(printf('proposed, confidence %.2f: :CromwellAccept or :CromwellReject',
        \ a:edit.confidence))
endfunction
