// Writes a small random llama model with a byte-level vocabulary, so that tests run without a real
// one: it encodes any text and answers nonsense, the same on every machine for the same seed.
#pragma once

#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "kernels/blocks.h"
#include "kernels/kernels.h"
#include "model/gguf_writer.h"

namespace cromwell::fakes {

struct TinyModel {
  kernels::WeightType type = kernels::WeightType::kQ8_0;  // of every matrix
  int layers = 2;
  int hidden = 64;  // the k-quants (Q2_K ... Q6_K) need multiples of 256 for hidden and ffn
  int ffn = 128;
  int heads = 4;
  int kv_heads = 2;
  int context = 1024;
  bool tied = false;
  unsigned seed = 1;
  int vocab() const { return 300; }
};

inline constexpr kernels::WeightType kTinyTypes[] = {
    kernels::WeightType::kF32,  kernels::WeightType::kF16,  kernels::WeightType::kBF16,
    kernels::WeightType::kQ8_0, kernels::WeightType::kQ4_0, kernels::WeightType::kQ4_1,
    kernels::WeightType::kQ5_0, kernels::WeightType::kQ5_1, kernels::WeightType::kIQ4_NL,
    kernels::WeightType::kQ2_K, kernels::WeightType::kQ3_K, kernels::WeightType::kQ4_K,
    kernels::WeightType::kQ5_K, kernels::WeightType::kQ6_K};

// A model of that type, wide enough for its blocks.
inline TinyModel tiny_of(kernels::WeightType type) {
  TinyModel tiny{.type = type};
  if (kernels::weight_type_traits(type)->block_size > 64) {
    tiny.hidden = 256;
    tiny.ffn = 512;
  }
  return tiny;
}

// A file name of its own in the temporary folder; the file goes with the object.
class TempFile {
 public:
  explicit TempFile(const std::string& name = "file") {
    static int count = 0;
    path_ = (std::filesystem::temp_directory_path() / ("cromwell-" + std::to_string(::getpid()) +
                                                       "-" + std::to_string(++count) + "-" + name))
                .string();
  }
  ~TempFile() { std::remove(path_.c_str()); }
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

namespace tiny {

// A positive half of about `value`: enough bits for a scale.
inline kernels::half half_of(float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  return static_cast<kernels::half>(sign | (((bits & 0x7fffffffU) >> 13) - (112U << 10)));
}

// Random weights of standard deviation around `deviation` in the storage of `type`.
inline void fill(kernels::WeightType type, std::span<std::byte> out, float deviation,
                 std::mt19937& random) {
  for (std::byte& byte : out) byte = static_cast<std::byte>(random() & 0xffU);
  const auto each = [&]<class Block>(Block*, auto&& set) {
    for (std::size_t at = 0; at + sizeof(Block) <= out.size(); at += sizeof(Block)) {
      Block block;
      std::memcpy(&block, out.data() + at, sizeof block);
      set(block);
      std::memcpy(out.data() + at, &block, sizeof block);
    }
  };
  std::normal_distribution<float> normal(0, deviation);
  using kernels::WeightType;
  switch (type) {
    case WeightType::kF32:
      each(static_cast<float*>(nullptr), [&](float& w) { w = normal(random); });
      break;
    case WeightType::kF16:
      each(static_cast<kernels::half*>(nullptr), [&](kernels::half& w) {
        w = half_of(std::copysign(0.001F + std::fabs(normal(random)), normal(random)));
      });
      break;
    case WeightType::kBF16:
      each(static_cast<std::uint16_t*>(nullptr), [&](std::uint16_t& w) {
        const float value = normal(random);
        std::uint32_t bits = 0;
        std::memcpy(&bits, &value, sizeof bits);
        w = static_cast<std::uint16_t>(bits >> 16);
      });
      break;
    case WeightType::kQ8_0:
      each(static_cast<kernels::BlockQ8_0*>(nullptr),
           [&](auto& b) { b.d = half_of(deviation / 74); });
      break;
    case WeightType::kQ4_0:
      each(static_cast<kernels::BlockQ4_0*>(nullptr),
           [&](auto& b) { b.d = half_of(deviation / 4.6F); });
      break;
    case WeightType::kQ4_1:
      each(static_cast<kernels::BlockQ4_1*>(nullptr), [&](auto& b) {
        b.d = half_of(deviation / 4.6F);
        b.m = half_of(deviation / 4.6F * -7.5F);
      });
      break;
    case WeightType::kQ5_0:
      each(static_cast<kernels::BlockQ5_0*>(nullptr),
           [&](auto& b) { b.d = half_of(deviation / 9.2F); });
      break;
    case WeightType::kQ5_1:
      each(static_cast<kernels::BlockQ5_1*>(nullptr), [&](auto& b) {
        b.d = half_of(deviation / 9.2F);
        b.m = half_of(deviation / 9.2F * -15.5F);
      });
      break;
    case WeightType::kIQ4_NL:
      each(static_cast<kernels::BlockIQ4_NL*>(nullptr),
           [&](auto& b) { b.d = half_of(deviation / 70); });
      break;
    case WeightType::kQ2_K:
      each(static_cast<kernels::BlockQ2_K*>(nullptr), [&](auto& b) {
        b.d = half_of(deviation / 14);
        b.dmin = half_of(deviation / 9);
      });
      break;
    case WeightType::kQ3_K:
      each(static_cast<kernels::BlockQ3_K*>(nullptr),
           [&](auto& b) { b.d = half_of(deviation / 43); });
      break;
    case WeightType::kQ4_K:
      each(static_cast<kernels::BlockQ4_K*>(nullptr), [&](auto& b) {
        b.d = half_of(deviation / 150);
        b.dmin = half_of(deviation / 20);
      });
      break;
    case WeightType::kQ5_K:
      each(static_cast<kernels::BlockQ5_K*>(nullptr), [&](auto& b) {
        b.d = half_of(deviation / 300);
        b.dmin = half_of(deviation / 20);
      });
      break;
    case WeightType::kQ6_K:
      each(static_cast<kernels::BlockQ6_K*>(nullptr),
           [&](auto& b) { b.d = half_of(deviation / 1300); });
      break;
  }
}

inline std::string utf8(std::uint32_t c) {
  if (c < 0x80) return {static_cast<char>(c)};
  return {static_cast<char>(0xc0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3f))};
}

// How GPT-2's vocabulary spells a byte: itself if printable, else the next free letter from U+0100.
inline std::vector<std::string> byte_spellings() {
  std::vector<std::string> spellings;
  std::uint32_t next = 0x100;
  for (std::uint32_t b = 0; b < 256; ++b) {
    const bool printable = (b > 0x20 && b < 0x7f) || (b > 0xa0 && b != 0xad);
    spellings.push_back(utf8(printable ? b : next++));
  }
  return spellings;
}

inline void add_vocabulary(const TinyModel& tiny, model::GgufWriter& writer) {
  std::vector<std::string> tokens = {"<|endoftext|>", "<|im_start|>", "<|im_end|>"};
  std::vector<std::int32_t> kinds(3, 3);
  for (const std::string& spelling : byte_spellings()) tokens.push_back(spelling);
  std::vector<std::string> merges;
  const std::string space = utf8(0x120);
  for (const char* pair : {"t h", "th e", "i n", "e r", "r e", "d e", "de f", "o n", "s e", "se l",
                           "sel f", "i f", "a n", "o r", "t u", "re tu", "r n", "retu rn"}) {
    merges.emplace_back(pair);
  }
  for (const char* right : {"t", "the", "a", "in", "s", "i", "f", "return"}) {
    merges.push_back(space + " " + right);
  }
  for (std::string merge : merges) {
    merge.erase(merge.find(' '), 1);
    tokens.push_back(merge);
  }
  kinds.resize(tokens.size(), 1);
  while (tokens.size() < static_cast<std::size_t>(tiny.vocab())) {
    tokens.push_back("<unused" + std::to_string(tokens.size()) + ">");
    kinds.push_back(5);
  }
  writer.add_text("tokenizer.ggml.model", "gpt2");
  writer.add_text("tokenizer.ggml.pre", "smollm");
  writer.add_texts("tokenizer.ggml.tokens", tokens);
  writer.add_int32s("tokenizer.ggml.token_type", kinds);
  writer.add_texts("tokenizer.ggml.merges", merges);
  writer.add_uint32("tokenizer.ggml.bos_token_id", 1);
  writer.add_uint32("tokenizer.ggml.eos_token_id", 2);
  writer.add_bool("tokenizer.ggml.add_bos_token", false);
}

inline void add_configuration(const TinyModel& tiny, model::GgufWriter& writer) {
  const auto u32 = [&](const char* key, int value) {
    writer.add_uint32(key, static_cast<std::uint32_t>(value));
  };
  writer.add_text("general.architecture", "llama");
  writer.add_text("general.name", "Tiny Random");
  u32("llama.block_count", tiny.layers);
  u32("llama.context_length", tiny.context);
  u32("llama.embedding_length", tiny.hidden);
  u32("llama.feed_forward_length", tiny.ffn);
  u32("llama.attention.head_count", tiny.heads);
  u32("llama.attention.head_count_kv", tiny.kv_heads);
  writer.add_float32("llama.attention.layer_norm_rms_epsilon", 1e-5F);
  u32("llama.vocab_size", tiny.vocab());
}

inline void add_tensors(const TinyModel& tiny, model::GgufWriter& writer) {
  unsigned seed = tiny.seed * 1000;
  const auto matrix = [&](const std::string& name, int rows, int cols) {
    const float deviation = 1.0F / std::sqrt(static_cast<float>(cols));
    writer.add_tensor(name, {static_cast<std::uint64_t>(cols), static_cast<std::uint64_t>(rows)},
                      tiny.type,
                      [type = tiny.type, deviation, seed = ++seed](std::span<std::byte> out) {
                        std::mt19937 random(seed);
                        fill(type, out, deviation, random);
                        return base::Result<>();
                      });
  };
  const auto norm = [&](const std::string& name) {
    writer.add_tensor(name, {static_cast<std::uint64_t>(tiny.hidden)}, kernels::WeightType::kF32,
                      [](std::span<std::byte> out) {
                        for (std::size_t i = 0; i < out.size(); i += sizeof(float)) {
                          const float gamma = 1;
                          std::memcpy(out.data() + i, &gamma, sizeof gamma);
                        }
                        return base::Result<>();
                      });
  };
  const int kv_dim = tiny.hidden / tiny.heads * tiny.kv_heads;
  matrix("token_embd.weight", tiny.vocab(), tiny.hidden);
  norm("output_norm.weight");
  if (!tiny.tied) matrix("output.weight", tiny.vocab(), tiny.hidden);
  for (int i = 0; i < tiny.layers; ++i) {
    const std::string blk = "blk." + std::to_string(i) + ".";
    norm(blk + "attn_norm.weight");
    matrix(blk + "attn_q.weight", tiny.hidden, tiny.hidden);
    matrix(blk + "attn_k.weight", kv_dim, tiny.hidden);
    matrix(blk + "attn_v.weight", kv_dim, tiny.hidden);
    matrix(blk + "attn_output.weight", tiny.hidden, tiny.hidden);
    norm(blk + "ffn_norm.weight");
    matrix(blk + "ffn_gate.weight", tiny.ffn, tiny.hidden);
    matrix(blk + "ffn_up.weight", tiny.ffn, tiny.hidden);
    matrix(blk + "ffn_down.weight", tiny.hidden, tiny.ffn);
  }
}

}  // namespace tiny

// Everything added; tests may add more before they write it.
inline model::GgufWriter tiny_writer(const TinyModel& tiny = {}) {
  model::GgufWriter writer;
  tiny::add_configuration(tiny, writer);
  tiny::add_vocabulary(tiny, writer);
  tiny::add_tensors(tiny, writer);
  return writer;
}

// Writes the model to `path`; false if the disk refuses.
inline bool write_tiny_gguf(const std::string& path, const TinyModel& tiny = {}) {
  return tiny_writer(tiny).write(path).has_value();
}

// Only the vocabulary, no tensors and no model.
inline bool write_tiny_vocabulary(const std::string& path) {
  model::GgufWriter writer;
  tiny::add_vocabulary({}, writer);
  return writer.write(path).has_value();
}

}  // namespace cromwell::fakes
