// SessionCache: the KV caches of sessions that are idle, least recently used first to go. A running
// generation has taken its session's cache out. Engine thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/generation.h"
#include "engine/kv_cache.h"

namespace cromwell::engine {

struct CachedText {
  std::vector<TokenId> tokens;  // whose keys and values are in ...
  KvCache cache;
  int adapter = kNoAdapter;  // ... and were computed with this
};

class SessionCache {
 public:
  void put(const std::string& session, CachedText text);
  std::optional<CachedText> take(const std::string& session);
  const CachedText* find(const std::string& session) const;
  void drop(const std::string& session) { entries_.erase(session); }
  void clear() { entries_.clear(); }
  // Drops the least recently used and says which; none if there is none.
  std::optional<std::string> evict();

  int size() const { return static_cast<int>(entries_.size()); }
  int exclusive_pages() const;  // what dropping all would free

 private:
  struct Entry {
    CachedText text;
    std::uint64_t used = 0;
  };
  std::unordered_map<std::string, Entry> entries_;
  std::uint64_t uses_ = 0;
};

}  // namespace cromwell::engine
