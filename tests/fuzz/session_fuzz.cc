// libFuzzer target: any bytes as a session file, and as what stands behind a true hash in one.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/version.h"
#include "engine/kv_cache.h"
#include "engine/session_file.h"

namespace {

using namespace cromwell;

constexpr engine::SessionLimits kLimits{.page_bytes = 8, .max_tokens = 300, .vocab_size = 500};

std::string number(std::uint64_t value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};  // the machine is little-endian
}

void read(std::string_view bytes) {
  const auto file = engine::parse_session_file(bytes, kLimits);
  if (!file) return;
  const auto& text = file->text;
  const auto tokens = static_cast<int>(text.tokens.size());
  if (tokens < 1 || tokens > kLimits.max_tokens) std::abort();
  if (static_cast<int>(text.pages.size()) != engine::pages_for(tokens)) std::abort();
  for (const auto& page : text.pages) {
    if (page.size() != kLimits.page_bytes) std::abort();
  }
  for (const auto token : text.tokens) {
    if (token < 0 || token >= kLimits.vocab_size) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  // The first byte says how much of the rest is the header's.
  if (size < 1) return 0;
  const std::size_t pages = std::min<std::size_t>(data[0], size - 1);
  const std::string version(base::kVersion);
  const std::string payload =
      number(version.size()) + version + bytes.substr(1, size - 1 - pages);
  read("CRMWSES1" + number(payload.size()) + base::sha256_hex(payload) + payload +
       bytes.substr(size - pages));
  return 0;
}
