// libFuzzer target: any bytes as an edit's record, state and journal, as they are and as what
// stands behind a true hash.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "workspace/edit_codec.h"

namespace {

using namespace cromwell;

const std::string kId = "ed_aaaaaaaaaaaaaaaaaaaa";

std::string number(std::uint64_t value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};  // the machine is little-endian
}

std::string section(std::string_view magic, std::string_view payload) {
  return std::string(magic) + number(payload.size()) + base::sha256_hex(payload) +
         std::string(payload);
}

void read(std::string_view bytes) {
  (void)workspace::summary_bytes(bytes, kId);
  if (const auto record = workspace::decode_record(bytes, kId)) {
    if (record->files.empty() || workspace::encode_record(*record) != bytes) std::abort();
  }
  (void)workspace::decode_summary(bytes, kId);
  if (const auto state = workspace::decode_state(bytes, kId)) {
    if (workspace::encode_state(kId, *state) != bytes) std::abort();
  }
  if (const auto journal = workspace::decode_journal(bytes, kId)) {
    if (journal->temp_name(0).find('/') != std::string::npos) std::abort();
    if (workspace::encode_journal(*journal) != bytes) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  if (size < 1) return 0;
  // The first byte says how much of the rest is the content's, where it is a record.
  const std::size_t content = std::min<std::size_t>(data[0], size - 1);
  const std::string_view rest = std::string_view(bytes).substr(1);
  const std::string id = number(kId.size()) + kId;
  const std::string payload = id + std::string(rest);
  read(section("CRMWSTA2", payload));
  read(section("CRMWJNL2", payload));
  read(section("CRMWSUM2", id + std::string(rest.substr(0, rest.size() - content))) +
       section("CRMWCNT2", rest.substr(rest.size() - content)));
  return 0;
}
