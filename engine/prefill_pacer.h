// PrefillPacer: how many tokens of prompts go along in a step in which somebody writes, so that
// his next token comes later by less than the time of a step of his own. It learns both times from
// the steps as they come. Engine thread only.
#pragma once

namespace cromwell::engine {

class PrefillPacer {
 public:
  // At most `most`. None: how long so few writers take by themselves has to be measured (again).
  int slice(int most, int writers) const;
  // A step with so many writers, and so many tokens of prompts, took so long.
  void record(int prompt_tokens, int writers, double ms);

 private:
  double writers_ms_ = 0;     // of a step without prompts,
  int measured_writers_ = 0;  // which had so many writers
  double token_ms_ = 0;       // that each token of a prompt adds to it
  int mixed_steps_ = 0;       // since the last step without
};

}  // namespace cromwell::engine
