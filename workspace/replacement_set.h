// ReplacementSet: the replacements of one edit's files, of which all take place or none. Each step
// is taken for every file before the next begins; a step that fails for one file is undone for all.
// Knows neither records nor the journal that makes the same promise across a crash. One thread.
#pragma once

#include <vector>

#include "base/result.h"
#include "workspace/apply.h"
#include "workspace/edit_record.h"

namespace cromwell::workspace {

// What a change of an edit's state does to one of its files: old bytes to new ones, or back.
// `change` must outlive the plan.
ReplacementPlan replacement_plan(const FileChange& change, bool forward,
                                 const std::string& resolved, std::string temp_name);

class ReplacementSet {
 public:
  void add(FileReplacement replacement) { files_.push_back(std::move(replacement)); }

  // The steps of FileReplacement. After an error of prepare() or exchange() every name has its old
  // file, or somebody's save, again.
  base::Result<> prepare();
  base::Result<> exchange();
  // Goes on with the other files where one fails, and returns the first error.
  base::Result<> put_back();
  base::Result<> finish();
  bool undisturbed() const;

  // After a crash, with the inodes of the journal. Idempotent. A committed change of which a file
  // is back already was being undone, and is undone: `committed` says in the end what it was.
  base::Result<> recover(const std::vector<ReplacementInodes>& inodes, bool& committed);

  std::vector<ReplacementInodes> inodes() const;
  bool exact() const;
  bool clean() const;

 private:
  std::vector<FileReplacement> files_;
};

}  // namespace cromwell::workspace
