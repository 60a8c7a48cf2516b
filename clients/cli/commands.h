// The subcommands: each function adds one, with its flags, to the command line; its callback does
// the work and sets *status, which lives as long as the line. Messages go to standard error,
// results to standard output.
#pragma once

#include <CLI/CLI.hpp>

#include "base/result.h"

namespace cromwell::cli {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongArguments = 2;

void add_edit_command(CLI::App& app, int* status);       // edit
void add_complete_command(CLI::App& app, int* status);   // complete
void add_chat_command(CLI::App& app, int* status);       // chat
void add_record_commands(CLI::App& app, int* status);    // apply, revert, edits
void add_status_command(CLI::App& app, int* status);     // status
void add_serve_command(CLI::App& app, int* status);      // serve
void add_lsp_command(CLI::App& app, int* status);        // lsp
void add_model_command(CLI::App& app, int* status);      // model inspect | quantize | ...
void add_tokenizer_command(CLI::App& app, int* status);  // tokenizer encode | decode
void add_eval_command(CLI::App& app, int* status);       // eval edits
void add_prompts_command(CLI::App& app, int* status);    // prompts

// Prints "cromwell: MESSAGE" and returns the status for it.
int report(const base::Error& error);

}  // namespace cromwell::cli
