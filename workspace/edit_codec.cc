#include "workspace/edit_codec.h"

#include <algorithm>

#include "base/hash.h"
#include "base/record_codec.h"

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::FieldReader;
using base::FieldWriter;
using base::Result;
using base::take_section;

constexpr std::string_view kSummaryMagic = "CRMWSUM2";
constexpr std::string_view kContentMagic = "CRMWCNT2";
constexpr std::string_view kStateMagic = "CRMWSTA2";
constexpr std::string_view kJournalMagic = "CRMWJNL2";
constexpr std::size_t kMaxSummaryBytes = 16U << 20;

Error damaged(const std::string& id, const std::string& how) {
  return {ErrorCode::kIo, "edit record " + id + ": " + how};
}

Result<std::string_view> section_of(std::string_view magic, std::string_view& bytes,
                                    const std::string& id) {
  auto payload = take_section(magic, bytes);
  if (!payload) return damaged(id, payload.error().message);
  return payload;
}

// Reads items until their count is reached or the fields end: a count is not believed.
template <class Item, class Read>
std::vector<Item> read_list(FieldReader& fields, Read&& read) {
  std::vector<Item> items;
  const std::uint64_t count = fields.number();
  for (std::uint64_t i = 0; i < count && fields.ok(); ++i) items.push_back(read());
  return items;
}

EditState read_edit_state(FieldReader& fields, bool& known) {
  const std::uint64_t number = fields.number();
  known = known && number <= static_cast<std::uint64_t>(EditState::kReverted);
  return static_cast<EditState>(known ? number : 0);
}

Result<EditRecord> read_summary(std::string_view payload, const std::string& id) {
  FieldReader fields(payload);
  EditRecord record;
  record.id = fields.text();
  record.workspace = fields.text();
  record.root = fields.text();
  record.instruction = fields.text();
  record.created = std::chrono::system_clock::time_point(
      std::chrono::system_clock::duration(static_cast<std::int64_t>(fields.number())));
  record.files = read_list<FileChange>(fields, [&] {
    FileChange file;
    file.file = fields.text();
    file.resolved = fields.text();
    file.base_sha256 = fields.text();
    file.new_sha256 = fields.text();
    return file;
  });
  if (!fields.at_end() || record.id != id || record.files.empty()) {
    return damaged(id, "damaged: a field is missing");
  }
  return record;
}

void write_applied(FieldWriter& fields, const Applied& applied) {
  fields.text(applied.guarantee).number(applied.files.size());
  for (const AppliedFile& file : applied.files) fields.text(file.file).text(file.sha256);
}

Applied read_applied(FieldReader& fields, const std::string& id) {
  Applied applied{.id = id, .files = {}, .guarantee = fields.text()};
  applied.files = read_list<AppliedFile>(fields, [&] {
    AppliedFile file{.file = fields.text(), .sha256 = {}};
    file.sha256 = fields.text();
    return file;
  });
  return applied;
}

}  // namespace

std::string encode_record(const EditRecord& record) {
  FieldWriter summary;
  FieldWriter content;
  summary.text(record.id).text(record.workspace).text(record.root).text(record.instruction);
  summary.number(static_cast<std::uint64_t>(record.created.time_since_epoch().count()));
  summary.number(record.files.size());
  for (const FileChange& file : record.files) {
    summary.text(file.file).text(file.resolved).text(file.base_sha256).text(file.new_sha256);
    content.text(file.patch).text(file.old_bytes).text(file.new_bytes);
  }
  return summary.section(kSummaryMagic) + content.section(kContentMagic);
}

Result<std::uint64_t> summary_bytes(std::string_view header, const std::string& id) {
  const auto size = base::section_size(kSummaryMagic, header);
  if (!size) return damaged(id, size.error().message);
  if (*size > kMaxSummaryBytes) return damaged(id, "damaged: its size");
  return base::kSectionHeaderBytes + *size;
}

