#include "clients/cli/corpus_words.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <semaphore>
#include <thread>

#include "base/utf8.h"

namespace cromwell::cli {
namespace {

using tokenizer::PreTokenizer;
using tokenizer::WordCounts;

constexpr std::size_t kPieceBytes = std::size_t{16} << 20;
constexpr auto kProgressInterval = std::chrono::milliseconds(100);

// Calls sink(text) for pieces of whole lines, each at most kPieceBytes unless a line is longer;
// false if the file cannot be read.
template <class Sink>
bool read_pieces(const std::string& path, Sink&& sink) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  if (file == nullptr) return false;
  std::string text;
  for (bool at_end = false; !at_end;) {
    const std::size_t kept = text.size();
    text.resize(kept + kPieceBytes);
    const std::size_t size = std::fread(text.data() + kept, 1, kPieceBytes, file.get());
    text.resize(kept + size);
    at_end = size < kPieceBytes;
    const std::size_t line_end = at_end ? text.size() : text.rfind('\n') + 1;  // 0: none
    if (line_end > 0 && !sink(std::string_view(text).substr(0, line_end))) return false;
    text.erase(0, line_end);
  }
  return std::ferror(file.get()) == 0;
}

// What one thread has counted.
struct Share {
  WordCounts counts;
  std::uint64_t bytes = 0;
  std::vector<std::string> skipped;

  void count(const std::string& path, const PreTokenizer& pre_tokenizer) {
    const bool is_text = read_pieces(path, [&](std::string_view text) {
      if (text.find('\0') != std::string_view::npos || !base::is_utf8(text)) return false;
      pre_tokenizer.split(text, [this](std::string_view word) { counts.add(word); });
      bytes += text.size();
      return true;
    });
    if (!is_text) skipped.push_back(path);
  }
};

}  // namespace

base::Result<CountedWords> count_words(const std::vector<std::string>& files,
                                       const PreTokenizer& pre_tokenizer,
                                       const WordCounting& counting) {
  // One table more than threads: the one into which all are added up.
  const std::size_t table_bytes =
      counting.max_bytes / (static_cast<std::size_t>(counting.threads) + 1);
  std::vector<Share> shares(static_cast<std::size_t>(counting.threads),
                            Share{.counts = WordCounts(table_bytes)});
  std::atomic<std::size_t> next{0}, done{0};
  std::atomic<int> ended{0};
  std::binary_semaphore all_ended{0};
  const auto is_stopped = [&] { return counting.stop != nullptr && counting.stop->load(); };
  {
    std::vector<std::jthread> threads;
    for (Share& share : shares) {
      threads.emplace_back([&, mine = &share] {
        for (std::size_t i = next++; i < files.size() && !is_stopped(); i = next++) {
          mine->count(files[i], pre_tokenizer);
          ++done;
        }
        if (++ended == counting.threads) all_ended.release();
      });
    }
    do {
      if (counting.progress) counting.progress(done);
    } while (!all_ended.try_acquire_for(kProgressInterval));
  }
  if (is_stopped()) return base::Error{base::ErrorCode::kCancelled, "the counting was interrupted"};
  CountedWords result{.counts = WordCounts(table_bytes * 2)};
  for (Share& share : shares) {
    result.counts.add(share.counts);
    result.bytes += share.bytes;
    result.skipped.insert(result.skipped.end(), share.skipped.begin(), share.skipped.end());
    share = Share{.counts = WordCounts(0)};
  }
  std::sort(result.skipped.begin(), result.skipped.end());
  return result;
}

}  // namespace cromwell::cli
