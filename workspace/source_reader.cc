#include "workspace/source_reader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "base/file_io.h"
#include "workspace/encoding.h"
#include "workspace/language.h"
#include "workspace/outline.h"
#include "workspace/syntax_tree.h"
#include "workspace/text_file.h"

namespace cromwell::workspace {
namespace {

using base::FileDescriptor;
using base::Links;

// So many files may be parsed at a time that all together hold no more than one parse of a file
// that is edited.
constexpr std::size_t kTreeBytes = ParseLimits().tree_bytes / 4;

// None: the parse was broken off, and what the file has is not known.
std::optional<std::vector<IndexedSymbol>> symbols_of(std::string bytes, const std::string& path,
                                                     const ParseLimits& limits) {
  std::vector<IndexedSymbol> symbols;
  const auto file = TextFile::parse(std::move(bytes));
  if (!file) return symbols;
  const std::string text = file->text({1, file->line_count()});
  const Grammar grammar = language_of(path, text).grammar;
  if (grammar == Grammar::kNone || text.size() > limits.max_bytes) return symbols;
  const auto tree = SyntaxTree::parse(text, grammar, limits);
  if (!tree) return std::nullopt;
  for (Symbol& symbol : outline_of(*tree, text)) {
    symbols.push_back({symbol.kind, std::move(symbol.name), symbol.lines});
  }
  return symbols;
}

// Why a file could not be opened says nothing of whether it is there.
bool is_passing(int error) {
  return error != 0 && error != ENOENT && error != ENOTDIR && error != ELOOP && error != EACCES &&
         error != EXDEV;
}

// The text that TextFile would have, with its line endings.
std::string as_text(std::string bytes) {
  const bool is_ascii = std::all_of(bytes.begin(), bytes.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii) return bytes;
  const auto encoding = detect_encoding(bytes);
  if (!encoding) return {};
  auto text = to_utf8(*encoding, std::string_view(bytes).substr(byte_order_mark(*encoding).size()));
  return text ? std::move(*text) : std::string();
}

}  // namespace

bool SourceReader::takes(const std::string& path, const FileStamp& stamp) const {
  const Grammar grammar = language_of(path).grammar;
  return grammar != Grammar::kNone && grammar != Grammar::kJson && stamp.size <= max_bytes_;
}

FileDescriptor SourceReader::open(const std::string& path, FileStamp& stamp) const {
  FileDescriptor fd(
      files_->open_beneath(root_.get(), path, O_RDONLY | O_NONBLOCK | O_NOCTTY, Links::kRefuse));
  struct stat found;
  if (!fd || files_->fstat(fd.get(), &found) != 0 || !S_ISREG(found.st_mode)) return {};
  stamp = stamp_of(found);
  return fd;
}

SourceSymbols SourceReader::symbols(const std::string& path, std::chrono::milliseconds time) const {
  SourceSymbols file;
  errno = 0;
  const FileDescriptor fd = open(path, file.stamp);
  if (!fd && is_passing(errno)) return {.is_there = true, .is_read = false};
  file.is_there = static_cast<bool>(fd);
  if (!file.is_there || !takes(path, file.stamp)) return file;
  auto bytes = base::read_all(*files_, fd.get(), max_bytes_, path);
  if (!bytes) {
    file.is_read = bytes.error().code == base::ErrorCode::kPayloadTooLarge;
    return file;
  }
  auto symbols = symbols_of(std::move(*bytes), path,
                            {.time = time, .is_threads_time = true, .tree_bytes = kTreeBytes});
  file.is_read = symbols.has_value();
  if (symbols) file.symbols = std::move(*symbols);
  return file;
}

void SourceReader::words(const std::string& path, WordSet& set,
                         std::vector<WordMark>& words) const {
  FileStamp stamp;
  const FileDescriptor fd = open(path, stamp);
  if (!fd || !takes(path, stamp)) return;
  auto bytes = base::read_all(*files_, fd.get(), max_bytes_, path);
  if (bytes) words = set.read(as_text(std::move(*bytes)));
}

}  // namespace cromwell::workspace