Result<EditRecord> decode_summary(std::string_view bytes, const std::string& id) {
  CROMWELL_ASSIGN(const std::string_view summary, section_of(kSummaryMagic, bytes, id));
  return read_summary(summary, id);
}

Result<EditRecord> decode_record(std::string_view bytes, const std::string& id) {
  CROMWELL_ASSIGN(const std::string_view summary, section_of(kSummaryMagic, bytes, id));
  CROMWELL_ASSIGN(const std::string_view content, section_of(kContentMagic, bytes, id));
  CROMWELL_ASSIGN(EditRecord record, read_summary(summary, id));
  FieldReader fields(content);
  for (FileChange& file : record.files) {
    file.patch = fields.text();
    file.old_bytes = fields.text();
    file.new_bytes = fields.text();
  }
  if (!fields.at_end() || !bytes.empty()) return damaged(id, "damaged: a field is missing");
  const bool hashes = std::all_of(record.files.begin(), record.files.end(), [](const auto& file) {
    return base::sha256_hex(file.old_bytes) == file.base_sha256 &&
           base::sha256_hex(file.new_bytes) == file.new_sha256;
  });
  if (!hashes) return damaged(id, "damaged: its bytes do not match their hashes");
  return record;
}

std::string encode_state(const std::string& id, const StateRecord& state) {
  FieldWriter fields;
  fields.text(id).number(static_cast<std::uint64_t>(state.state)).text(state.change);
  fields.number(state.answers.size());
  for (const KeyedAnswer& answer : state.answers) {
    fields.text(answer.key).text(answer.request);
    write_applied(fields, answer.applied);
  }
  return fields.section(kStateMagic);
}

Result<StateRecord> decode_state(std::string_view bytes, const std::string& id) {
  CROMWELL_ASSIGN(const std::string_view payload, section_of(kStateMagic, bytes, id));
  FieldReader fields(payload);
  StateRecord state;
  bool known = true;
  const std::string of = fields.text();
  state.state = read_edit_state(fields, known);
  state.change = fields.text();
  state.answers = read_list<KeyedAnswer>(fields, [&] {
    KeyedAnswer answer{.key = fields.text(), .request = {}, .applied = {}};
    answer.request = fields.text();
    answer.applied = read_applied(fields, id);
    return answer;
  });
  if (!fields.at_end() || !known || of != id) return damaged(id, "damaged: its state");
  return state;
}

std::string encode_journal(const JournalRecord& journal) {
  FieldWriter fields;
  fields.text(journal.id).text(journal.change).text(journal.root);
  fields.number(static_cast<std::uint64_t>(journal.previous));
  fields.number(static_cast<std::uint64_t>(journal.target));
  fields.number(journal.files.size());
  for (const JournalFile& file : journal.files) {
    fields.text(file.resolved).number(file.inodes.old_file).number(file.inodes.new_file);
  }
  return fields.section(kJournalMagic);
}

Result<JournalRecord> decode_journal(std::string_view bytes, const std::string& id) {
  CROMWELL_ASSIGN(const std::string_view payload, section_of(kJournalMagic, bytes, id));
  FieldReader fields(payload);
  JournalRecord journal;
  bool known = true;
  journal.id = fields.text();
  journal.change = fields.text();
  journal.root = fields.text();
  journal.previous = read_edit_state(fields, known);
  journal.target = read_edit_state(fields, known);
  journal.files = read_list<JournalFile>(fields, [&] {
    JournalFile file{.resolved = fields.text(), .inodes = {}};
    file.inodes.old_file = static_cast<ino_t>(fields.number());
    file.inodes.new_file = static_cast<ino_t>(fields.number());
    return file;
  });
  if (!fields.at_end() || !known || journal.id != id ||
      journal.change.find('/') != std::string::npos) {
    return damaged(id, "damaged: its journal");
  }
  return journal;
}

}  // namespace cromwell::workspace
