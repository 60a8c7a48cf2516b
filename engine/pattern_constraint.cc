#include "engine/pattern_constraint.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace cromwell::engine {
namespace {

constexpr std::size_t kMaxMasks = 512;  // kept; 6 KiB each for 49,152 tokens
constexpr std::size_t kWordBits = 64;

void allow(std::vector<std::uint64_t>& bits, std::int32_t token) {
  const auto i = static_cast<std::size_t>(token);
  bits[i / kWordBits] |= std::uint64_t{1} << (i % kWordBits);
}

}  // namespace

base::Result<std::unique_ptr<Constraint>> PatternConstraint::create(
    const Pattern& pattern, std::shared_ptr<const TokenTrie> trie,
    std::shared_ptr<const tokenizer::Tokenizer> tokenizer) {
  auto shared = std::make_shared<Shared>();
  CROMWELL_ASSIGN(shared->automaton, Automaton::compile(pattern));
  shared->trie = std::move(trie);
  shared->tokenizer = std::move(tokenizer);
  return std::unique_ptr<Constraint>(new PatternConstraint(std::move(shared)));
}

PatternConstraint::PatternConstraint(std::shared_ptr<Shared> shared)
    : shared_(std::move(shared)), states_{shared_->automaton->start()} {}

void PatternConstraint::mask(std::span<float> logits) {
  constexpr float kNever = -std::numeric_limits<float>::infinity();
  const std::vector<std::uint64_t>& bits = allowed(states_.back());
  for (std::size_t word = 0; word < bits.size(); ++word) {
    const std::size_t begin = word * kWordBits;
    const std::size_t width = std::min(kWordBits, logits.size() - begin);
    if (bits[word] == 0) {
      std::fill_n(logits.begin() + static_cast<std::ptrdiff_t>(begin), width, kNever);
      continue;
    }
    for (std::uint64_t rest = ~bits[word]; rest != 0; rest &= rest - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(rest));
      if (bit < width) logits[begin + bit] = kNever;
    }
  }
}

const std::vector<std::uint64_t>& PatternConstraint::allowed(Automaton::State state) {
  auto& masks = shared_->masks;
  if (const auto found = masks.find(state); found != masks.end()) return found->second;
  if (masks.size() >= kMaxMasks) masks.clear();
  return masks.emplace(state, walk(state)).first->second;
}

std::vector<std::uint64_t> PatternConstraint::walk(Automaton::State state) {
  const TokenTrie& trie = *shared_->trie;
  const std::vector<std::uint64_t> none(
      (static_cast<std::size_t>(trie.vocab_size()) + kWordBits - 1) / kWordBits);
  if (state < 0) return none;
  shared_->automaton->begin_step();
  std::vector<std::uint64_t> bits = none;
  Automaton& automaton = *shared_->automaton;
  if (automaton.accepts(state)) {
    for (const auto token : trie.ends()) allow(bits, token);
  }
  auto& path = shared_->path;
  path.resize(static_cast<std::size_t>(trie.max_depth()) + 1);
  path[0] = state;
  const auto nodes = trie.nodes();
  for (std::size_t i = 0; i < nodes.size();) {
    const TokenTrie::Node& node = nodes[i];
    const Automaton::State to = automaton.step(path[node.depth - 1U], node.byte);
    path[node.depth] = to;
    // Part of a mask would change the answer and say nothing.
    if (to == Automaton::kCut) return none;
    if (to == Automaton::kDead) {
      i = static_cast<std::size_t>(node.skip);
      continue;
    }
    for (int k = node.first; k < node.last; ++k) {
      allow(bits, trie.tokens()[static_cast<std::size_t>(k)]);
    }
    ++i;
  }
  return bits;
}

void PatternConstraint::accept(std::int32_t token) {
  Automaton::State state = states_.back();
  shared_->automaton->begin_step();
  if (!shared_->tokenizer->is_end_of_generation(token)) {
    for (const char byte : shared_->tokenizer->bytes(token)) {
      state = shared_->automaton->step(state, static_cast<std::uint8_t>(byte));
    }
  }
  states_.push_back(state);
}

void PatternConstraint::rewind_to(int tokens) {
  states_.resize(static_cast<std::size_t>(tokens) + 1);
}

std::unique_ptr<Constraint> PatternConstraint::clone() const {
  return std::unique_ptr<Constraint>(new PatternConstraint(*this));
}

}  // namespace cromwell::engine
