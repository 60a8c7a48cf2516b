// The framing guard: is this request header one that every party on the way reads alike? Beast 1.81
// is lenient where leniency lets a second request hide in a body (an unknown transfer coding, one
// named twice, chunks under HTTP/1.0, folded lines), so a header passes here before Beast sees it.
// Pure functions over bytes; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "server/limits.h"
#include "server/refusal.h"

namespace cromwell::server {

// The number of bytes up to and including the empty line that ends the header, 0 if it has not
// arrived. An empty line after a bare LF counts too, for check_framing to refuse it at once.
// `from`: bytes searched before, which need not be searched again.
std::size_t header_end(std::string_view bytes, std::size_t from = 0);

// False once these first bytes can no longer become a request line (TLS, say).
bool may_begin_request(std::string_view bytes);

// `header` ends with its empty line. None if it is sound.
std::optional<Refusal> check_framing(std::string_view header, const Limits& limits);

// True if a chunk extension has no control character, which some party may take for a line's end.
bool is_sound_chunk_extension(std::string_view extension);

}  // namespace cromwell::server
