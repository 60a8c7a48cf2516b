// SseParser: a server-sent-event stream, fed in whatever pieces the network gives, as events.
// Comment lines and fields other than `event` and `data` are skipped. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace cromwell::cli {

struct SseEvent {
  std::string name = "message";
  std::string data;
};

class SseParser {
 public:
  explicit SseParser(std::function<void(const SseEvent&)> on_event);
  void push(std::string_view bytes);

 private:
  void take_line(std::string_view line);

  std::function<void(const SseEvent&)> on_event_;
  std::string line_;           // begun, its end has not come
  bool after_return_ = false;  // the last byte was \r: a \n now belongs to it
  SseEvent event_;
  bool has_data_ = false;
};

}  // namespace cromwell::cli
