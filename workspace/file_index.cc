#include "workspace/file_index.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <optional>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/log.h"
#include "base/thread_pool.h"
#include "workspace/folder_watch.h"
#include "workspace/index_cache.h"
#include "workspace/source_reader.h"

namespace cromwell::workspace {
namespace {

using base::FileDescriptor;

constexpr int kLowestPriority = 19;
constexpr int kReaders = 4;              // threads of a first pass: some wait for the disk
constexpr std::size_t kParseAtOnce = 8;  // files of each of them, between two looks at what changed
constexpr std::size_t kPutAtOnce = 100;  // files, while others wait for the table
constexpr std::size_t kWordsAtOnce = 1U << 20;  // of each of them: 8 MiB, until they are an index

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

bool is_rule_file(const std::string& name) {
  return name == ".gitignore" || name == ".cromwellignore";
}

// Calls use(begin, end) for each piece of so many at most.
template <class Use>
void for_each_piece(std::size_t count, std::size_t piece, Use use) {
  for (std::size_t begin = 0; begin < count; begin += piece) {
    use(begin, std::min(begin + piece, count));
  }
}

}  // namespace

struct FileIndex::Impl {
  std::string root;
  IndexOptions options;
  std::shared_ptr<base::FileSystem> files;
  FileDescriptor folder;
  std::optional<SourceReader> reader;
  FolderWatch watch;
  std::atomic<bool> stopping = false;
  std::thread thread;

  std::optional<IndexContent> content;

  // The thread's own.
  struct Watched {
    std::string path;
    std::shared_ptr<const IgnoreRules> rules;
  };
  std::unordered_map<int, Watched> watched;
  bool watches_all = true;
  bool needs_scan = true;
  std::optional<IndexCache> cache;
  RememberedFiles remembered;  // what the cache had; until the first scan
  bool is_kept = false;        // there is a cache
  bool must_keep = false;      // it is to be written whatever was read since
  std::future<void> keeping;   // the writing of it; waits for its end where it goes

