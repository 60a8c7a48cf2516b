// libFuzzer target: any bytes as the cache of an index, as they are and as what stands behind a
// true hash and the right owner.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "base/hash.h"
#include "workspace/index_cache.h"

namespace {

using namespace cromwell;

const workspace::CacheOwner kOwner{.root = "r", .program = "p"};

std::string number(std::uint64_t value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};  // the machine is little-endian
}
std::string text(const std::string& value) { return number(value.size()) + value; }

// What is read can be put into a table and kept again.
void read(std::string_view bytes) {
  auto files = workspace::decode_index(bytes, kOwner);
  if (!files) return;
  workspace::SymbolTable table;
  for (auto& [path, file] : *files) table.put(path, file.stamp, std::move(file.symbols));
  if (!workspace::decode_index(workspace::encode_index(workspace::describe_index(table, kOwner)),
                               kOwner))
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  const std::string payload = text(kOwner.root) + text(kOwner.program) + std::string(bytes);
  read("CRMWIDX1" + number(payload.size()) + base::sha256_hex(payload) + payload);
  return 0;
}
