#include "clients/python/answer.h"

#include <utility>

namespace cromwell::python {
namespace {

class AnswerResponder : public api::Responder {
 public:
  explicit AnswerResponder(std::shared_ptr<Answer> answer) : answer_(std::move(answer)) {}
  ~AnswerResponder() override { answer_->let_go(); }

  void send(api::HttpResponse response) override { answer_->send(std::move(response)); }
  void begin_stream(api::HttpResponse head) override { answer_->begin_stream(std::move(head)); }
  bool write(std::string chunk) override { return answer_->write(chunk); }
  void end_stream() override { answer_->end_stream(); }
  void on_gone(std::function<void()> callback) override { answer_->on_gone(std::move(callback)); }

 private:
  std::shared_ptr<Answer> answer_;
};

}  // namespace

std::shared_ptr<api::Responder> Answer::make_responder(std::shared_ptr<Answer> answer) {
  return std::make_shared<AnswerResponder>(std::move(answer));
}

void Answer::send(api::HttpResponse response) {
  const std::scoped_lock lock(mutex_);
  status_ = response.status;
  ready_ = std::move(response.body);
  state_ = State::kComplete;
  changed_.notify_all();
}

void Answer::begin_stream(api::HttpResponse head) {
  const std::scoped_lock lock(mutex_);
  status_ = head.status;
  ready_ = std::move(head.body);
  state_ = State::kStreaming;
  changed_.notify_all();
}

bool Answer::write(const std::string& chunk) {
  const std::scoped_lock lock(mutex_);
  if (gone_) return false;
  ready_ += chunk;
  changed_.notify_all();
  return true;
}

void Answer::end_stream() {
  const std::scoped_lock lock(mutex_);
  state_ = State::kComplete;
  changed_.notify_all();
}

void Answer::on_gone(std::function<void()> callback) {
  {
    const std::scoped_lock lock(mutex_);
    if (!gone_) {
      gone_callback_ = std::move(callback);
      return;
    }
  }
  callback();
}

void Answer::let_go() {
  const std::scoped_lock lock(mutex_);
  if (state_ != State::kComplete) state_ = State::kBroken;
  gone_callback_ = nullptr;
  changed_.notify_all();
}

int Answer::wait_status(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, wait, [this] { return state_ != State::kWaiting; });
  constexpr int kLeftWithoutAnswer = 500;
  return state_ == State::kBroken && status_ == 0 ? kLeftWithoutAnswer : status_;
}

Answer::Progress Answer::take(std::string& chunk, std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, wait, [this] {
    return !ready_.empty() || gone_ || state_ == State::kComplete || state_ == State::kBroken;
  });
  chunk.clear();
  chunk.swap(ready_);
  if (!chunk.empty()) return Progress::kMore;
  if (state_ == State::kComplete) return Progress::kEnd;
  return gone_ || state_ == State::kBroken ? Progress::kBroken : Progress::kPending;
}

void Answer::abandon() {
  std::function<void()> callback;
  {
    const std::scoped_lock lock(mutex_);
    gone_ = true;
    callback = std::exchange(gone_callback_, nullptr);
    changed_.notify_all();
  }
  if (callback) callback();
}

}  // namespace cromwell::python
