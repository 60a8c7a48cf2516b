#include "workspace/edit_files.h"

#include <algorithm>
#include <cerrno>

#include "base/file_io.h"
#include "base/hash.h"
#include "base/record_codec.h"

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::FieldReader;
using base::FieldWriter;
using base::FileDescriptor;
using base::kSectionHeaderBytes;
using base::Result;
using base::section_size;
using base::take_section;
using base::without_eintr;

constexpr std::string_view kSummaryMagic = "CRMWSUM1";
constexpr std::string_view kContentMagic = "CRMWCNT1";
constexpr std::string_view kStateMagic = "CRMWSTA1";
constexpr std::string_view kJournalMagic = "CRMWJNL1";
constexpr std::string_view kIdPrefix = "ed_";
constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kIdCharacters = 20;
constexpr std::size_t kMaxRecordBytes = 1U << 30;  // past any file that the workspace reads
constexpr std::size_t kMaxSummaryBytes = 16U << 20;
constexpr mode_t kPrivateFile = 0600;

std::string encode_record(const EditRecord& record) {
  FieldWriter summary;
  summary.text(record.id).text(record.workspace).text(record.root).text(record.file);
  summary.text(record.resolved).text(record.base_sha256).text(record.new_sha256);
  summary.text(record.instruction);
  summary.number(record.identity.device).number(record.identity.inode);
  summary.number(record.identity.mode).number(record.identity.uid).number(record.identity.gid);
  summary.number(record.identity.links);
  summary.number(static_cast<std::uint64_t>(record.created.time_since_epoch().count()));
  FieldWriter content;
  content.text(record.patch).text(record.old_bytes).text(record.new_bytes);
  return summary.section(kSummaryMagic) + content.section(kContentMagic);
}

Error damaged(const std::string& name, const std::string& how) {
  return {ErrorCode::kIo, "edit record " + name + ": " + how};
}

Result<EditRecord> decode_summary(std::string_view payload, const std::string& id) {
  FieldReader fields(payload);
  EditRecord record;
  record.id = fields.text();
  record.workspace = fields.text();
  record.root = fields.text();
  record.file = fields.text();
  record.resolved = fields.text();
  record.base_sha256 = fields.text();
  record.new_sha256 = fields.text();
  record.instruction = fields.text();
  record.identity.device = static_cast<dev_t>(fields.number());
  record.identity.inode = static_cast<ino_t>(fields.number());
  record.identity.mode = static_cast<mode_t>(fields.number());
  record.identity.uid = static_cast<uid_t>(fields.number());
  record.identity.gid = static_cast<gid_t>(fields.number());
  record.identity.links = static_cast<nlink_t>(fields.number());
  record.created = std::chrono::system_clock::time_point(
      std::chrono::system_clock::duration(static_cast<std::int64_t>(fields.number())));
  if (!fields.at_end() || record.id != id) return damaged(id, "damaged: a field is missing");
  return record;
}

bool take_state(FieldReader& fields, EditState& state) {
  const std::uint64_t number = fields.number();
  state = static_cast<EditState>(number);
  return number <= static_cast<std::uint64_t>(EditState::kReverted);
}

}  // namespace

bool is_edit_id(const std::string& id) {
  return id.size() == kIdPrefix.size() + kIdCharacters && id.starts_with(kIdPrefix) &&
         id.find_first_not_of(kBase32, kIdPrefix.size()) == std::string::npos;
}

EditFiles::EditFiles(std::shared_ptr<base::FileSystem> files, FileDescriptor folder)
    : files_(std::move(files)), folder_(std::move(folder)) {}

Result<EditFiles> EditFiles::open(const std::string& state_folder,
                                  std::shared_ptr<base::FileSystem> files) {
  CROMWELL_ASSIGN(FileDescriptor folder,
                  base::open_private_folder(*files, state_folder + "/edits"));
  return EditFiles(std::move(files), std::move(folder));
}

Result<FileDescriptor> EditFiles::lock() const {
  FileDescriptor fd(without_eintr(
      [&] { return files_->open_at(folder_.get(), "lock", O_RDWR | O_CREAT, kPrivateFile); }));
  if (!fd) return base::errno_error("edit store: lock", errno);
  if (without_eintr([&] { return files_->lock_exclusive(fd.get()); }) != 0) {
    return base::errno_error("edit store: lock", errno);
  }
  return fd;
}

Result<std::vector<std::string>> EditFiles::ids_with(const std::string& suffix) const {
  std::vector<std::string> names;
  if (files_->list_folder(folder_.get(), &names) != 0)
    return base::errno_error("edit store", errno);
  std::vector<std::string> ids;
  for (const std::string& name : names) {
    if (!name.ends_with(suffix)) continue;
    const std::string id = name.substr(0, name.size() - suffix.size());
    if (is_edit_id(id)) ids.push_back(id);
  }
  return ids;
}

Result<std::vector<std::string>> EditFiles::record_ids() const { return ids_with(".edit"); }
Result<std::vector<std::string>> EditFiles::journal_ids() const { return ids_with(".journal"); }

void EditFiles::remove_leftovers() const {
  const auto records = record_ids();
  const auto states = ids_with(".state");
  std::vector<std::string> names;
  if (!records || !states || files_->list_folder(folder_.get(), &names) != 0) return;
  for (const std::string& id : *states) {
    if (std::find(records->begin(), records->end(), id) == records->end()) {
      (void)remove(id + ".state");
    }
  }
  for (const std::string& name : names) {
    if (name.starts_with(kIdPrefix) && name.ends_with(".tmp")) (void)remove(name);
  }
}

