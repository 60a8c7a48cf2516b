#include "workspace/file_index.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/file_io.h"
#include "base/log.h"
#include "base/thread_pool.h"
#include "workspace/folder_watch.h"
#include "workspace/index_cache.h"

namespace cromwell::workspace {
namespace {

using base::FileDescriptor;
using base::Links;

constexpr int kLowestPriority = 19;
constexpr int kMostReaders = 4;         // cores that a first pass may take
constexpr std::size_t kReadAtOnce = 8;  // files of each of them, between two looks at what changed
// All readers together may hold as much as one parse of a file that is edited. Of so low a priority
// they may be kept waiting much longer than they run.
constexpr ParseLimits kParseLimits{.is_threads_time = true,
                                   .tree_bytes = ParseLimits().tree_bytes / kMostReaders};

bool is_rule_file(const std::string& name) {
  return name == ".gitignore" || name == ".cromwellignore";
}

// None: the parse was broken off, and what the file has is not known.
std::optional<std::vector<IndexedSymbol>> symbols_of(std::string bytes, const std::string& path) {
  std::vector<IndexedSymbol> symbols;
  const auto file = TextFile::parse(std::move(bytes));
  if (!file) return symbols;
  const std::string text = file->text({1, file->line_count()});
  const Grammar grammar = language_of(path, text).grammar;
  if (grammar == Grammar::kNone || text.size() > kParseLimits.max_bytes) return symbols;
  const auto tree = SyntaxTree::parse(text, grammar, kParseLimits);
  if (!tree) return std::nullopt;
  for (Symbol& symbol : outline_of(*tree, text)) {
    symbols.push_back({symbol.kind, std::move(symbol.name), symbol.lines});
  }
  return symbols;
}

}  // namespace

struct FileIndex::Impl {
  std::string root;
  IndexOptions options;
  std::shared_ptr<base::FileSystem> files;
  FileDescriptor folder;
  FolderWatch watch;
  std::atomic<bool> stopping = false;
  std::thread thread;

  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  SymbolTable table;  // guarded by mutex
  IndexState state;   // guarded by mutex

  // The thread's own.
  struct Watched {
    std::string path;
    std::shared_ptr<const IgnoreRules> rules;
  };
  std::unordered_map<int, Watched> watched;
  bool watches_all = true;
  bool needs_scan = true;
  std::deque<std::string> waiting;  // files to be read
  std::optional<IndexCache> cache;
  RememberedFiles remembered;  // what the cache had; until the first scan
  std::size_t not_kept = 0;    // files that were read since the cache was written
  std::future<void> keeping;   // the writing of it; waits for its end where it goes

