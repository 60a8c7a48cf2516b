// What is asked of the edit service and what it answers, as plain structs; api/ gives them their
// wire form (DESIGN section 5).
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "edit/region.h"
#include "engine/generation.h"
#include "workspace/check_runner.h"
#include "workspace/context.h"
#include "workspace/diff.h"
#include "workspace/text_file.h"

namespace cromwell::edit {

// Paths relative to the workspace.
struct ContextFields {
  std::vector<std::string> add;     // shown before all else
  std::vector<std::string> forbid;  // never shown
  std::vector<std::string> open;    // open in the editor
  std::optional<int> budget;        // tokens; none: the model's default
};

// A file that an edit may change.
struct EditFile {
  std::string file;
  std::optional<workspace::LineRange> selection;
  std::optional<std::string> content;  // the editor's unsaved buffer
  std::string base_sha256;             // empty: not checked
};

struct EditRequest {
  std::string workspace;  // empty: the first root
  std::string file;
  std::string instruction;
  std::optional<workspace::LineRange> selection;
  std::optional<Cursor> cursor;        // for the protocol that fills a gap
  std::optional<std::string> content;  // of `file`, as are these, as in an EditFile
  std::string base_sha256;
  std::vector<EditFile> files;  // instead of `file`: one edit of all of them
  std::string session;          // empty: one is made up
  engine::Priority priority = engine::Priority::kNormal;
  std::string protocol;  // empty: the model's default
  int candidates = 1;    // answers decoded side by side; candidate i has the seed plus i
  int retries = 1;       // further attempts after a syntax error or a mere explanation
  bool apply = false;
  bool merge = false;                // with apply: as ApplyOptions::merge
  int max_tokens = 2048;             // of the answer for one file
  int adapter = engine::kNoAdapter;  // a LoRA adapter of the model, by number
  engine::SamplingOptions sampling{.temperature = 0.2F, .top_p = 0.95F};
  std::vector<std::string> stop;
  ContextFields context;
  bool explain = false;  // the start says what was thought of, and its score
  // The region's new text as it is expected to be: changes the speed, never the edit. None: the
  // old text.
  std::optional<std::string> prediction;
  int max_prompt_ms = 0;
  int max_predict_ms = 0;
};

// A file as it was when the edit began, and which of its lines may change.
struct StartedFile {
  std::string file, base_sha256;
  workspace::LineRange region;
};

struct EditStarted {
  std::string id, session, workspace, file, base_sha256, protocol;
  workspace::LineRange region;     // and `file` and `base_sha256`: of several files the first's
  std::vector<StartedFile> files;  // where the request gives `files`
  int prompt_tokens = 0;
  int cached_tokens = 0;
  std::uint64_t seed = 0;
  std::vector<std::string> context_used, context_dropped;
  std::vector<workspace::ContextPiece> context_explained;  // if the request asks for it
};
struct EditProgress {
  int processed = 0, total = 0;
};
// What is written for one file of several is said with its name, and its attempts are counted from
// one; in an edit of one file the name is empty.
struct EditToken {
  int attempt = 1;
  std::string text;
  std::string file = {};
};
// The attempt's text is cut to its first `to_bytes`, and every hunk that came after these is void.
struct EditRewind {
  int attempt = 1;
  int to_bytes = 0;
  std::string file = {};
};
// A change that is certain as far as the answer goes; without context. What holds is the EditDiff.
struct EditHunk {
  workspace::Hunk hunk;
  std::string file = {};
};
struct EditValidation {
  bool applies = false;        // proven by applying the patch to the snapshot
  std::optional<bool> parses;  // no new syntax error; none: it cannot be told
  std::vector<workspace::CheckResult> checks;
};
struct EditDiff {
  std::string file;
  workspace::Diff diff;
  EditValidation validation;
};
struct EditApplied {
  std::string file, id, sha256, guarantee;
};
// An answer that was refused: the winner's predecessors, or all where nothing won.
struct RefusedAnswer {
  int attempt = 1;
  std::string text;  // as the model wrote it
  std::string reason;
  std::string file = {};  // as of an EditToken
};
struct EditDone {
  std::string finish_reason;  // "stop", "no_change": no file changes
  float confidence = 0;       // mean probability of the tokens that were not copied; of several
                              // files the least
  int attempt = 1;            // whose answer it is; of several files the last
  std::uint64_t seed = 0;     // and which candidate's
  std::vector<RefusedAnswer> refused;
  engine::Usage usage;
  engine::Timings timings;
  bool has_prediction = false;
};
struct EditFailed {
  base::Error error;
  // What the model wrote, where that is what was refused: of each attempt each candidate, likeliest
  // first.
  std::vector<RefusedAnswer> attempts;
  engine::Usage usage;
  bool has_prediction = false;
};
using EditEvent = std::variant<EditStarted, EditProgress, EditToken, EditRewind, EditHunk, EditDiff,
                               EditApplied, EditDone, EditFailed>;

// EditStarted first (unless EditFailed comes before anything began), an EditDiff for each file, in
// the request's order, EditApplied for each that changes before EditDone,
// and exactly one of EditDone and EditFailed last. Called on the engine's or a file thread, never
// on two at once; it must return at once.
using EditSink = std::function<void(EditEvent&&)>;

}  // namespace cromwell::edit
