#include "model/fingerprint.h"

#include <algorithm>
#include <string_view>

#include "base/hash.h"

namespace cromwell::model {
namespace {

// A tuned model differs from what it was made of in every matrix, so few places tell them apart.
constexpr std::uint64_t kSamples = 4;  // of each tensor, evenly spread
constexpr std::uint64_t kSampleBytes = 256;

}  // namespace

std::string weights_fingerprint(const GgufFile& file) {
  const std::string_view bytes(reinterpret_cast<const char*>(file.bytes().data()),
                               file.bytes().size());
  std::uint64_t header = bytes.size();
  for (const GgufTensor& tensor : file.tensors()) header = std::min(header, tensor.offset);
  std::string seen(bytes.substr(0, header));
  for (const GgufTensor& tensor : file.tensors()) {
    const std::uint64_t sample = std::min(kSampleBytes, tensor.bytes);
    for (std::uint64_t i = 0; i < kSamples; ++i) {
      const std::uint64_t begin = (tensor.bytes - sample) / (kSamples - 1) * i;
      seen += bytes.substr(tensor.offset + begin, sample);
    }
  }
  return base::sha256_hex(seen);
}

}  // namespace cromwell::model
