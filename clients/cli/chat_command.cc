// cromwell chat: a conversation with the model on a terminal, or one question and its answer.
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>

#include "clients/cli/commands.h"
#include "clients/cli/interrupts.h"
#include "clients/cli/json_output.h"
#include "clients/cli/terminal.h"
#include "clients/cli/text_flags.h"

namespace cromwell::cli {
namespace {

constexpr const char* kHelp =
    "/reset forgets the conversation, /quit or Ctrl-D ends it, Ctrl-C ends an answer; a line that\n"
    "ends with \\ goes on in the next one.\n";

struct ChatFlags {
  std::string message;
  std::string system;
  TextFlags text;
};

ChatJob begin(const ChatFlags& flags) {
  ChatJob job{.session = "chat-" + std::to_string(::getpid()), .options = flags.text.options};
  if (!flags.system.empty()) job.messages.push_back({"system", flags.system});
  return job;
}

// Lines up to one that does not go on; none at the end of the input.
std::optional<std::string> read_message() {
  std::string message;
  const char* mark = "> ";
  for (std::string line;;) {
    std::fputs(mark, stdout);
    std::fflush(stdout);
    if (!std::getline(std::cin, line)) return std::nullopt;
    mark = "| ";
    if (!line.ends_with('\\')) return message + line;
    line.back() = '\n';
    message += line;
  }
}

// What was said stays in the conversation only together with its answer.
void say(TextSource& source, const std::string& message, ChatJob& job) {
  job.messages.push_back({"user", message});
  base::CallSwitch call_switch;
  const auto answer = [&] {
    const InterruptWatch watch(call_switch);
    return source.chat(job, show_text, call_switch);
  }();
  if (answer) {
    std::puts(answer->finish_reason == "stop" ? "" : (" [" + answer->finish_reason + "]").c_str());
    job.messages.push_back({"assistant", answer->text});
    return;
  }
  job.messages.pop_back();
  report(answer.error());
}

int converse(const ChatFlags& flags) {
  const InterruptBlock block;
  const auto source = open_source(flags.text);
  if (!source) return report(source.error());
  ChatJob job = begin(flags);
  std::fputs(kHelp, stderr);
  while (const auto message = read_message()) {
    if (*message == "/quit") return kDone;
    if (*message == "/reset") {
      job = begin(flags);
    } else if (message->starts_with('/')) {
      std::fputs(kHelp, stderr);
    } else if (!message->empty()) {
      say(**source, *message, job);
    }
  }
  std::puts("");
  return kDone;
}

int ask_once(const ChatFlags& flags) {
  ChatJob job = begin(flags);
  std::string message = flags.message;
  if (message.empty()) {
    message.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  }
  job.messages.push_back({"user", message});
  const auto source = open_source(flags.text);
  if (!source) return report_as(flags.text.json, source.error());
  base::CallSwitch never;
  return finish_text(flags.text, (*source)->chat(
                                     job,
                                     [&flags](std::string_view text) {
                                       if (!flags.text.json) show_text(text);
                                     },
                                     never));
}

int run_chat(const ChatFlags& flags) {
  const bool is_conversation =
      flags.message.empty() && !flags.text.json && is_terminal(STDIN_FILENO);
  return is_conversation ? converse(flags) : ask_once(flags);
}

}  // namespace

void add_chat_command(CLI::App& app, int* status) {
  auto flags = std::make_shared<ChatFlags>();
  CLI::App* command = app.add_subcommand(
      "chat",
      "Talk with the model; with a message, or one on standard input, get its answer and no more");
  command->add_option("message", flags->message, "The message");
  command->add_option("--system", flags->system, "What the model is told first");
  add_text_flags(*command, &flags->text);
  command->callback([flags, status] { *status = run_chat(*flags); });
}

}  // namespace cromwell::cli