Result<FileDescriptor> EditFiles::open_file(const std::string& name) const {
  FileDescriptor fd(
      without_eintr([&] { return files_->open_at(folder_.get(), name, O_RDONLY, 0); }));
  if (!fd) return base::errno_error("edit record " + name, errno);
  return fd;
}

Result<std::string> EditFiles::read_file(const std::string& name) const {
  CROMWELL_ASSIGN(const FileDescriptor fd, open_file(name));
  return base::read_all(*files_, fd.get(), kMaxRecordBytes, "edit record " + name);
}

Result<> EditFiles::remove(const std::string& name) const {
  if (without_eintr([&] { return files_->unlink_at(folder_.get(), name); }) != 0 &&
      errno != ENOENT) {
    return base::errno_error("edit record " + name, errno);
  }
  return {};
}

Result<> EditFiles::write_record(const EditRecord& record) const {
  return base::write_whole(*files_, folder_.get(), record.id + ".edit", encode_record(record));
}

Result<EditRecord> EditFiles::read_summary(const std::string& id) const {
  const std::string name = id + ".edit";
  CROMWELL_ASSIGN(const FileDescriptor fd, open_file(name));
  CROMWELL_ASSIGN(std::string bytes,
                  base::read_up_to(*files_, fd.get(), kSectionHeaderBytes, name));
  const auto size = section_size(kSummaryMagic, bytes);
  if (!size) return damaged(name, size.error().message);
  if (*size > kMaxSummaryBytes) return damaged(name, "damaged: its size");
  CROMWELL_ASSIGN(const std::string rest, base::read_up_to(*files_, fd.get(), *size, name));
  bytes += rest;
  std::string_view left = bytes;
  const auto payload = take_section(kSummaryMagic, left);
  if (!payload) return damaged(name, payload.error().message);
  return decode_summary(*payload, id);
}

Result<EditRecord> EditFiles::read_record(const std::string& id) const {
  CROMWELL_ASSIGN(const std::string bytes, read_file(id + ".edit"));
  std::string_view left = bytes;
  const auto summary = take_section(kSummaryMagic, left);
  if (!summary) return damaged(id, summary.error().message);
  const auto content = take_section(kContentMagic, left);
  if (!content) return damaged(id, content.error().message);
  CROMWELL_ASSIGN(EditRecord record, decode_summary(*summary, id));
  FieldReader fields(*content);
  record.patch = fields.text();
  record.old_bytes = fields.text();
  record.new_bytes = fields.text();
  if (!fields.at_end() || !left.empty()) return damaged(id, "damaged: a field is missing");
  if (base::sha256_hex(record.old_bytes) != record.base_sha256 ||
      base::sha256_hex(record.new_bytes) != record.new_sha256) {
    return damaged(id, "damaged: its bytes do not match their hashes");
  }
  return record;
}

// The record goes first: a state without one is a leftover, a record without one is a proposal.
Result<> EditFiles::remove_record(const std::string& id) const {
  CROMWELL_TRY(remove(id + ".edit"));
  return remove(id + ".state");
}

Result<> EditFiles::write_state(const std::string& id, const StateRecord& state) const {
  FieldWriter fields;
  fields.text(id).number(static_cast<std::uint64_t>(state.state)).text(state.temp_name);
  return base::write_whole(*files_, folder_.get(), id + ".state", fields.section(kStateMagic));
}

Result<StateRecord> EditFiles::read_state(const std::string& id) const {
  const auto bytes = read_file(id + ".state");
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return StateRecord{};
  if (!bytes) return bytes.error();
  std::string_view left = *bytes;
  const auto payload = take_section(kStateMagic, left);
  if (!payload) return damaged(id, payload.error().message);
  FieldReader fields(*payload);
  const std::string of = fields.text();
  StateRecord record;
  const bool known = take_state(fields, record.state);
  record.temp_name = fields.text();
  if (!fields.at_end() || !known || of != id) {
    return damaged(id, "damaged: its state");
  }
  return record;
}

Result<> EditFiles::write_journal(const JournalRecord& journal) const {
  FieldWriter fields;
  fields.text(journal.id).text(journal.root).text(journal.resolved).text(journal.temp_name);
  fields.number(static_cast<std::uint64_t>(journal.previous));
  fields.number(static_cast<std::uint64_t>(journal.target));
  fields.number(journal.inodes.old_file).number(journal.inodes.new_file);
  return base::write_whole(*files_, folder_.get(), journal.id + ".journal",
                           fields.section(kJournalMagic));
}

Result<JournalRecord> EditFiles::read_journal(const std::string& id) const {
  CROMWELL_ASSIGN(const std::string bytes, read_file(id + ".journal"));
  std::string_view left = bytes;
  const auto payload = take_section(kJournalMagic, left);
  if (!payload) return damaged(id, payload.error().message);
  FieldReader fields(*payload);
  JournalRecord journal;
  journal.id = fields.text();
  journal.root = fields.text();
  journal.resolved = fields.text();
  journal.temp_name = fields.text();
  const bool states = take_state(fields, journal.previous) && take_state(fields, journal.target);
  journal.inodes.old_file = static_cast<ino_t>(fields.number());
  journal.inodes.new_file = static_cast<ino_t>(fields.number());
  if (!fields.at_end() || !states || journal.id != id ||
      journal.temp_name.find('/') != std::string::npos) {
    return damaged(id, "damaged: its journal");
  }
  return journal;
}

Result<> EditFiles::remove_journal(const std::string& id) const { return remove(id + ".journal"); }

}  // namespace cromwell::workspace
