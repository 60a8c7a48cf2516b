" Unified diffs and hunks as changes of lines. Pure.

" [{first, end, lines}], ascending: lines [first, end) of the text, 0-based, become `lines`.
" Throws a text for people where it is no unified diff.
function! cromwell#patch#changes(patch) abort
  let l:changes = []
  let l:lines = split(a:patch, "\n", 1)
  if !empty(l:lines) && l:lines[-1] ==# ''
    call remove(l:lines, -1)
  endif
  let l:hunk = {}
  for l:line in l:lines[2:]
    let l:header = matchlist(l:line, '^@@ -\(\d\+\)\%(,\(\d\+\)\)\? +\d')
    if !empty(l:header)
      let l:hunk = {'at': s:begin(str2nr(l:header[1]), l:header[2]), 'open': 0}
    elseif empty(l:hunk)
      throw 'cromwell: the daemon sent no unified diff'
    else
      call s:take_line(l:changes, l:hunk, l:line)
    endif
  endfor
  return l:changes
endfunction

" Of one hunk as an event has it.
function! cromwell#patch#hunk_changes(hunk) abort
  let l:changes = []
  let l:state = {'at': s:begin(a:hunk.old_start, a:hunk.old_lines), 'open': 0}
  for l:line in a:hunk.lines
    call s:take_line(l:changes, l:state, substitute(l:line, '\n$', '', ''))
  endfor
  return l:changes
endfunction

" The text's lines after the changes.
function! cromwell#patch#changed(lines, changes) abort
  let l:out = []
  let l:at = 0
  for l:change in a:changes
    let l:out += (l:change.first > l:at ? a:lines[l:at : l:change.first - 1] : []) + l:change.lines
    let l:at = l:change.end
  endfor
  return l:out + a:lines[l:at :]
endfunction

" 0-based. A range of no lines names the line before it.
function! s:begin(start, count) abort
  return a:count ==# '0' || a:count is 0 ? a:start : a:start - 1
endfunction

function! s:take_line(changes, hunk, line) abort
  let l:origin = a:line[0]
  if l:origin ==# ' '
    let a:hunk.open = 0
    let a:hunk.at += 1
  elseif l:origin ==# '-' || l:origin ==# '+'
    if !a:hunk.open
      call add(a:changes, {'first': a:hunk.at, 'end': a:hunk.at, 'lines': []})
      let a:hunk.open = 1
    endif
    if l:origin ==# '+'
      call add(a:changes[-1].lines, strpart(a:line, 1))
    else
      let a:hunk.at += 1
      let a:changes[-1].end = a:hunk.at
    endif
  endif
endfunction
