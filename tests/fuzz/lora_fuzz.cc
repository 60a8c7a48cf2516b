// libFuzzer target: any bytes as a LoRA adapter of the tiny model, used in a pass if it is one.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tests/model/gguf_bytes.h"

namespace {

using namespace cromwell;

std::shared_ptr<const model::GgufFile> tiny_model() {
  static const fakes::TempFile temp("fuzz-base.gguf");
  static const auto file = [] {
    (void)fakes::write_tiny_gguf(temp.path());
    return model::GgufFile::open(temp.path());
  }();
  return *file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const model::ExactBytes bytes({reinterpret_cast<const char*>(data), size});
  const auto adapter = model::parse(bytes);
  if (!adapter) return 0;
  const auto model = model::Transformer::create(
      tiny_model(),
      {.kv_memory_bytes = 16 << 20, .max_batch_tokens = 2, .adapters = {{*adapter, 1}}});
  if (!model) return 0;
  const model::BatchToken token{.token = 5, .wants_logits = true};
  const model::PageId page = 0;
  const std::span<const model::PageId> table(&page, 1);
  const int number = 0;
  std::vector<float> logits(static_cast<std::size_t>((*model)->vocab_size()));
  (void)(*model)->forward(
      {.tokens = {&token, 1}, .page_tables = {&table, 1}, .adapters = {&number, 1}}, logits.data());
  return 0;
}