  void run();
  void scan();
  WalkResult walk();
  using Names = std::unordered_set<std::string_view>;
  void look_for_forbidden(const Names& there, const std::vector<std::string>& gone);
  void put_names(const std::vector<WalkedFile>& found, const std::vector<std::string>& gone);
  bool is_forbidden(const std::string& name) const;
  std::vector<WalkedFile> take_known(const std::vector<WalkedFile>& found);
  bool is_known(const WalkedFile& file, SymbolTable& table);
  bool read_words(base::ForkJoinPool& readers);
  ReadWords words_of(const std::vector<WaitingFile>& files) const;  // any thread
  void parse_waiting(base::ForkJoinPool& readers);
  void keep();
  void take_changes(int timeout_ms);
  void take_change(const FolderChange& change);
  void parse_for(const std::vector<std::string_view>& names, const QuestionLimits& limits);
};

WalkResult FileIndex::Impl::walk() {
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
  return walk_files(*files, folder, walk);
}

// What is on disk replaces what is known; files that changed wait to be read, those first that were
// changed last: they are what is worked on.
void FileIndex::Impl::scan() {
  needs_scan = false;
  WalkResult found = walk();
  if (stopping) return;  // cut short, it says nothing of what it did not come to
  std::stable_sort(found.files.begin(), found.files.end(),
                   [](const WalkedFile& a, const WalkedFile& b) {
                     return a.stamp.modified_ns > b.stamp.modified_ns;
                   });
  Names there;
  for (const WalkedFile& file : found.files) there.insert(file.path);
  std::vector<std::string> gone;
  content->look([&](const IndexData& data) { gone = data.table.file_names(); });
  std::erase_if(gone, [&](const std::string& name) { return there.contains(name); });
  if (found.complete) look_for_forbidden(there, gone);
  put_names(found.files, gone);
  content->change([&](IndexData& data) {
    data.has_walked_all = found.complete;
    data.state.listed = true;
  });
  const std::vector<WalkedFile> unread = take_known(found.files);
  content->change([&](IndexData& data) {
    data.backlog.replace(unread);
    data.knows_waiting = true;
  });
}

// A cache with names that the rules forbid by now goes at once, and is written anew when nothing
// waits.
void FileIndex::Impl::look_for_forbidden(const Names& there, const std::vector<std::string>& gone) {
  if (!is_kept) return;
  const bool has_any =
      std::any_of(gone.begin(), gone.end(), [&](const auto& name) { return is_forbidden(name); }) ||
      std::any_of(remembered.begin(), remembered.end(), [&](const auto& file) {
        return !there.contains(file.first) && is_forbidden(file.first);
      });
  if (!has_any) return;
  if (keeping.valid()) keeping.wait();
  cache->remove();
  is_kept = false;
  must_keep = true;
}

// Some at a time: whoever edits is not to wait for a hundred thousand.
void FileIndex::Impl::put_names(const std::vector<WalkedFile>& found,
                                const std::vector<std::string>& gone) {
  for_each_piece(gone.size(), kPutAtOnce, [&](std::size_t begin, std::size_t end) {
    content->change([&](IndexData& data) {
      for (std::size_t i = begin; i < end; ++i) {
        data.table.remove(gone[i]);
        data.backlog.drop(gone[i]);
      }
    });
  });
  for_each_piece(found.size(), kPutAtOnce, [&](std::size_t begin, std::size_t end) {
    content->change([&](IndexData& data) {
      for (std::size_t i = begin; i < end; ++i) {
        const std::string& path = found[i].path;
        if (data.table.stamp(path) == nullptr) data.table.put(path, {}, {});
      }
    });
  });
}

// Of what the walk did not find.
bool FileIndex::Impl::is_forbidden(const std::string& name) const {
  return static_cast<bool>(
      FileDescriptor(files->open_beneath(folder.get(), name, O_PATH, base::Links::kRefuse)));
}

// The others are to be read.
std::vector<WalkedFile> FileIndex::Impl::take_known(const std::vector<WalkedFile>& found) {
  std::vector<WalkedFile> unread;
  for_each_piece(found.size(), kPutAtOnce, [&](std::size_t begin, std::size_t end) {
    if (stopping) return;
    content->change([&](IndexData& data) {
      for (std::size_t i = begin; i < end; ++i) {
        if (!is_known(found[i], data.table)) unread.push_back(found[i]);
      }
    });
  });
  remembered = {};
  return unread;
}

// What a file has that is as it was, in the table or in the cache, or that cannot have anything.
bool FileIndex::Impl::is_known(const WalkedFile& file, SymbolTable& table) {
  const FileStamp* known = table.stamp(file.path);
  if (known != nullptr && *known == file.stamp) return true;
  const auto kept = remembered.find(file.path);
  if (kept != remembered.end() && kept->second.stamp == file.stamp) {
    table.put(file.path, file.stamp, std::move(kept->second.symbols));
    return true;
  }
  if (!reader->takes(file.path, file.stamp)) {
    table.put(file.path, file.stamp, {});
    return true;
  }
  const bool was_read = known != nullptr && *known != FileStamp();
  if (was_read) table.put(file.path, {}, {});  // what it had is no longer so
  return false;
}

// Of as many files as there is room for. False: of none.
bool FileIndex::Impl::read_words(base::ForkJoinPool& readers) {
  std::vector<std::vector<WaitingFile>> shares;
  content->change([&](IndexData& data) {
    for (int i = 0; i < readers.threads(); ++i) {
      if (data.backlog.word_bytes() >= options.word_bytes) return;
      shares.push_back(data.backlog.take_unread(WordIndex::kMaxFiles));
    }
  });
  std::erase_if(shares, [](const auto& share) { return share.empty(); });
  if (shares.empty()) return false;
  std::vector<ReadWords> read(shares.size());
  readers.share(static_cast<int>(shares.size()), [&](int share, int /*worker*/) {
    const auto i = static_cast<std::size_t>(share);
    read[i] = words_of(shares[i]);
    shares[i].erase(shares[i].begin(),
                    shares[i].begin() + static_cast<std::ptrdiff_t>(read[i].files.size()));
  });
  content->change([&](IndexData& data) {
    for (ReadWords& one : read) data.backlog.add(std::move(one));
    for (auto rest = shares.rbegin(); rest != shares.rend(); ++rest) {
      data.backlog.give_back(*rest);
    }
  });
  return true;
}

// Of the first of these files: all, if they have not too many.
ReadWords FileIndex::Impl::words_of(const std::vector<WaitingFile>& waiting) const {
  ReadWords read;
  WordSet set;
  std::vector<std::vector<WordMark>> words;
  std::size_t count = 0;
  for (const WaitingFile& file : waiting) {
    if (stopping || count >= kWordsAtOnce) break;
    words.emplace_back();
    reader->words(file.path, set, words.back());
    count += words.back().size();
    read.files.push_back(file.number);
  }
  read.words = std::make_shared<const WordIndex>(words);
  return read;
}

// Some of the waiting files, side by side; they are put into the table in their order.
void FileIndex::Impl::parse_waiting(base::ForkJoinPool& readers) {
  std::vector<std::string> paths;
  const auto most = kParseAtOnce * static_cast<std::size_t>(readers.threads());
  content->change([&](IndexData& data) { paths = data.backlog.next(most); });
  std::vector<SourceSymbols> found(paths.size());
  readers.share(static_cast<int>(found.size()), [&](int share, int /*worker*/) {
    const auto i = static_cast<std::size_t>(share);
    found[i] = reader->symbols(paths[i]);
  });
  for (std::size_t i = 0; i < paths.size(); ++i) {
    content->put_waiting(paths[i], std::move(found[i]));
  }
}

// A file that the index's thread is at is not waited for: of the lowest priority, it may not come
// to its end for long.
void FileIndex::Impl::parse_for(const std::vector<std::string_view>& names,
                                const QuestionLimits& limits) {
  const auto begin = Clock::now();
  const auto end = begin + limits.time;
  for (const std::string& path :
       content->waiting_with(names, limits.files, begin + limits.time / 2)) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - Clock::now());
    if (left <= milliseconds(0)) return;
    if (!content->is_waiting(path)) continue;
    SourceSymbols found = reader->symbols(path, left);
    if (found.is_read) content->put_waiting(path, std::move(found));
  }
}

