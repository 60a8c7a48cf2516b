#include "engine/session_cache.h"

#include <algorithm>
#include <utility>

namespace cromwell::engine {

void SessionCache::put(const std::string& session, CachedText text) {
  entries_.insert_or_assign(session, Entry{.text = std::move(text), .used = ++uses_});
}

std::optional<CachedText> SessionCache::take(const std::string& session) {
  auto node = entries_.extract(session);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped().text);
}

const CachedText* SessionCache::find(const std::string& session) const {
  const auto entry = entries_.find(session);
  return entry == entries_.end() ? nullptr : &entry->second.text;
}

std::optional<std::string> SessionCache::evict() {
  const auto oldest =
      std::min_element(entries_.begin(), entries_.end(),
                       [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
  if (oldest == entries_.end()) return std::nullopt;
  std::string session = oldest->first;
  entries_.erase(oldest);
  return session;
}

int SessionCache::exclusive_pages() const {
  int pages = 0;
  for (const auto& [session, entry] : entries_) pages += entry.text.cache.exclusive_pages();
  return pages;
}

}  // namespace cromwell::engine