  void run();
  void scan();
  void recall(const std::vector<WalkedFile>& unread);
  void read_waiting(base::ForkJoinPool& readers);
  void keep();
  void take_changes(int timeout_ms);
  void take_change(const FolderChange& change);
  struct Found {
    bool is_there = false;
    bool is_read = true;  // else it could not be, now: its symbols are not known
    FileStamp stamp;
    std::vector<IndexedSymbol> symbols;
  };
  Found look_at(const std::string& path) const;  // any thread
  void refresh(const std::string& path) { put(path, look_at(path)); }
  void put(const std::string& path, Found&& found);
  void publish(const std::function<void()>& change);
};

void FileIndex::Impl::publish(const std::function<void()>& change) {
  const std::lock_guard lock(mutex);
  change();
  state.files = table.file_count();
  state.symbols = table.symbol_count();
  ++state.version;
  changed.notify_all();
}

// What is on disk replaces what is known; files that changed wait to be read, those first that were
// changed last: they are what is worked on.
void FileIndex::Impl::scan() {
  needs_scan = false;
  watched.clear();
  watches_all = true;
  WalkOptions walk{
      .user_excludes = options.user_excludes, .secrets = options.secrets, .limits = options.walk};
  walk.stop = [this] { return stopping.load(); };
  walk.on_folder = [this](const std::string& path, const auto& rules) {
    const bool may = watched.size() < options.max_watched_folders;
    const int number = may ? watch.add(path.empty() ? root : root + "/" + path) : -1;
    if (number >= 0) watched[number] = {path, rules};
    watches_all = watches_all && number >= 0;
  };
  WalkResult found = walk_files(*files, folder, walk);
  std::stable_sort(found.files.begin(), found.files.end(),
                   [](const WalkedFile& a, const WalkedFile& b) {
                     return a.stamp.modified_ns > b.stamp.modified_ns;
                   });
  std::set<std::string_view> there;
  for (const WalkedFile& file : found.files) there.insert(file.path);
  std::vector<WalkedFile> unread;
  publish([&] {
    for (const std::string& name : table.file_names()) {
      if (!there.contains(name)) table.remove(name);
    }
    for (const WalkedFile& file : found.files) {
      const FileStamp* known = table.stamp(file.path);
      if (known != nullptr && *known == file.stamp) continue;
      if (known == nullptr) table.put(file.path, {}, {});
      unread.push_back(file);
    }
    state.complete = found.complete;
  });
  recall(unread);
}

// What the cache knows of a file that is as it was need not be read.
void FileIndex::Impl::recall(const std::vector<WalkedFile>& unread) {
  waiting.clear();
  for (const WalkedFile& file : unread) {
    if (stopping) return;
    const auto known = remembered.find(file.path);
    if (known == remembered.end() || known->second.stamp != file.stamp) {
      waiting.push_back(file.path);
      continue;
    }
    publish([&] { table.put(file.path, file.stamp, std::move(known->second.symbols)); });
  }
  remembered = {};
}

FileIndex::Impl::Found FileIndex::Impl::look_at(const std::string& path) const {
  const FileDescriptor fd(
      files->open_beneath(folder.get(), path, O_RDONLY | O_NONBLOCK | O_NOCTTY, Links::kRefuse));
  struct stat found;
  if (!fd || files->fstat(fd.get(), &found) != 0 || !S_ISREG(found.st_mode)) return {};
  Found file{.is_there = true, .stamp = stamp_of(found)};
  const Grammar grammar = language_of(path).grammar;
  if (grammar == Grammar::kNone || grammar == Grammar::kJson) return file;
  auto bytes = base::read_all(*files, fd.get(), options.max_file_bytes, path);
  if (!bytes) {
    file.is_read = bytes.error().code == base::ErrorCode::kPayloadTooLarge;
    return file;
  }
  auto symbols = symbols_of(std::move(*bytes), path);
  file.is_read = symbols.has_value();
  if (symbols) file.symbols = std::move(*symbols);
  return file;
}

void FileIndex::Impl::put(const std::string& path, Found&& found) {
  publish([&] {
    if (!found.is_there) return table.remove(path);
    const bool has_any = !found.symbols.empty();
    if (!table.put(path, found.stamp, std::move(found.symbols), found.is_read)) return;
    if (has_any) ++not_kept;  // what has none is soon looked at again
  });
}

// Some of the waiting files, side by side; they are put into the table in their order.
void FileIndex::Impl::read_waiting(base::ForkJoinPool& readers) {
  const auto most = kReadAtOnce * static_cast<std::size_t>(readers.threads());
  std::vector<Found> found(std::min(waiting.size(), most));
  readers.share(static_cast<int>(found.size()), [&](int share, int /*worker*/) {
    const auto i = static_cast<std::size_t>(share);
    found[i] = look_at(waiting[i]);
  });
  for (Found& one : found) {
    put(waiting.front(), std::move(one));
    waiting.pop_front();
  }
}

// No lock: this thread alone changes the table. The disk takes its time, and what changes meanwhile
// is to be seen.
void FileIndex::Impl::keep() {
  if (!cache || not_kept < options.keep_after_files) return;
  not_kept = 0;
  try {
    keeping = std::async(std::launch::async, [this, all = cache->describe(table)]() mutable {
      const base::FieldWriter described = std::move(all);  // the future would hold it for ever
      if (const auto kept = cache->save(described); !kept) {
        base::log(base::LogLevel::kWarning, "index cache: " + kept.error().message);
      }
    });
  } catch (const std::system_error&) {
    return;  // the process may have no more threads: it is kept another time
  }
}

void FileIndex::Impl::take_change(const FolderChange& change) {
  const auto folder_of = watched.find(change.folder);
  const bool known = folder_of != watched.end();  // a folder that left the root is still watched
  if (change.folder < 0 || (known && (change.is_folder || is_rule_file(change.name)))) {
    needs_scan = true;
    return;
  }
  if (!known) return;
  const Watched& where = folder_of->second;
  if (change.name.empty() || !is_shown(change.name, false, *where.rules, options.secrets)) {
    return;
  }
  refresh(where.path.empty() ? change.name : where.path + "/" + change.name);
}

void FileIndex::Impl::take_changes(int timeout_ms) {
  for (const FolderChange& change : watch.wait(timeout_ms)) take_change(change);
}

void FileIndex::Impl::run() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kLowestPriority);
  if (cache) remembered = cache->load();
  std::optional<base::ForkJoinPool> readers;  // of this thread's priority
  while (!stopping) {
    if (needs_scan) scan();
    if (!waiting.empty()) {
      if (!readers) readers.emplace(std::min(base::usable_cores(), kMostReaders));
      read_waiting(*readers);
      take_changes(0);
      continue;
    }
    readers.reset();
    publish([this] { state.ready = true; });
    keep();
    const int timeout = watches_all ? -1 : static_cast<int>(options.rescan.count());
    const bool was_watched = watches_all;
    take_changes(timeout);
    if (!was_watched) needs_scan = true;
  }
}

FileIndex::FileIndex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

FileIndex::~FileIndex() {
  impl_->stopping = true;
  impl_->watch.stop();
  impl_->thread.join();
}

base::Result<std::shared_ptr<FileIndex>> FileIndex::open(const std::string& root,
                                                         IndexOptions options,
                                                         std::shared_ptr<base::FileSystem> files) {
  auto impl = std::make_unique<Impl>();
  impl->root = root;
  impl->options = std::move(options);
  impl->files = files ? std::move(files) : base::posix_file_system();
  impl->table = SymbolTable(impl->options.table);
  if (!impl->options.cache_folder.empty()) {
    impl->cache.emplace(impl->files, impl->options.cache_folder, root);
  }
  impl->folder = FileDescriptor(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!impl->folder) return base::errno_error("root " + root, errno);
  impl->thread = std::thread([impl = impl.get()] { impl->run(); });
  return std::shared_ptr<FileIndex>(new FileIndex(std::move(impl)));
}

const std::string& FileIndex::root() const { return impl_->root; }

IndexState FileIndex::state() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state;
}

IndexState FileIndex::wait_past(std::uint64_t version) const {
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait(lock, [&] { return impl_->state.version > version; });
  return impl_->state;
}

void FileIndex::read(const std::function<void(const SymbolTable&)>& use) const {
  const std::lock_guard lock(impl_->mutex);
  use(impl_->table);
}

}  // namespace cromwell::workspace