// No lock: nothing waits. The disk takes its time, and what changes meanwhile is to be seen.
void FileIndex::Impl::keep() {
  const IndexData& data = content->without_lock();
  if (!cache || (data.not_kept < options.keep_after_files && !must_keep)) return;
  try {
    keeping = std::async(std::launch::async, [this, all = cache->describe(data.table)]() mutable {
      const base::FieldWriter described = std::move(all);  // the future would hold it for ever
      const auto kept = cache->save(described);
      if (!kept) base::log(base::LogLevel::kWarning, "index cache: " + kept.error().message);
    });
  } catch (const std::system_error&) {
    return;  // the process may have no more threads: it is kept another time
  }
  content->change([](IndexData& changed) { changed.not_kept = 0; });
  is_kept = true;
  must_keep = false;
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
  const std::string path = where.path.empty() ? change.name : where.path + "/" + change.name;
  content->put(path, reader->symbols(path));
}

void FileIndex::Impl::take_changes(int timeout_ms) {
  for (const FolderChange& change : watch.wait(timeout_ms)) take_change(change);
}

void FileIndex::Impl::run() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kLowestPriority);
  if (cache) remembered = cache->load();
  is_kept = !remembered.empty();
  std::optional<base::ForkJoinPool> readers;  // of this thread's priority
  while (!stopping) {
    if (needs_scan) scan();
    if (stopping) return;
    if (content->has_waiting()) {
      if (!readers) readers.emplace(kReaders);
      if (!read_words(*readers)) parse_waiting(*readers);
      take_changes(0);
      continue;
    }
    readers.reset();
    content->change([](IndexData& data) {
      data.backlog = {};
      data.state.searchable = data.state.ready = true;
    });
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
  impl->content.emplace(impl->options.table);
  if (!impl->options.cache_folder.empty()) {
    impl->cache.emplace(impl->files, impl->options.cache_folder, root);
  }
  impl->folder = FileDescriptor(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!impl->folder) return base::errno_error("root " + root, errno);
  impl->reader.emplace(impl->files, impl->folder, impl->options.max_file_bytes);
  impl->thread = std::thread([impl = impl.get()] { impl->run(); });
  return std::shared_ptr<FileIndex>(new FileIndex(std::move(impl)));
}

const std::string& FileIndex::root() const { return impl_->root; }

IndexState FileIndex::state() const { return impl_->content->state(); }

IndexState FileIndex::wait_past(std::uint64_t version) const {
  return impl_->content->wait_past(version);
}

void FileIndex::parse_for(const std::vector<std::string_view>& names,
                          const QuestionLimits& limits) const {
  impl_->parse_for(names, limits);
}

void FileIndex::read(const std::function<void(const SymbolTable&)>& use) const {
  impl_->content->look([&](const IndexData& data) { use(data.table); });
}

}  // namespace cromwell::workspace
