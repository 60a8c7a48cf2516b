#include "engine/automaton.h"

#include <algorithm>
#include <string>
#include <utility>

namespace cromwell::engine {

base::Result<std::shared_ptr<Automaton>> Automaton::compile(const Pattern& pattern) {
  auto automaton = std::make_shared<Automaton>();
  automaton->add({});  // kAccept
  const int first = automaton->emit(pattern, kAccept);
  if (first < 0) {
    return base::Error{.code = base::ErrorCode::kInvalidRequest,
                       .message = "the pattern is too large: more than " +
                                  std::to_string(kMaxPatternNodes) + " nodes"};
  }
  automaton->find_live_nodes();
  automaton->make_classes();
  automaton->visited_.assign(automaton->nodes_.size(), 0);
  std::vector<int> nodes;
  bool accepts = false;
  ++automaton->visit_;
  automaton->close(first, nodes, accepts);
  if (nodes.empty() && !accepts) {
    return base::Error{.code = base::ErrorCode::kInvalidRequest,
                       .message = "the pattern matches no text"};
  }
  automaton->state_of(std::move(nodes), accepts);
  return automaton;
}

int Automaton::add(Node node) {
  if (nodes_.size() >= kMaxPatternNodes) return -1;
  nodes_.push_back(node);
  return static_cast<int>(nodes_.size()) - 1;
}

int Automaton::emit(const Pattern& pattern, int next) {
  if (++emitted_ > kMaxPatternNodes) return -1;
  switch (pattern.kind) {
    case Pattern::Kind::kBytes:
      return emit_bytes(pattern.bytes, next);
    case Pattern::Kind::kSequence:
      for (auto part = pattern.parts.rbegin(); part != pattern.parts.rend() && next >= 0; ++part) {
        next = emit(*part, next);
      }
      return next;
    case Pattern::Kind::kChoice:
      return emit_choice(pattern, next);
    case Pattern::Kind::kRepeat:
      return emit_repeat(pattern, next);
    case Pattern::Kind::kSeparated:
      return emit_separated(pattern, next);
  }
  return -1;
}

int Automaton::emit_bytes(const ByteSet& bytes, int next) {
  const auto [place, is_new] = set_index_.emplace(bytes, static_cast<int>(sets_.size()));
  if (is_new) sets_.push_back(bytes);
  return add({.next = next, .bytes = place->second});
}

int Automaton::emit_choice(const Pattern& pattern, int next) {
  int first = add({});  // leads nowhere
  for (const Pattern& part : pattern.parts) {
    const int branch = first < 0 ? -1 : emit(part, next);
    first = branch < 0 ? -1 : add({.next = branch, .other = first});
  }
  return first;
}

int Automaton::emit_separated(const Pattern& pattern, int next) {
  const int after = add({.next = next});
  if (after < 0) return -1;
  const int item = emit(pattern.parts[0], after);
  const int separator = item < 0 ? -1 : emit(pattern.parts[1], item);
  nodes_[static_cast<std::size_t>(after)].other = separator;
  return separator < 0 ? -1 : item;
}

int Automaton::emit_repeat(const Pattern& pattern, int next) {
  const Pattern& part = pattern.parts.front();
  if (pattern.max < 0) {
    const int loop = add({.other = next});
    if (loop < 0) return -1;
    const int body = emit(part, loop);
    if (body < 0) return -1;
    nodes_[static_cast<std::size_t>(loop)].next = body;
    next = loop;
  } else {
    const int end = next;
    for (int i = pattern.min; i < pattern.max && next >= 0; ++i) {
      const int body = emit(part, next);
      next = body < 0 ? -1 : add({.next = body, .other = end});
    }
  }
  for (int i = 0; i < pattern.min && next >= 0; ++i) next = emit(part, next);
  return next;
}

// Backwards from the end: a node that is not live would let a text begin that can never end.
void Automaton::find_live_nodes() {
  std::vector<std::vector<int>> before(nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    const bool is_passable = node.bytes < 0 || sets_[static_cast<std::size_t>(node.bytes)].any();
    for (const int to : {node.next, node.other}) {
      if (to >= 0 && is_passable)
        before[static_cast<std::size_t>(to)].push_back(static_cast<int>(i));
    }
  }
  live_.assign(nodes_.size(), false);
  std::vector<int> open{kAccept};
  live_[kAccept] = true;
  while (!open.empty()) {
    const int node = open.back();
    open.pop_back();
    for (const int from : before[static_cast<std::size_t>(node)]) {
      if (live_[static_cast<std::size_t>(from)]) continue;
      live_[static_cast<std::size_t>(from)] = true;
      open.push_back(from);
    }
  }
}

void Automaton::make_classes() {
  std::map<std::vector<bool>, int> classes;
  for (std::size_t byte = 0; byte < 256; ++byte) {
    std::vector<bool> members;
    for (const ByteSet& set : sets_) members.push_back(set[byte]);
    const auto [place, is_new] = classes.emplace(members, static_cast<int>(classes.size()));
    class_of_[byte] = place->second;
    if (is_new) example_.push_back(static_cast<std::uint8_t>(byte));
  }
}

// All nodes that are reached from `node` without a byte. On a stack of its own: chains are long.
void Automaton::close(int node, std::vector<int>& nodes, bool& accepts) {
  std::vector<int> open{node};
  while (!open.empty()) {
    const int at = open.back();
    open.pop_back();
    ++work_;
    if (at < 0 || !live_[static_cast<std::size_t>(at)]) continue;
    if (std::exchange(visited_[static_cast<std::size_t>(at)], visit_) == visit_) continue;
    const Node& here = nodes_[static_cast<std::size_t>(at)];
    if (at == kAccept) {
      accepts = true;
    } else if (here.bytes >= 0) {
      nodes.push_back(at);
    } else {
      open.push_back(here.next);
      open.push_back(here.other);
    }
  }
}

Automaton::State Automaton::state_of(std::vector<int> nodes, bool accepts) {
  if (nodes.empty() && !accepts) return kDead;
  std::sort(nodes.begin(), nodes.end());
  const auto found = known_.find({nodes, accepts});
  if (found != known_.end()) return found->second;
  if ((states_.size() + 1) * example_.size() > kMaxAutomatonCells) return kCut;
  if (state_nodes_ + nodes.size() > kMaxStateNodes) return kCut;
  state_nodes_ += nodes.size();
  const auto state = static_cast<State>(states_.size());
  known_.emplace(std::pair{nodes, accepts}, state);
  states_.push_back({.nodes = std::move(nodes), .accepts = accepts});
  steps_.resize(states_.size() * example_.size(), kUnknown);
  return state;
}

Automaton::State Automaton::step(State state, std::uint8_t byte) {
  if (state < 0) return state;
  const auto place =
      static_cast<std::size_t>(state) * example_.size() + static_cast<std::size_t>(class_of_[byte]);
  if (steps_[place] != kUnknown) return steps_[place];
  if (work_ > work_limit_) return kCut;
  std::vector<int> nodes;
  bool accepts = false;
  ++visit_;
  for (const int node : states_[static_cast<std::size_t>(state)].nodes) {
    ++work_;
    const Node& here = nodes_[static_cast<std::size_t>(node)];
    if (sets_[static_cast<std::size_t>(here.bytes)][byte]) close(here.next, nodes, accepts);
  }
  const State to = state_of(std::move(nodes), accepts);
  if (to != kCut) steps_[place] = to;
  return to;
}

}  // namespace cromwell::engine
