" Text that is shown at a place and is not in the buffer: extmarks in Neovim, text properties in
" Vim; where there is neither, its first line as a message.

let s:type = 'CromwellGhost'

function! cromwell#ghost#clear(buffer) abort
  if !bufloaded(a:buffer)
    return
  endif
  if has('nvim')
    call nvim_buf_clear_namespace(a:buffer, nvim_create_namespace('cromwell'), 0, -1)
  elseif s:has_virtual_text()
    call s:define_type()
    call prop_remove({'type': s:type, 'bufnr': a:buffer, 'all': 1})
  endif
endfunction

" a:offer: buffer, line, byte of the line before the place, text.
function! cromwell#ghost#show(offer) abort
  call cromwell#ghost#clear(a:offer.buffer)
  let l:lines = split(a:offer.text, "\n", 1)
  if has('nvim')
    call s:show_extmark(a:offer, l:lines)
  elseif s:has_virtual_text()
    call s:show_property(a:offer, l:lines)
  else
    echo l:lines[0]
  endif
endfunction

function! s:has_virtual_text() abort
  return has('patch-9.0.0067')
endfunction

function! s:define_type() abort
  if empty(prop_type_get(s:type))
    call prop_type_add(s:type, {'highlight': 'CromwellGhost'})
  endif
endfunction

function! s:show_extmark(offer, lines) abort
  let l:is_end = a:offer.byte >= strlen(get(getbufline(a:offer.buffer, a:offer.line), 0, ''))
  " Before 0.10 nothing can be shown within a line without hiding what stands there.
  let l:place = has('nvim-0.10') ? 'inline' : l:is_end ? 'overlay' : 'eol'
  let l:options = {'virt_text': [[a:lines[0], s:type]], 'virt_text_pos': l:place}
  if len(a:lines) > 1
    let l:options.virt_lines = map(a:lines[1:], {_, line -> [[line, s:type]]})
  endif
  call nvim_buf_set_extmark(a:offer.buffer, nvim_create_namespace('cromwell'),
        \ a:offer.line - 1, a:offer.byte, l:options)
endfunction

function! s:show_property(offer, lines) abort
  call s:define_type()
  call prop_add(a:offer.line, a:offer.byte + 1,
        \ {'type': s:type, 'bufnr': a:offer.buffer, 'text': empty(a:lines[0]) ? ' ' : a:lines[0]})
  for l:line in a:lines[1:]
    call prop_add(a:offer.line, 0, {'type': s:type, 'bufnr': a:offer.buffer,
          \ 'text': empty(l:line) ? ' ' : l:line, 'text_align': 'below'})
  endfor
endfunction
