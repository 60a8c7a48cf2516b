// Server-sent events as text. Not here: what the events hold. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/http.h"
#include "api/json_writer.h"

namespace cromwell::api {

HttpResponse sse_head(std::string first_chunk = {});
std::string sse_event(std::string_view name, const JsonOut& data);
// With a number, which the client names as Last-Event-ID when it comes back.
std::string sse_event(std::string_view name, const JsonOut& data, std::uint64_t number);
std::string sse_data(const JsonOut& data);  // without a name, as OpenAI's clients read it
std::string sse_comment(std::string_view text);
inline constexpr std::string_view kSseDone = "data: [DONE]\n\n";  // ends an OpenAI stream

}  // namespace cromwell::api
