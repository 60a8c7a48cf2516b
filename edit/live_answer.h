// LiveAnswer: the one answer of an edit while it is written, as far as it is acted upon then: its
// hunks, and the way back out of a dead end. Engine thread only.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "edit/answer_watch.h"
#include "edit/attempts.h"
#include "engine/detours.h"

namespace cromwell::edit {

class LiveAnswer {
 public:
  // `detours`: of the generation's constraint; null: it cannot be led back.
  LiveAnswer(AnswerWatch fresh, std::shared_ptr<engine::Detours> detours, int max_detours)
      : fresh_(fresh), watch_(std::move(fresh)), detours_(std::move(detours)), left_(max_detours) {}

  struct News {
    std::vector<workspace::Hunk> hunks;
    std::optional<int> rewind_to;  // tokens: the generation is to go back there
  };
  News read(const Attempt& attempt);

  // The token of this index is the first one after the rewind that was asked for. What comes before
  // it still belongs to the text that is given up.
  bool is_back_at(int index) const { return rewind_to_ == index; }
  void go_on(const Attempt& rewound);

  const std::vector<workspace::Hunk>& hunks() const { return hunks_; }  // said and not taken back

 private:
  AnswerWatch fresh_, watch_;
  std::shared_ptr<engine::Detours> detours_;
  int left_;
  std::optional<int> rewind_to_;
  std::vector<workspace::Hunk> hunks_;
};

}  // namespace cromwell::edit
