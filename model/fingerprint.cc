#include "model/fingerprint.h"

#include <algorithm>
#include <string_view>

#include "base/hash.h"

namespace cromwell::model {
namespace {

// A tuned model differs from what it was made of in every matrix, so few places tell them apart.
constexpr std::uint64_t kSamples = 4;  // of each tensor, evenly spread
constexpr std::uint64_t kSampleBytes = 256;

// What stands before a part's first tensor, or all of it where it holds none.
std::string_view header_of(const GgufFile& file, int part) {
  const auto bytes = file.part_bytes(part);
  std::uint64_t end = bytes.size();
  for (const GgufTensor& tensor : file.tensors()) {
    if (tensor.part == part) end = std::min(end, tensor.offset);
  }
  return {reinterpret_cast<const char*>(bytes.data()), end};
}

}  // namespace

std::string weights_fingerprint(const GgufFile& file) {
  std::string seen;
  for (int part = 0; part < file.parts(); ++part) seen += header_of(file, part);
  for (const GgufTensor& tensor : file.tensors()) {
    const auto* data = reinterpret_cast<const char*>(file.data(tensor));
    const std::uint64_t sample = std::min(kSampleBytes, tensor.bytes);
    for (std::uint64_t i = 0; i < kSamples; ++i) {
      seen.append(data + (tensor.bytes - sample) / (kSamples - 1) * i, sample);
    }
  }
  return base::sha256_hex(seen);
}

}  // namespace cromwell::model
