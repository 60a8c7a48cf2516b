#include "api/edit_reply.h"

#include <utility>
#include <variant>

#include "api/error_status.h"
#include "api/sse.h"

namespace cromwell::api {
namespace {

// One function for each kind of event: its frame.
class FrameOf {
 public:
  explicit FrameOf(const std::string& model) : model_(model) {}
  std::string operator()(const edit::EditStarted& event) const {
    return sse_event("start", start_json(event, model_));
  }
  std::string operator()(const edit::EditProgress& event) const {
    return sse_event("progress", progress_json(event));
  }
  std::string operator()(const edit::EditToken& event) const {
    return sse_event("token", token_json(event));
  }
  std::string operator()(const edit::EditRewind& event) const {
    return sse_event("rewind", rewind_json(event));
  }
  std::string operator()(const edit::EditHunk& event) const {
    return sse_event("hunk", hunk_json(event));
  }
  std::string operator()(const edit::EditDiff& event) const {
    return sse_event("diff", diff_json(event));
  }
  std::string operator()(const edit::EditApplied& event) const {
    return sse_event("applied", applied_json(event));
  }
  std::string operator()(const edit::EditDone& event) const {
    return sse_event("done", done_json(event));
  }
  std::string operator()(const edit::EditFailed& event) const {
    return sse_event("error", error_event_json(event));
  }

 private:
  const std::string& model_;
};

bool is_last(const edit::EditEvent& event) {
  return std::holds_alternative<edit::EditDone>(event) ||
         std::holds_alternative<edit::EditFailed>(event);
}

}  // namespace

EditReply::EditReply(std::shared_ptr<Responder> responder,
                     std::shared_ptr<Cancellation> cancellation, std::string model, bool stream)
    : responder_(std::move(responder)),
      cancellation_(std::move(cancellation)),
      model_(std::move(model)),
      stream_(stream) {}

void EditReply::on_event(edit::EditEvent&& event) {
  if (is_last(event)) cancellation_->disarm();
  if (stream_) {
    stream_event(event);
  } else {
    collect_event(std::move(event));
  }
}

void EditReply::stream_event(const edit::EditEvent& event) {
  // What fails before anything began has a status of its own, also for who asked for a stream.
  const auto* failed = std::get_if<edit::EditFailed>(&event);
  if (failed != nullptr && !streaming_) return refuse(*failed);
  stream_frame(std::visit(FrameOf(model_), event), is_last(event));
}

void EditReply::stream_frame(std::string frame, bool is_last) {
  if (!std::exchange(streaming_, true)) {
    responder_->begin_stream(sse_head(std::move(frame)));
  } else if (!responder_->write(std::move(frame))) {
    cancellation_->fire();
  }
  if (is_last) responder_->end_stream();
}

void EditReply::collect_event(edit::EditEvent&& event) {
  if (auto* started = std::get_if<edit::EditStarted>(&event)) {
    parts_.start = std::move(*started);
  } else if (auto* diff = std::get_if<edit::EditDiff>(&event)) {
    parts_.diffs.push_back(std::move(*diff));
  } else if (auto* applied = std::get_if<edit::EditApplied>(&event)) {
    parts_.applied.push_back(std::move(*applied));
  } else if (const auto* done = std::get_if<edit::EditDone>(&event)) {
    responder_->send(json_response(edit_answer(parts_, model_, *done)));
  } else if (const auto* failed = std::get_if<edit::EditFailed>(&event)) {
    refuse(*failed);
  }
}

void EditReply::refuse(const edit::EditFailed& failed) {
  responder_->send(error_response(failed.error, Dialect::kOwn, failure_detail(failed)));
}

void run_edit(const ServiceParts& parts, std::shared_ptr<Responder> responder,
              edit::EditRequest request, bool stream) {
  const auto cancellation = cancel_when_gone(*responder);
  if (cancellation->fired()) return;
  auto reply =
      std::make_shared<EditReply>(std::move(responder), cancellation, parts.model_name, stream);
  const edit::EditHandle handle = parts.edits.start(
      std::move(request), parts.meters->metered(edit::EditSink([reply](edit::EditEvent&& event) {
        reply->on_event(std::move(event));
      })));
  cancellation->arm([handle] { handle.cancel(); });
}

}  // namespace cromwell::api
