#include "engine/session_table.h"

#include <algorithm>
#include <utility>

namespace cromwell::engine {

SessionTable::~SessionTable() {
  for (auto& [name, session] : sessions_) tree_.remove(session.mark);
}

SessionTable::Session& SessionTable::open(const std::string& name, PrefixTree::Time now) {
  if (!sessions_.contains(name)) {
    while (static_cast<int>(sessions_.size()) >= max_sessions_) drop_least_recently_used();
    tree_.add(sessions_[name].mark);
  }
  Session& session = sessions_[name];
  session.used = now;
  return session;
}

void SessionTable::put(const std::string& name, PrefixTree::Place place, PrefixTree::Time now) {
  tree_.move(open(name, now).mark, place);
}

void SessionTable::pin(const std::string& name, bool pinned, PrefixTree::Time now) {
  if (!pinned && !sessions_.contains(name)) return;  // another would lose its place for nothing
  tree_.pin(open(name, now).mark, pinned);
}

PrefixTree::Place SessionTable::place(const std::string& name) const {
  const auto entry = sessions_.find(name);
  return entry == sessions_.end() ? PrefixTree::Place{} : entry->second.mark.place;
}

void SessionTable::drop(const std::string& name) {
  const auto entry = sessions_.find(name);
  if (entry == sessions_.end()) return;
  tree_.remove(entry->second.mark);
  sessions_.erase(entry);
}

// Only the name: its text may well be somebody else's too, and is kept or not for what it is worth.
void SessionTable::drop_least_recently_used() {
  const auto first_to_go = [](const auto& a, const auto& b) {
    return std::pair(a.second.mark.pinned, a.second.used) <
           std::pair(b.second.mark.pinned, b.second.used);
  };
  const auto oldest = std::min_element(sessions_.begin(), sessions_.end(), first_to_go);
  tree_.forget(oldest->second.mark);
  mailbox_.session_changed({.id = oldest->first});
  sessions_.erase(oldest);
}

void SessionTable::publish() {
  for (auto entry = sessions_.begin(); entry != sessions_.end();) {
    Session& session = entry->second;
    const int tokens = session.mark.place.tokens;
    if (std::exchange(session.published_tokens, tokens) != tokens) {
      mailbox_.session_changed({.id = entry->first,
                                .cached_tokens = tokens,
                                .pages = pages_for(tokens),
                                .pinned = session.mark.pinned});
    }
    const bool is_gone = tokens == 0 && !session.mark.pinned;
    if (is_gone) tree_.remove(session.mark);
    entry = is_gone ? sessions_.erase(entry) : std::next(entry);
  }
}

}  // namespace cromwell::engine
