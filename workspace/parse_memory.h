// ParseMemory: all that tree-sitter's runtime allocates for one parse and the tree that comes of
// it. The runtime looks at its limits every hundred steps, and one step of a hostile text takes
// gigabytes ("a<b,a<b,...": 3.5 GB for 60 KB). So its allocations fail at a limit instead, as C++'s
// do, with std::bad_alloc; what it held when it was broken off is given back here. The tree is part
// of it and goes with it. One thread at a time.
#pragma once

#include <cstddef>

namespace cromwell::workspace {

class ParseMemory {
 public:
  explicit ParseMemory(std::size_t limit_bytes);
  ~ParseMemory();  // frees what has not been freed, the tree among it
  ParseMemory(const ParseMemory&) = delete;
  ParseMemory& operator=(const ParseMemory&) = delete;

  // While it lives, what the runtime allocates on this thread is of this memory.
  class Use {
   public:
    explicit Use(ParseMemory& memory);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
  };

 private:
  friend struct ParseAllocator;
  struct Block {  // stands before each allocation
    Block* previous;
    Block* next;
  };

  const std::size_t limit_bytes_;
  std::size_t used_bytes_ = 0;  // as of the last Use
  Block blocks_;                // the ring's beginning
};

}  // namespace cromwell::workspace
