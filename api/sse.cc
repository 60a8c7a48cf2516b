#include "api/sse.h"

#include <utility>

namespace cromwell::api {

HttpResponse sse_head(std::string first_chunk) {
  return {.status = 200,
          .content_type = "text/event-stream",
          .headers = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}},
          .body = std::move(first_chunk)};
}

// A JSON text has no raw line break in it, so one `data:` line always suffices.
std::string sse_event(std::string_view name, const JsonOut& data) {
  std::string frame = "event: ";
  frame.append(name).append("\ndata: ").append(to_text(data)).append("\n\n");
  return frame;
}

std::string sse_event(std::string_view name, const JsonOut& data, std::uint64_t number) {
  return "id: " + std::to_string(number) + "\n" + sse_event(name, data);
}

std::string sse_data(const JsonOut& data) { return "data: " + to_text(data) + "\n\n"; }

std::string sse_comment(std::string_view text) {
  std::string frame = ": ";
  frame.append(text).append("\n\n");
  return frame;
}

}  // namespace cromwell::api
