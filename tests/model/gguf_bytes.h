// GGUF bytes as memory: a tiny model's, hand-made ones with any number in any place, and what is
// done with either to see that nothing crashes.
#pragma once

#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "model/config.h"
#include "model/gguf.h"
#include "model/transformer.h"
#include "model/weights.h"
#include "tests/fakes/tiny_gguf.h"

namespace cromwell::model {

inline std::string read_whole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string tiny_bytes(const fakes::TinyModel& tiny = {}) {
  const fakes::TempFile file("tiny.gguf");
  return fakes::write_tiny_gguf(file.path(), tiny) ? read_whole(file.path()) : "";
}

// A copy on the heap with nothing behind its last byte, so that the address sanitizer sees a read
// past the end.
struct ExactBytes {
  explicit ExactBytes(std::string_view text)
      : data(std::make_unique<std::byte[]>(text.size())), size(text.size()) {
    std::memcpy(data.get(), text.data(), text.size());
  }
  std::span<const std::byte> span() const { return {data.get(), size}; }

  std::unique_ptr<std::byte[]> data;
  std::size_t size;
};

inline base::Result<std::shared_ptr<const GgufFile>> parse(const ExactBytes& bytes) {
  return GgufFile::parse(bytes.span(), "test.gguf");
}

// Opens the bytes as far as they let us, down to a pass over two tokens; every message of an error
// must be there. Returns whether they made a model.
inline bool survives(const ExactBytes& bytes) {
  const auto file = parse(bytes);
  if (!file) return !file.error().message.empty() && false;
  for (const GgufEntry& entry : (*file)->metadata()) {
    (void)(*file)->texts(entry.key);
    (void)(*file)->integers(entry.key);
    (void)(*file)->reals(entry.key);
  }
  auto model = Transformer::create(*file, {.kv_memory_bytes = 16 << 20, .max_batch_tokens = 2});
  if (!model) return false;
  const BatchToken tokens[] = {{.position = 0, .token = 0},
                               {.position = 1, .token = 0, .wants_logits = true}};
  const PageId page = 0;
  const std::span<const PageId> table(&page, 1);
  std::vector<float> logits(static_cast<std::size_t>((*model)->vocab_size()));
  const std::size_t wanted = (*model)->context_length() > 1 ? 2 : 1;
  return (*model)
      ->forward({.tokens = std::span(tokens).first(wanted), .page_tables = {&table, 1}},
                logits.data())
      .has_value();
}

// Bytes put together by hand.
class RawGguf {
 public:
  RawGguf(std::uint64_t tensors, std::uint64_t keys, std::uint32_t version = 3) {
    text_ = "GGUF";
    put(version).put(tensors).put(keys);
  }
  template <class T>
  RawGguf& put(T value) {
    text_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  RawGguf& string(std::string_view text) {
    put(std::uint64_t{text.size()});
    text_ += text;
    return *this;
  }
  RawGguf& key(std::string_view name, GgufType type) { return string(name).put(type); }
  RawGguf& array(std::string_view name, GgufType of, std::uint64_t count) {
    return key(name, GgufType::kArray).put(of).put(count);
  }
  RawGguf& tensor(std::string_view name, const std::vector<std::uint64_t>& shape,
                  std::uint32_t type, std::uint64_t offset) {
    string(name).put(static_cast<std::uint32_t>(shape.size()));
    for (const std::uint64_t n : shape) put(n);
    return put(type).put(offset);
  }
  RawGguf& pad(std::size_t bytes) {
    text_.resize((text_.size() + 31) / 32 * 32 + bytes);
    return *this;
  }
  // The message of the error that these bytes give, or "" if they are accepted.
  std::string error() const {
    const ExactBytes bytes(text_);
    const auto file = parse(bytes);
    return file ? "" : file.error().message;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace cromwell::model
