// Backlog: the files of an index that wait to be parsed, and which of them hold a name, as far as
// their words were read. Memory: about 200 bytes for a file, and its words (workspace/word_index)
// until the last of those that were read with it has been parsed. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "workspace/file_walk.h"
#include "workspace/word_index.h"

namespace cromwell::workspace {

// The words of some files, by the place of each in `files`.
struct ReadWords {
  std::vector<std::uint32_t> files;  // numbers in the backlog
  std::shared_ptr<const WordIndex> words;
};

struct WaitingFile {
  std::uint32_t number = 0;  // in the backlog
  std::string path;
};

class Backlog {
 public:
  Backlog() = default;
  Backlog(Backlog&&) = default;  // not to be copied: files_ points into numbers_
  Backlog& operator=(Backlog&&) = default;

  // These wait, best first, and no others. What is known of one that has waited before stays, if it
  // has the same stamp.
  void replace(const std::vector<WalkedFile>& files);
  void drop(const std::string& path);  // it waits no longer

  bool has(const std::string& path) const { return numbers_.contains(path); }
  std::size_t size() const { return numbers_.size(); }
  std::vector<std::string> next(std::size_t limit);  // that wait, best first

  // Files whose words are to be read: the caller's until it gives them to add() or give_back().
  std::vector<WaitingFile> take_unread(std::size_t limit);
  void add(ReadWords read);
  void give_back(const std::vector<WaitingFile>& files);
  // Of every file that waits the words are known.
  bool is_read() const { return unread_.empty() && taken_ == 0; }
  std::size_t word_bytes() const { return word_bytes_; }

  // Of those whose words were read, the ones that hold the name: first where it is likely defined,
  // then those that changed last; `limit` at most.
  struct Held {
    std::string path;
    bool is_large = false;  // to parse it may take longer than a question has
  };
  std::vector<Held> holding(std::string_view name, std::size_t limit) const;

 private:
  static constexpr std::uint32_t kNoPart = ~std::uint32_t{0};
  struct File {
    const std::string* path = nullptr;  // null: it waits no longer
    FileStamp stamp;
    std::uint32_t part = kNoPart;
  };
  struct Part {
    ReadWords read;
    std::size_t waiting = 0;  // of its files; none: its words are gone
  };
  struct Candidate {
    bool is_likely = false;
    std::int64_t modified_ns = 0;
    std::uint32_t number = 0;
  };

  std::uint32_t number_of(const WalkedFile& file);
  void retire(std::unordered_map<std::string, std::uint32_t>::iterator file);
  std::vector<Candidate> candidates(WordMark word) const;

  std::unordered_map<std::string, std::uint32_t> numbers_;  // of those that wait
  std::vector<File> files_;                                 // by number
  std::deque<std::uint32_t> order_;                         // best first; some wait no longer
  std::deque<std::uint32_t> unread_;                        // as well
  std::size_t taken_ = 0;
  std::vector<Part> parts_;
  std::size_t word_bytes_ = 0;
};

}  // namespace cromwell::workspace
