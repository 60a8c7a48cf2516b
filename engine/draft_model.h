// DraftModel: a second, smaller model with the same vocabulary, which guesses for sequences whose
// own draft source has nothing to say. It reads their texts into KV memory of its own, in slices
// behind them, and goes on greedily, with all of them in one pass. What it does is a part of the
// step, bounded by the time that the step takes without it; it can only change the speed. Where its
// file goes bad it guesses no more, and nothing else ends. Engine thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/draft_length.h"
#include "engine/prefix_tree.h"
#include "engine/sequence.h"

namespace cromwell::engine {

inline constexpr int kMaxModelGuesses = 16;  // for a sequence in a step
inline constexpr int kFirstPatience = 16;    // steps without a pass, until it is tried again

// The step that is being formed.
struct DraftingStep {
  const PassCost& cost;  // of the model's passes
  PassSoFar pass;
  int writers = 1;  // sequences that write in it
  int room = 0;     // guesses that it takes for all together
};

class DraftModel {
 public:
  // `times`: what its passes take, for tests; none: measured as they run.
  DraftModel(std::unique_ptr<model::LanguageModel> model, const std::optional<PassTimes>& times);

  // The texts of those that run no more stay for others that begin alike, while there is room.
  void begin_step(const std::vector<std::unique_ptr<Sequence>>& running);
  // Gives each of the sequences, which all write, the guesses that pay, perhaps none.
  void guess(std::span<Sequence* const> sequences, const DraftingStep& step);
  double step_ms() const { return step_ms_; }  // its passes since begin_step()

 private:
  struct Text {
    explicit Text(KvPool& pool) : cache(pool) {}
    KvCache cache;
    std::vector<TokenId> tokens;   // whose keys and values it holds
    std::vector<TokenId> guesses;  // of this step
    Usage before;                  // the sequence's, when it was given them
    int shared_pages = 0;          // that the tree has too
    bool has_room = true;          // else there was none, and it is left alone
  };
  struct Work {
    Sequence* sequence = nullptr;
    Text* text = nullptr;
    int wanted = 0;  // guesses
  };

  void learn(const Sequence& sequence, Text& text);
  void note_whether_it_ran(bool has_guesses);
  void plan(std::span<Sequence* const> sequences, const DraftingStep& step);
  int wanted_guesses(const Sequence& sequence, const DraftingStep& step, int share) const;
  double guess_ms(int share) const;
  Text& follow(const Sequence& sequence);
  bool pays_to_read(const Work& work, const DraftingStep& step, int share) const;
  int columns_within(double ms, int least) const;
  void begin_pass();
  void add_unread(int most_columns);
  void add_last_guesses();
  void add(const Work& work, int count);
  bool make_room(Text& text, int begin, int end);
  bool run_pass();
  bool take_guesses();
  void keep(Text& text);
  void give_up(const base::Error& error);

  std::unique_ptr<model::LanguageModel> model_;
  KvPool pool_;  // outlives all that holds its pages
  PrefixTree tree_;
  std::unordered_map<std::uint64_t, Text> texts_;  // by the sequence's id
  PassCost cost_;
  Acceptance acceptance_;  // of the texts of all: a new one is likely as the others
  double step_ms_ = 0;
  int guessing_steps_ = 0;  // since there was one without guesses
  int idle_steps_ = 0;      // since a pass ran
  int patience_ = kFirstPatience;
  bool failed_ = false;

  std::vector<Work> work_;     // of this step
  std::vector<Text*> passed_;  // of this pass, one for each of its page tables
  std::vector<model::BatchToken> tokens_;
  std::vector<std::span<const model::PageId>> page_tables_;
  std::vector<float> logits_;                   // [rows, vocab_size]
  std::vector<model::LogitSummary> summaries_;  // of their rows
};

}  // namespace cromwell::engine
