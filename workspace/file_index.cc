#include "workspace/file_index.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/file_io.h"
#include "workspace/folder_watch.h"

namespace cromwell::workspace {
namespace {

using base::FileDescriptor;
using base::Links;

constexpr int kLowestPriority = 19;

bool is_rule_file(const std::string& name) {
  return name == ".gitignore" || name == ".cromwellignore";
}

std::vector<IndexedSymbol> symbols_of(std::string bytes, const std::string& path) {
  std::vector<IndexedSymbol> symbols;
  const auto file = TextFile::parse(std::move(bytes));
  if (!file) return symbols;
  for (Symbol& symbol : outline_of(*file, path)) {
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

  void run();
  void scan();
  void take_changes(int timeout_ms);
  void take_change(const FolderChange& change);
  void refresh(const std::string& path);
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
  std::stable_sort(
      found.files.begin(), found.files.end(),
      [](const WalkedFile& a, const WalkedFile& b) { return a.modified_ns > b.modified_ns; });
  std::set<std::string_view> there;
  for (const WalkedFile& file : found.files) there.insert(file.path);
  publish([&] {
    for (const std::string& name : table.file_names()) {
      if (!there.contains(name)) table.remove(name);
    }
    for (const WalkedFile& file : found.files) {
      const FileStamp* known = table.stamp(file.path);
      if (known != nullptr && *known == FileStamp{file.size, file.modified_ns}) continue;
      if (known == nullptr) table.put(file.path, {}, {});
      waiting.push_back(file.path);
    }
    state.complete = found.complete;
  });
}

void FileIndex::Impl::refresh(const std::string& path) {
  const FileDescriptor fd(
      files->open_beneath(folder.get(), path, O_RDONLY | O_NONBLOCK | O_NOCTTY, Links::kRefuse));
  struct stat found;
  if (!fd || files->fstat(fd.get(), &found) != 0 || !S_ISREG(found.st_mode)) {
    return publish([&] { table.remove(path); });
  }
  const FileStamp stamp{static_cast<std::size_t>(found.st_size),
                        found.st_mtim.tv_sec * 1'000'000'000 + found.st_mtim.tv_nsec};
  std::vector<IndexedSymbol> symbols;
  const Grammar grammar = language_of(path).grammar;
  if (grammar != Grammar::kNone && grammar != Grammar::kJson) {
    auto bytes = base::read_all(*files, fd.get(), options.max_file_bytes, path);
    if (bytes) symbols = symbols_of(std::move(*bytes), path);
  }
  publish([&] { table.put(path, stamp, std::move(symbols)); });
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
  while (!stopping) {
    if (needs_scan) scan();
    if (!waiting.empty()) {
      refresh(waiting.front());
      waiting.pop_front();
      take_changes(0);
      continue;
    }
    publish([this] { state.ready = true; });
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
