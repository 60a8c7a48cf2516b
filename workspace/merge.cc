#include "workspace/merge.h"

#include <git2.h>

#include "workspace/language.h"
#include "workspace/syntax_check.h"
#include "workspace/text_file.h"

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

Error refused(const MergeInput& input, const std::string& why) {
  return {ErrorCode::kFileChanged,
          input.file + ": its content changed, and merging it with the edit failed: " + why +
              "; nothing was written"};
}

bool has_wide_characters(TextEncoding encoding) {
  return encoding == TextEncoding::kUtf16Le || encoding == TextEncoding::kUtf16Be;
}

class MergedFile {
 public:
  MergedFile(const MergeInput& input) {
    [[maybe_unused]] static const int kOnce = git_libgit2_init();
    const git_merge_file_input base = side(input.base);
    const git_merge_file_input ours = side(input.ours);
    const git_merge_file_input theirs = side(input.theirs);
    merged_ = git_merge_file(&result_, &base, &ours, &theirs, nullptr) == 0;
  }
  ~MergedFile() { git_merge_file_result_free(&result_); }
  MergedFile(const MergedFile&) = delete;
  MergedFile& operator=(const MergedFile&) = delete;

  bool is_clean() const { return merged_ && result_.automergeable != 0; }
  std::string bytes() const { return {result_.ptr, result_.len}; }

 private:
  static git_merge_file_input side(std::string_view bytes) {
    git_merge_file_input input;
    git_merge_file_input_init(&input, GIT_MERGE_FILE_INPUT_VERSION);
    input.ptr = bytes.data();
    input.size = bytes.size();
    return input;
  }

  git_merge_file_result result_{};
  bool merged_ = false;
};

Result<> check_syntax(const MergeInput& input, const TextFile& ours, const TextFile& merged) {
  const LineRange all{1, ours.line_count()};
  const std::string old_text = ours.text(all);
  const std::string new_text = merged.text({1, merged.line_count()});
  const auto errors =
      new_syntax_errors({old_text, new_text, all}, language_of(input.file, old_text).grammar);
  if (!errors || errors->empty()) return {};
  return refused(input, "it would bring a syntax error to line " +
                            std::to_string(errors->front().line) + ", " + errors->front().what);
}

}  // namespace

Result<std::string> merge_texts(const MergeInput& input) {
  CROMWELL_ASSIGN(const TextFile base, TextFile::parse(std::string(input.base)));
  CROMWELL_ASSIGN(const TextFile ours, TextFile::parse(std::string(input.ours)));
  if (base.encoding() != ours.encoding()) return refused(input, "its encoding is another");
  if (has_wide_characters(ours.encoding())) {
    return refused(input, "UTF-16 is not merged");
  }
  const MergedFile file(input);
  if (!file.is_clean()) return refused(input, "both changed the same lines");
  std::string bytes = file.bytes();
  CROMWELL_ASSIGN(const TextFile merged, TextFile::parse(bytes));
  if (merged.encoding() != ours.encoding()) return refused(input, "its encoding would change");
  CROMWELL_TRY(check_syntax(input, ours, merged));
  return bytes;
}

}  // namespace cromwell::workspace
