#include "clients/cli/corpus_sample.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <random>
#include <system_error>

namespace cromwell::cli {
namespace {

namespace fs = std::filesystem;

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr double kMaxWeight = 1e6;

struct File {
  std::string path;
  std::uint64_t bytes = 0;
};

bool is_hidden(const fs::path& path) { return path.filename().native().starts_with('.'); }

Error unreadable(const std::string& path, const std::error_code& code) {
  return {code == std::errc::no_such_file_or_directory ? ErrorCode::kNotFound : ErrorCode::kIo,
          path + ": " + code.message(), "from"};
}

// Sorted by name, so that the seed alone decides the order.
Result<std::vector<File>> list_files(const std::string& path) {
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  if (!fs::exists(status)) {
    return unreadable(path, std::make_error_code(std::errc::no_such_file_or_directory));
  }
  std::vector<File> files;
  if (!fs::is_directory(status)) {
    files.push_back({path, fs::file_size(path, code)});
    if (code) return unreadable(path, code);
    return files;
  }
  fs::recursive_directory_iterator entry(path, code), end;
  for (; !code && entry != end; entry.increment(code)) {
    if (is_hidden(entry->path())) {
      entry.disable_recursion_pending();
      continue;
    }
    std::error_code ignored;  // it may have been removed meanwhile
    if (!fs::is_regular_file(entry->symlink_status(ignored))) continue;
    const std::uint64_t bytes = entry->file_size(ignored);
    if (!ignored && bytes > 0) files.push_back({entry->path().string(), bytes});
  }
  if (code) return unreadable(path, code);
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.path < b.path; });
  return files;
}

std::uint64_t total_bytes(const std::vector<File>& files) {
  std::uint64_t total = 0;
  for (const File& file : files) total += file.bytes;
  return total;
}

void shuffle(std::vector<File>& files, std::mt19937_64& random) {
  for (std::size_t left = files.size(); left > 1; --left) {
    std::swap(files[left - 1], files[random() % left]);
  }
}

}  // namespace

Result<CorpusGroup> parse_corpus_group(const std::string& text) {
  const std::size_t colon = text.find(':');
  CorpusGroup group;
  const char* const begin = text.data();
  const char* const end = begin + (colon == std::string::npos ? 0 : colon);
  const auto [stop, error] = std::from_chars(begin, end, group.weight);
  if (begin == end || error != std::errc() || stop != end || !(group.weight > 0) ||
      group.weight > kMaxWeight || colon + 1 == text.size()) {
    return Error{ErrorCode::kInvalidRequest,
                 "\"" + text + "\": expected WEIGHT:FOLDER, as 40:corpus/python", "from"};
  }
  group.path = text.substr(colon + 1);
  return group;
}

Result<std::vector<SampledGroup>> sample_corpus(const std::vector<CorpusGroup>& groups,
                                                std::uint64_t max_bytes, std::uint64_t seed) {
  std::vector<SampledGroup> result;
  std::vector<std::vector<File>> files;
  double bytes_per_weight = INFINITY, weights = 0;
  for (const CorpusGroup& group : groups) {
    CROMWELL_ASSIGN(std::vector<File> found, list_files(group.path));
    const std::uint64_t available = total_bytes(found);
    if (available == 0) {
      return Error{ErrorCode::kInvalidRequest, group.path + ": no files with text", "from"};
    }
    bytes_per_weight = std::min(bytes_per_weight, static_cast<double>(available) / group.weight);
    weights += group.weight;
    files.push_back(std::move(found));
    result.push_back({.group = group, .available = available});
  }
  bytes_per_weight = std::min(bytes_per_weight, static_cast<double>(max_bytes) / weights);
  std::mt19937_64 random(seed);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto share = static_cast<std::uint64_t>(
        std::ceil(bytes_per_weight * groups[i].weight - 1e-6 * bytes_per_weight));
    shuffle(files[i], random);
    for (const File& file : files[i]) {
      if (result[i].bytes >= share) break;
      result[i].files.push_back(file.path);
      result[i].bytes += file.bytes;
    }
  }
  return result;
}

}  // namespace cromwell::cli
