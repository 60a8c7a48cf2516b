#include "api/edit_reply.h"

#include <string_view>
#include <utility>
#include <variant>

#include "api/error_status.h"
#include "api/sse.h"

namespace cromwell::api {
namespace {

struct Named {
  std::string_view name;
  JsonOut data;
};

// One function for each kind of event.
class WireOf {
 public:
  explicit WireOf(const std::string& model) : model_(model) {}
  Named operator()(const edit::EditStarted& event) const {
    return {"start", start_json(event, model_)};
  }
  Named operator()(const edit::EditProgress& event) const {
    return {"progress", progress_json(event)};
  }
  Named operator()(const edit::EditToken& event) const { return {"token", token_json(event)}; }
  Named operator()(const edit::EditRewind& event) const { return {"rewind", rewind_json(event)}; }
  Named operator()(const edit::EditHunk& event) const { return {"hunk", hunk_json(event)}; }
  Named operator()(const edit::EditDiff& event) const { return {"diff", diff_json(event)}; }
  Named operator()(const edit::EditApplied& event) const {
    return {"applied", applied_json(event)};
  }
  Named operator()(const edit::EditDone& event) const { return {"done", done_json(event)}; }
  Named operator()(const edit::EditFailed& event) const {
    return {"error", error_event_json(event)};
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
                     std::shared_ptr<base::CallSwitch> call_switch, std::string model,
                     ReplyForm form)
    : responder_(std::move(responder)),
      call_switch_(std::move(call_switch)),
      model_(std::move(model)),
      form_(std::move(form)) {}

void EditReply::on_event(edit::EditEvent&& event) {
  if (form_.stream) {
    stream_event(event);
  } else {
    collect_event(std::move(event));
  }
}

void EditReply::stream_event(const edit::EditEvent& event) {
  // What fails before anything began has a status of its own, also for who asked for a stream.
  const auto* failed = std::get_if<edit::EditFailed>(&event);
  if (failed != nullptr && !streaming_) return refuse(*failed);
  if (form_.resumable) return keep_event(event);
  const Named named = std::visit(WireOf(model_), event);
  stream_frame(sse_event(named.name, named.data), is_last(event));
}

void EditReply::stream_frame(std::string frame, bool is_last) {
  if (!std::exchange(streaming_, true)) {
    responder_->begin_stream(sse_head(std::move(frame)));
  } else if (!responder_->write(std::move(frame))) {
    call_switch_->cancel();
  }
  if (is_last) responder_->end_stream();
}

// The first event names the edit, by which its client can come back.
void EditReply::keep_event(const edit::EditEvent& event) {
  if (const auto* started = std::get_if<edit::EditStarted>(&event)) {
    streaming_ = true;
    id_ = started->id;
    kept_ = form_.resumable->open(id_, std::move(responder_), call_switch_);
  }
  const Named named = std::visit(WireOf(model_), event);
  kept_->add(named.name, named.data, is_last(event));
  if (is_last(event)) form_.resumable->ended(id_);
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
              edit::EditRequest request, ReplyForm form) {
  const auto call_switch = cancel_when_gone(*responder);
  if (call_switch->cancelled()) return;
  auto reply = std::make_shared<EditReply>(std::move(responder), call_switch, parts.model_name,
                                           std::move(form));
  parts.edits.start(std::move(request),
                    parts.meters->metered(edit::EditSink(
                        [reply](edit::EditEvent&& event) { reply->on_event(std::move(event)); })),
                    call_switch);
}

}  // namespace cromwell::api
