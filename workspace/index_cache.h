// IndexCache: what the index of a root knew, in one file of the state folder, so that the next
// start reads only what has changed since. Nothing but a cache: one that is damaged, of another
// root, or of another program (whose outlines may be others) is as if it were not there. Blocking
// file work, one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/file_system.h"
#include "base/record_codec.h"
#include "base/result.h"
#include "workspace/symbol_table.h"

namespace cromwell::workspace {

struct RememberedFile {
  FileStamp stamp;
  std::vector<IndexedSymbol> symbols;
};
using RememberedFiles = std::unordered_map<std::string, RememberedFile>;  // by path in the root

// Of whom and by whom the cache is.
struct CacheOwner {
  std::string root;
  std::string program;
};

// Without the files that the table's limits cut, and those that were not read yet.
base::FieldWriter describe_index(const SymbolTable& table, const CacheOwner& owner);
std::string encode_index(const base::FieldWriter& described);
// kIo, with the reason, where they are not this owner's or not whole.
base::Result<RememberedFiles> decode_index(std::string_view bytes, const CacheOwner& owner);

class IndexCache {
 public:
  IndexCache(std::shared_ptr<base::FileSystem> files, std::string folder, const std::string& root);

  // Empty where there is none that could be used; one that could not is removed.
  RememberedFiles load() const;
  // save() takes as long as the disk does, and may run while the table changes again.
  base::FieldWriter describe(const SymbolTable& table) const {
    return describe_index(table, owner_);
  }
  base::Result<> save(const base::FieldWriter& described) const;
  void remove() const;

 private:
  std::shared_ptr<base::FileSystem> files_;
  std::string folder_;
  CacheOwner owner_;
};

// Removes caches that are of none of these roots and were not written for a month: another daemon
// may use the same state folder.
void remove_old_caches(base::FileSystem& files, const std::string& folder,
                       const std::vector<std::string>& roots);

}  // namespace cromwell::workspace
