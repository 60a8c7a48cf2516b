// EditReply: turns the events of one edit into one HTTP answer, whole or as a stream, and cancels
// the edit when its client goes. Owned by the edit's sink; events come one at a time, from the
// engine's or a file thread, and nothing else touches it.
#pragma once

#include <memory>
#include <string>

#include "api/edit_wire.h"
#include "api/http.h"
#include "api/service.h"
#include "api/stream_keeper.h"
#include "edit/edit_service.h"

namespace cromwell::api {

struct ReplyForm {
  bool stream = false;
  std::shared_ptr<StreamKeeper> resumable;  // keeps the stream; none: it ends with its client
};

class EditReply {
 public:
  EditReply(std::shared_ptr<Responder> responder, std::shared_ptr<base::CallSwitch> call_switch,
            std::string model, ReplyForm form);

  void on_event(edit::EditEvent&& event);

 private:
  void stream_event(const edit::EditEvent& event);
  void stream_frame(std::string frame, bool is_last);
  void keep_event(const edit::EditEvent& event);
  void collect_event(edit::EditEvent&& event);
  void refuse(const edit::EditFailed& failed);

  std::shared_ptr<Responder> responder_;
  std::shared_ptr<base::CallSwitch> call_switch_;
  std::string model_;
  ReplyForm form_;
  bool streaming_ = false;            // the stream has begun
  std::string id_;                    // of a stream that is kept
  std::shared_ptr<EditStream> kept_;  // it has the responder then
  AnswerParts parts_;                 // where the answer is one object
};

// Starts the edit and lets the reply answer it.
void run_edit(const ServiceParts& parts, std::shared_ptr<Responder> responder,
              edit::EditRequest request, ReplyForm form);

}  // namespace cromwell::api
