// libFuzzer target: any bytes as a GGUF whose vocabulary is read and then used.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/gguf_vocabulary.h"
#include "tests/model/gguf_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cromwell;
  const model::ExactBytes bytes({reinterpret_cast<const char*>(data), size});
  const auto file = model::parse(bytes);
  if (!file) return 0;
  auto vocabulary = engine::read_vocabulary(**file);
  if (!vocabulary) return 0;
  const auto tokenizer = tokenizer::Tokenizer::create(std::move(*vocabulary));
  if (!tokenizer) return 0;
  for (const std::string_view text : {"def f(x):\n    return '▁ü中🙂\x01'", "<s>  </s>\xff\xe2\x96",
                                      " ", "aaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    for (const bool special : {false, true}) {
      const auto encoding = (*tokenizer)->encode(text, {.parse_special = special});
      for (const auto id : encoding.ids) {
        if (id < 0 || id >= (*tokenizer)->vocab_size()) std::abort();
      }
      (void)(*tokenizer)->decode(encoding.ids);
    }
  }
  return 0;
}
