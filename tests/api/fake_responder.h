// A Responder that records its answer, checks that it was used by the rules, and can play a client
// that goes away. Any thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http.h"
#include "api/json_reader.h"

namespace cromwell::api {

struct SseEvent {
  std::string name;
  JsonIn data;
  std::string id = {};
};

class FakeResponder final : public Responder {
 public:
  void send(HttpResponse response) override {
    std::lock_guard lock(mutex_);
    if (answered_ || streaming_) misuse_ = "send after the answer began";
    response_ = std::move(response);
    if (response_.shared_body) response_.body = *response_.shared_body;
    answered_ = true;
    changed_.notify_all();
  }
  void begin_stream(HttpResponse head) override {
    std::lock_guard lock(mutex_);
    if (answered_ || streaming_) misuse_ = "begin_stream after the answer began";
    response_ = std::move(head);
    streaming_ = true;
    changed_.notify_all();
  }
  bool write(std::string chunk) override {
    std::lock_guard lock(mutex_);
    if (!streaming_ || answered_) misuse_ = "write outside of a stream";
    response_.body += chunk;
    ++writes_;
    changed_.notify_all();
    return !gone_ && (refuse_after_ < 0 || writes_ <= refuse_after_);
  }
  void end_stream() override {
    std::lock_guard lock(mutex_);
    if (!streaming_ || answered_) misuse_ = "end_stream outside of a stream";
    answered_ = true;
    changed_.notify_all();
  }
  void on_gone(std::function<void()> callback) override {
    {
      std::lock_guard lock(mutex_);
      if (!gone_) {
        callback_ = std::move(callback);
        return;
      }
    }
    callback();
  }

  // --- for the test
  void go_away() {
    std::function<void()> callback;
    {
      std::lock_guard lock(mutex_);
      gone_ = true;
      callback = std::exchange(callback_, nullptr);
    }
    if (callback) callback();
  }
  void refuse_writes_after(int count) {
    std::lock_guard lock(mutex_);
    refuse_after_ = count;
  }
  // The whole answer, once it is complete.
  HttpResponse wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return answered_; });
    return response_;
  }
  void wait_for_writes(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return writes_ >= count || answered_; });
  }
  HttpResponse so_far() const {
    std::lock_guard lock(mutex_);
    return response_;
  }
  bool answered() const {
    std::lock_guard lock(mutex_);
    return answered_ || streaming_;
  }
  std::string misuse() const {
    std::lock_guard lock(mutex_);
    return misuse_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  HttpResponse response_;
  std::function<void()> callback_;
  std::string misuse_;
  int writes_ = 0;
  int refuse_after_ = -1;
  bool streaming_ = false;
  bool answered_ = false;
  bool gone_ = false;
};

inline std::string header_of(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "(no such header)";
}

inline JsonIn parse_or_null(std::string_view text) {
  auto parsed = parse_json(text);
  return parsed ? *parsed : JsonIn();
}

// The events of a stream; comments are left out, "[DONE]" has the name "DONE".
inline std::vector<SseEvent> parse_sse(const std::string& body) {
  std::vector<SseEvent> events;
  std::size_t at = 0;
  while (at < body.size()) {
    const std::size_t end = body.find("\n\n", at);
    if (end == std::string::npos) {
      events.push_back({"UNFINISHED", body.substr(at)});
      break;
    }
    const std::string frame = body.substr(at, end - at);
    at = end + 2;
    if (frame.starts_with(":")) continue;
    SseEvent event;
    std::size_t line = 0;
    if (frame.starts_with("id: ")) {
      line = frame.find('\n') + 1;
      event.id = frame.substr(4, line - 5);
    }
    if (frame.compare(line, 7, "event: ") == 0) {
      const std::size_t name_end = frame.find('\n', line);
      event.name = frame.substr(line + 7, name_end - line - 7);
      line = name_end + 1;
    }
    const std::string data = frame.substr(line);
    if (data == "data: [DONE]") {
      event.name = "DONE";
    } else if (data.starts_with("data: ") && data.find('\n') == std::string::npos) {
      event.data = parse_or_null(std::string_view(data).substr(6));
    } else {
      event.name = "MALFORMED";
    }
    events.push_back(std::move(event));
  }
  return events;
}

inline std::vector<std::string> names_of(const std::vector<SseEvent>& events) {
  std::vector<std::string> names;
  for (const SseEvent& event : events) names.push_back(event.name);
  return names;
}

}  // namespace cromwell::api
