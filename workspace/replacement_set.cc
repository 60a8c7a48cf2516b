#include "workspace/replacement_set.h"

#include <algorithm>
#include <cassert>
#include <functional>

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

// `step` for every file, also past one that fails; the first error.
template <class Files, class Step>
Result<> for_all(Files& files, Step&& step) {
  Result<> outcome;
  for (auto& file : files) {
    auto done = step(file);
    if (!done && outcome) outcome = std::move(done);
  }
  return outcome;
}

}  // namespace

ReplacementPlan replacement_plan(const FileChange& change, bool forward,
                                 const std::string& resolved, std::string temp_name) {
  return {.name = resolved.substr(resolved.rfind('/') + 1),
          .expected_bytes = forward ? change.old_bytes : change.new_bytes,
          .new_bytes = forward ? change.new_bytes : change.old_bytes,
          .temp_name = std::move(temp_name)};
}

Result<> ReplacementSet::prepare() {
  for (FileReplacement& file : files_) {
    auto prepared = file.prepare();
    if (prepared) continue;
    (void)put_back();  // what stays behind is known by clean()
    return prepared;
  }
  return {};
}

Result<> ReplacementSet::exchange() {
  for (FileReplacement& file : files_) {
    auto exchanged = file.exchange();
    if (exchanged) continue;
    if (const auto back = put_back(); !back) {
      return Error{ErrorCode::kIo, exchanged.error().message +
                                       "; and the way back failed: " + back.error().message};
    }
    return exchanged;
  }
  return {};
}

Result<> ReplacementSet::put_back() {
  return for_all(files_, std::mem_fn(&FileReplacement::put_back));
}

Result<> ReplacementSet::finish() { return for_all(files_, std::mem_fn(&FileReplacement::finish)); }

bool ReplacementSet::undisturbed() const {
  return std::all_of(files_.begin(), files_.end(), std::mem_fn(&FileReplacement::undisturbed));
}

Result<> ReplacementSet::recover(const std::vector<ReplacementInodes>& inodes, bool& committed) {
  assert(inodes.size() == files_.size());
  for (std::size_t i = 0; i < files_.size(); ++i) {
    committed = committed && !files_[i].has_old_file(inodes[i]);
  }
  std::size_t next = 0;
  return for_all(files_,
                 [&](FileReplacement& file) { return file.recover(inodes[next++], committed); });
}

std::vector<ReplacementInodes> ReplacementSet::inodes() const {
  std::vector<ReplacementInodes> all;
  for (const FileReplacement& file : files_) all.push_back(file.inodes());
  return all;
}

bool ReplacementSet::exact() const {
  return std::all_of(files_.begin(), files_.end(), std::mem_fn(&FileReplacement::exact));
}

bool ReplacementSet::clean() const {
  return std::all_of(files_.begin(), files_.end(), std::mem_fn(&FileReplacement::clean));
}

}  // namespace cromwell::workspace
