#include "workspace/index_cache.h"

#include <sys/stat.h>

#include <algorithm>
#include <cassert>
#include <ctime>
#include <utility>

#include "base/file_io.h"
#include "base/hash.h"
#include "base/log.h"

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::FieldReader;
using base::FieldWriter;
using base::FileDescriptor;
using base::Result;

constexpr std::string_view kMagic = "CRMWIDX1";
constexpr std::size_t kMaxCacheBytes = 256U << 20;

// A symbol's kind and lines in one number:  kind 8 bits | first line 28 | last line 28.
// A file of the index has fewer lines than 2^28.
constexpr int kLineBits = 28;
constexpr std::uint64_t kLineMask = (1U << kLineBits) - 1;

constexpr std::size_t kNameSize = 16;
constexpr std::time_t kOldSeconds = 30 * 24 * 3600;

std::string name_of(const std::string& root) { return base::sha256_hex(root).substr(0, kNameSize); }

// Of a cache, or of one that was being written.
bool is_cache_name(std::string_view name) {
  const std::string_view digits = name.substr(0, kNameSize), rest = name.substr(digits.size());
  return digits.size() == kNameSize && (rest.empty() || rest == ".tmp") &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_old(base::FileSystem& files, int folder, const std::string& name) {
  const FileDescriptor fd(files.open_at(folder, name, O_RDONLY | O_NONBLOCK, 0));
  struct stat found;
  if (!fd || files.fstat(fd.get(), &found) != 0) return false;
  return found.st_mtim.tv_sec + kOldSeconds < std::time(nullptr);
}

// The running program's file: another one has another size or time.
std::string running_program() {
  struct stat found;
  if (::stat("/proc/self/exe", &found) != 0) return {};
  const FileStamp stamp = stamp_of(found);
  return std::to_string(stamp.size) + " " + std::to_string(stamp.modified_ns);
}

std::uint64_t packed(const IndexedSymbol& symbol) {
  const auto first = static_cast<std::uint64_t>(symbol.lines.first);
  const auto last = static_cast<std::uint64_t>(symbol.lines.last);
  assert(first <= kLineMask && last <= kLineMask);
  return static_cast<std::uint64_t>(symbol.kind) << (2 * kLineBits) | first << kLineBits | last;
}

IndexedSymbol read_symbol(FieldReader& fields, bool& sound) {
  IndexedSymbol symbol{.name = fields.text()};
  const std::uint64_t number = fields.number(), kind = number >> (2 * kLineBits);
  symbol.lines = {static_cast<int>(number >> kLineBits & kLineMask),
                  static_cast<int>(number & kLineMask)};
  sound = sound && kind <= static_cast<std::uint64_t>(SymbolKind::kMacro) &&
          symbol.lines.first <= symbol.lines.last;
  symbol.kind = static_cast<SymbolKind>(sound ? kind : 0);
  return symbol;
}

RememberedFile read_file(FieldReader& fields, bool& sound) {
  RememberedFile file;
  file.stamp.size = fields.number();
  file.stamp.modified_ns = static_cast<std::int64_t>(fields.number());
  file.stamp.changed_ns = static_cast<std::int64_t>(fields.number());
  const std::uint64_t count = fields.number();  // not believed: the fields end where they end
  for (std::uint64_t i = 0; i < count && fields.ok(); ++i) {
    file.symbols.push_back(read_symbol(fields, sound));
  }
  return file;
}

}  // namespace

FieldWriter describe_index(const SymbolTable& table, const CacheOwner& owner) {
  FieldWriter fields;
  fields.text(owner.root).text(owner.program);
  table.for_each_whole_file([&](const std::string& path, const FileStamp& stamp,
                                const std::vector<IndexedSymbol>& symbols) {
    fields.text(path).number(stamp.size);
    fields.number(static_cast<std::uint64_t>(stamp.modified_ns));
    fields.number(static_cast<std::uint64_t>(stamp.changed_ns)).number(symbols.size());
    for (const IndexedSymbol& symbol : symbols) fields.text(symbol.name).number(packed(symbol));
  });
  return fields;
}

std::string encode_index(const FieldWriter& described) { return described.section(kMagic); }

Result<RememberedFiles> decode_index(std::string_view bytes, const CacheOwner& owner) {
  CROMWELL_ASSIGN(const std::string_view payload, base::take_section(kMagic, bytes));
  FieldReader fields(payload);
  const std::string root = fields.text(), program = fields.text();
  if (root != owner.root || program != owner.program) {
    return Error{.code = ErrorCode::kIo, .message = "of another root or program"};
  }
  RememberedFiles files;
  bool sound = true;
  while (sound && fields.ok() && !fields.at_end()) {
    std::string path = fields.text();
    files.insert_or_assign(std::move(path), read_file(fields, sound));
  }
  if (sound && fields.at_end()) return files;
  return Error{.code = ErrorCode::kIo, .message = "damaged: a field is missing or out of range"};
}

IndexCache::IndexCache(std::shared_ptr<base::FileSystem> files, std::string folder,
                       const std::string& root)
    : files_(std::move(files)), folder_(std::move(folder)), owner_{root, running_program()} {}

RememberedFiles IndexCache::load() const {
  bool is_useless = false;
  const auto read = [&]() -> Result<RememberedFiles> {
    CROMWELL_ASSIGN(const FileDescriptor folder, base::open_private_folder(*files_, folder_));
    const FileDescriptor fd(
        files_->open_at(folder.get(), name_of(owner_.root), O_RDONLY | O_NONBLOCK, 0));
    if (!fd) return RememberedFiles();
    CROMWELL_ASSIGN(const std::string bytes,
                    base::read_all(*files_, fd.get(), kMaxCacheBytes, name_of(owner_.root)));
    auto decoded = decode_index(bytes, owner_);
    is_useless = !decoded;
    return decoded;
  };
  auto found = read();
  const std::string of = "index of " + owner_.root + ": ";
  base::log(base::LogLevel::kInfo,
            found ? of + std::to_string(found->size()) + " files are known from the last start"
                  : of + "its cache is " + found.error().message);
  if (is_useless) remove();
  return found ? std::move(*found) : RememberedFiles();
}

void IndexCache::remove() const {
  const auto folder = base::open_private_folder(*files_, folder_);
  if (folder) files_->unlink_at(folder->get(), name_of(owner_.root));
}

Result<> IndexCache::save(const FieldWriter& described) const {
  const std::string bytes = encode_index(described);
  if (bytes.size() > kMaxCacheBytes) {
    return Error{.code = ErrorCode::kPayloadTooLarge,
                 .message = "the index of " + owner_.root + " is too large to be kept"};
  }
  CROMWELL_ASSIGN(const FileDescriptor folder, base::open_private_folder(*files_, folder_));
  return base::write_whole(*files_, folder.get(), name_of(owner_.root), bytes);
}

void remove_old_caches(base::FileSystem& files, const std::string& folder,
                       const std::vector<std::string>& roots) {
  const auto opened = base::open_private_folder(files, folder);
  std::vector<std::string> names;
  if (!opened || files.list_folder(opened->get(), &names) != 0) return;
  for (const std::string& name : names) {
    const bool is_ours = std::any_of(
        roots.begin(), roots.end(), [&](const std::string& root) { return name == name_of(root); });
    if (!is_ours && is_cache_name(name) && is_old(files, opened->get(), name)) {
      files.unlink_at(opened->get(), name);
    }
  }
}

}  // namespace cromwell::workspace
