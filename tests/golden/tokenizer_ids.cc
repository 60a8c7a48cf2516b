// tokenizer_ids VOCABULARY [special]: for each text on standard input (4 bytes of little-endian
// length, then the bytes) one line of token ids, and `!` before it if decoding does not give the
// text back. With --speed N: encodes all of standard input N times and prints MB/s. For
// tests/golden/tokenizer_compare.py; VOCABULARY is a file of its making or a tokenizer.json. Not
// for users, who have `cromwell tokenizer encode`.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

#include "tests/golden/tokenizer_vocabulary_file.h"
#include "tokenizer/hf_json.h"

namespace {

using cromwell::tokenizer::Encoding;
using cromwell::tokenizer::Tokenizer;
using cromwell::tokenizer::Vocabulary;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

cromwell::base::Result<Vocabulary> read(const std::string& path) {
  std::ifstream file(path);
  if (!path.ends_with(".json")) return cromwell::golden::read_vocabulary(file);
  const std::string json{std::istreambuf_iterator<char>(file), {}};
  return cromwell::tokenizer::read_hf_json(json);
}

void measure(const Tokenizer& tokenizer, const std::string& text, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    const auto start = Clock::now();
    const std::size_t tokens = tokenizer.encode(text).ids.size();
    const double seconds = seconds_since(start);
    std::printf("%zu bytes, %zu tokens, %.1f MB/s\n", text.size(), tokens,
                static_cast<double>(text.size()) / seconds / 1e6);
  }
}

void print_ids(const Tokenizer& tokenizer, std::string_view text, bool parse_special) {
  const Encoding encoding = tokenizer.encode(text, {.parse_special = parse_special});
  std::string line;
  const bool complete = encoding.unencodable.empty();
  if (complete && tokenizer.decode(encoding.ids) != text) line += "! ";
  for (const auto id : encoding.ids) line += std::to_string(id) + ' ';
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: tokenizer_ids VOCABULARY [special | --speed N]\n");
    return 2;
  }
  auto vocabulary = read(argv[1]);
  if (!vocabulary) {
    std::fprintf(stderr, "%s\n", vocabulary.error().message.c_str());
    return 1;
  }
  const auto start = Clock::now();
  const auto tokenizer = Tokenizer::create(std::move(*vocabulary));
  if (!tokenizer) {
    std::fprintf(stderr, "%s\n", tokenizer.error().message.c_str());
    return 1;
  }
  const double load_seconds = seconds_since(start);
  const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  if (argc == 4 && std::strcmp(argv[2], "--speed") == 0) {
    std::printf("created in %.1f ms\n", load_seconds * 1e3);
    measure(**tokenizer, input, std::atoi(argv[3]));
    return 0;
  }
  const bool parse_special = argc > 2 && std::strcmp(argv[2], "special") == 0;
  for (std::size_t at = 0; at + 4 <= input.size();) {
    std::uint32_t size = 0;
    std::memcpy(&size, input.data() + at, 4);
    print_ids(**tokenizer, std::string_view(input).substr(at + 4, size), parse_special);
    at += 4 + size;
  }
  return 0;
}
