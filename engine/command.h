// What other threads ask of the engine thread, as plain data; it takes them between two steps.
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "engine/generation.h"
#include "engine/generation_link.h"
#include "engine/saved_text.h"

namespace cromwell::engine {

using Clock = std::chrono::steady_clock;

struct SubmitCommand {
  std::shared_ptr<GenerationLink> link;
  GenerateRequest request;  // checked, max_tokens cut, seed chosen
  EventSink sink;
  Clock::time_point submitted;
};
struct RewindCommand {
  std::uint64_t id = 0;
  int tokens = 0;
};
struct ReplaceDraftCommand {
  std::uint64_t id = 0;
  std::unique_ptr<DraftSource> draft;
};
struct ForkCommand {
  std::uint64_t parent = 0;
  std::shared_ptr<GenerationLink> link;
  SamplingOptions sampling;  // seed chosen
  std::unique_ptr<DraftSource> draft;
  EventSink sink;
  Clock::time_point submitted;
  std::optional<base::Error> refused;  // it only has to be told so
};
struct DropSessionCommand {
  std::string session;
};
struct PinSessionCommand {
  std::string session;
  bool pinned = false;
};
struct CopySessionCommand {
  std::string session;
  int from_page = 0;  // a few from this one on
  std::promise<base::Result<SavedText>> answer;
};
struct PutSessionCommand {
  std::string session;
  SavedText text;
  std::promise<base::Result<>> answer;
};
using Command = std::variant<SubmitCommand, RewindCommand, ReplaceDraftCommand, ForkCommand,
                             DropSessionCommand, PinSessionCommand, CopySessionCommand,
                             PutSessionCommand>;

}  // namespace cromwell::engine
