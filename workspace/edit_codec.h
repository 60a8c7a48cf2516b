// How edit records, their states and journals lie on disk: sections of base/record_codec. Bytes
// that are damaged, of another version or hostile are kIo errors. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "workspace/apply.h"
#include "workspace/edit_record.h"
#include "workspace/keyed_answers.h"

namespace cromwell::workspace {

// What became of an edit.
struct StateRecord {
  EditState state = EditState::kProposed;
  std::string change;                // that led here: tells whether a journal's is committed
  std::vector<KeyedAnswer> answers;  // oldest first
};

struct JournalFile {
  std::string resolved;
  ReplacementInodes inodes;  // new_file 0: not prepared yet
};

// A change that has begun. Its presence at start means that it was interrupted.
struct JournalRecord {
  std::string id;
  std::string change;  // a name of its own, of base32
  EditState previous = EditState::kProposed;
  EditState target = EditState::kApplied;  // the state that it leads to
  std::string root;
  std::vector<JournalFile> files;  // as the record's

  std::string temp_name(std::size_t file) const {
    return ".cromwell-" + change + "-" + std::to_string(file) + ".tmp";
  }
};

std::string encode_record(const EditRecord& record);
base::Result<EditRecord> decode_record(std::string_view bytes, const std::string& id);
// Of a record's front part alone: without patches and bytes. `summary_bytes` says how long that is,
// from the first kSectionHeaderBytes of the record.
base::Result<std::uint64_t> summary_bytes(std::string_view header, const std::string& id);
base::Result<EditRecord> decode_summary(std::string_view bytes, const std::string& id);

std::string encode_state(const std::string& id, const StateRecord& state);
base::Result<StateRecord> decode_state(std::string_view bytes, const std::string& id);

std::string encode_journal(const JournalRecord& journal);
base::Result<JournalRecord> decode_journal(std::string_view bytes, const std::string& id);

}  // namespace cromwell::workspace
