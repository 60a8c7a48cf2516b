// Session file: a saved text as bytes (base/record_codec): a section that names the session, what
// it was computed with, its tokens and the hash of each page, then the pages as they are. What is
// damaged or belongs to another model is known before a byte of it is used. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/saved_text.h"

namespace cromwell::engine {

struct SessionFile {
  std::string session;
  SavedText text;
};

// The bytes before the pages.
std::string session_header(const SessionFile& file);

// What a file must be to be used here.
struct SessionLimits {
  std::size_t page_bytes = 0;
  int max_tokens = 0;
  int vocab_size = 0;
};
// kIo: damaged. kConflict: of another version or page size. Whether its model is the one that runs
// is for the engine to say.
base::Result<SessionFile> parse_session_file(std::string_view bytes, const SessionLimits& limits);

}  // namespace cromwell::engine
