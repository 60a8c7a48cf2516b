" Cromwell: edits and completions by a local model. Commands and mappings; the work is done in
" autoload/. Vim 9.0 and Neovim 0.7 or newer; needs curl.
if exists('g:loaded_cromwell') || &compatible
  finish
endif
let g:loaded_cromwell = 1

let g:cromwell_server = get(g:, 'cromwell_server', 'http://127.0.0.1:8411')
let g:cromwell_socket = get(g:, 'cromwell_socket', '')
let g:cromwell_token_file = get(g:, 'cromwell_token_file', '')
let g:cromwell_max_tokens = get(g:, 'cromwell_max_tokens', 64)
let g:cromwell_edit_options = get(g:, 'cromwell_edit_options', {})
let g:cromwell_auto_complete = get(g:, 'cromwell_auto_complete', 0)

command! -range=0 -nargs=+ CromwellEdit
      \ call cromwell#edit#start(<count> > 0 ? [<line1>, <line2>] : [], <q-args>)
command! CromwellComplete call cromwell#complete#start()
command! CromwellAccept call cromwell#accept()
command! CromwellReject call cromwell#reject()

inoremap <silent> <Plug>(cromwell-complete) <Cmd>call cromwell#complete#start()<CR>
inoremap <silent> <Plug>(cromwell-accept) <Cmd>call cromwell#accept()<CR>
inoremap <silent> <Plug>(cromwell-reject) <Cmd>call cromwell#reject()<CR>
nnoremap <silent> <Plug>(cromwell-accept) <Cmd>call cromwell#accept()<CR>
nnoremap <silent> <Plug>(cromwell-reject) <Cmd>call cromwell#reject()<CR>
" Takes what is offered, and is an ordinary Tab where nothing is.
inoremap <silent> <expr> <Plug>(cromwell-tab)
      \ cromwell#complete#is_offered() ? "\<Cmd>call cromwell#accept()\<CR>" : "\<Tab>"

highlight default link CromwellGhost Comment

augroup cromwell
  autocmd!
  autocmd CursorMovedI,InsertLeave,BufLeave * call cromwell#complete#on_move()
  autocmd CursorHoldI * if g:cromwell_auto_complete | call cromwell#complete#start() | endif
augroup END
