// Automaton: a Pattern as a finite automaton over bytes, made deterministic state by state as texts
// reach them (Thompson, "Regular Expression Search Algorithm", 1968). Made on any thread; stepped
// by one thread at a time, which is the engine's once a constraint has it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "engine/pattern.h"

namespace cromwell::engine {

inline constexpr std::size_t kMaxAutomatonCells = 1 << 21;  // steps kept: states * classes
// Nodes looked at in making states: what a pattern may cost the engine's thread in all.
inline constexpr long kMaxAutomatonWork = 1L << 25;
inline constexpr long kMaxStepWork = 1L << 22;                // ... and between two begin_step()
inline constexpr std::size_t kMaxStateNodes = std::size_t{1} << 22;  // kept, of all states

class Automaton {
 public:
  using State = int;
  static constexpr State kDead = -1;
  static constexpr State kCut = -3;  // not known: the pattern has cost too much

  // kInvalidRequest if the pattern is too large, or no text matches it.
  static base::Result<std::shared_ptr<Automaton>> compile(const Pattern& pattern);

  State start() const { return 0; }
  // What the steps until the next call cost is limited: they make somebody wait for a token.
  void begin_step() { work_limit_ = std::min(kMaxAutomatonWork, work_ + kMaxStepWork); }
  // kDead where no text goes on like this; from kDead and kCut, the same.
  State step(State state, std::uint8_t byte);
  bool accepts(State state) const {
    return state >= 0 && states_[static_cast<std::size_t>(state)].accepts;
  }

 private:
  struct Node {
    int next = -1, other = -1;  // `bytes` leads to next; without bytes both are reached at once
    int bytes = -1;             // index into sets_
  };
  struct DfaState {
    std::vector<int> nodes;  // that wait for a byte, ascending
    bool accepts = false;
  };
  static constexpr int kAccept = 0;  // the node where a text ends
  static constexpr State kUnknown = -2;

  int add(Node node);
  // Nodes that match the pattern and go on to `next`; returns the first, -1 for too many.
  int emit(const Pattern& pattern, int next);
  int emit_bytes(const ByteSet& bytes, int next);
  int emit_choice(const Pattern& pattern, int next);
  int emit_repeat(const Pattern& pattern, int next);
  int emit_separated(const Pattern& pattern, int next);
  void find_live_nodes();
  void make_classes();
  void close(int node, std::vector<int>& nodes, bool& accepts);
  State state_of(std::vector<int> nodes, bool accepts);

  std::vector<Node> nodes_;
  std::vector<ByteSet> sets_;
  std::unordered_map<ByteSet, int> set_index_;
  int emitted_ = 0;           // patterns, for one that repeats nothing makes no nodes
  long work_ = 0;             // nodes looked at
  long work_limit_ = kMaxStepWork;
  std::size_t state_nodes_ = 0;
  std::vector<bool> live_;    // per node: some text leads from it to kAccept
  std::vector<int> visited_;  // per node: == visit_
  int visit_ = 0;
  std::array<int, 256> class_of_{};    // bytes that no set tells apart
  std::vector<std::uint8_t> example_;  // per class: one of its bytes
  std::vector<DfaState> states_;
  std::vector<State> steps_;  // [states, classes]
  std::map<std::pair<std::vector<int>, bool>, State> known_;
};

}  // namespace cromwell::engine
