// SessionTable: the names by which clients know places in the prefix tree. A session owns no pages:
// its text stays in memory by the same rule as any other, and what it loses its bookmark loses. It
// tells the mailbox's directory what has changed. Engine thread only.
#pragma once

#include <string>
#include <unordered_map>

#include "engine/mailbox.h"
#include "engine/prefix_tree.h"

namespace cromwell::engine {

class SessionTable {
 public:
  // max_sessions: at least 1
  SessionTable(PrefixTree& tree, Mailbox& mailbox, int max_sessions)
      : tree_(tree), mailbox_(mailbox), max_sessions_(max_sessions) {}
  ~SessionTable();

  // The session's text reaches so far now. Above the limit the least recently used name goes, the
  // pinned ones last.
  void put(const std::string& name, PrefixTree::Place place, PrefixTree::Time now);
  void drop(const std::string& name);  // with the pages that only it led to
  void pin(const std::string& name, bool pinned, PrefixTree::Time now);
  PrefixTree::Place place(const std::string& name) const;
  void publish();  // what has changed since it was called last

 private:
  struct Session {
    PrefixTree::Bookmark mark;
    PrefixTree::Time used;
    int published_tokens = -1;
  };
  Session& open(const std::string& name, PrefixTree::Time now);
  void drop_least_recently_used();

  PrefixTree& tree_;
  Mailbox& mailbox_;
  const int max_sessions_;
  std::unordered_map<std::string, Session> sessions_;  // its elements stay where they are
};

}  // namespace cromwell::engine
