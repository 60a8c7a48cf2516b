#include "workspace/edit_files.h"

#include <algorithm>
#include <cerrno>

#include "base/file_io.h"
#include "base/record_codec.h"

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::FileDescriptor;
using base::Result;
using base::without_eintr;

constexpr std::string_view kIdPrefix = "ed_";
constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kIdCharacters = 20;
constexpr std::size_t kMaxRecordBytes = 1U << 30;  // past any file that the workspace reads
constexpr mode_t kPrivateFile = 0600;

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
                  base::read_up_to(*files_, fd.get(), base::kSectionHeaderBytes, name));
  CROMWELL_ASSIGN(const std::uint64_t size, summary_bytes(bytes, id));
  CROMWELL_ASSIGN(const std::string rest,
                  base::read_up_to(*files_, fd.get(), size - bytes.size(), name));
  return decode_summary(bytes + rest, id);
}

Result<EditRecord> EditFiles::read_record(const std::string& id) const {
  CROMWELL_ASSIGN(const std::string bytes, read_file(id + ".edit"));
  return decode_record(bytes, id);
}

Result<std::uint64_t> EditFiles::record_bytes(const std::string& id) const {
  struct stat found;
  if (files_->stat_at(folder_.get(), id + ".edit", &found) != 0) {
    return base::errno_error("edit record " + id, errno);
  }
  return static_cast<std::uint64_t>(found.st_size);
}

// The record goes first: a state without one is a leftover, a record without one is a proposal.
Result<> EditFiles::remove_record(const std::string& id) const {
  CROMWELL_TRY(remove(id + ".edit"));
  return remove(id + ".state");
}

Result<> EditFiles::write_state(const std::string& id, const StateRecord& state) const {
  return base::write_whole(*files_, folder_.get(), id + ".state", encode_state(id, state));
}

Result<StateRecord> EditFiles::read_state(const std::string& id) const {
  const auto bytes = read_file(id + ".state");
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return StateRecord{};
  if (!bytes) return bytes.error();
  return decode_state(*bytes, id);
}

Result<> EditFiles::write_journal(const JournalRecord& journal) const {
  return base::write_whole(*files_, folder_.get(), journal.id + ".journal",
                           encode_journal(journal));
}

Result<JournalRecord> EditFiles::read_journal(const std::string& id) const {
  CROMWELL_ASSIGN(const std::string bytes, read_file(id + ".journal"));
  return decode_journal(bytes, id);
}

Result<> EditFiles::remove_journal(const std::string& id) const { return remove(id + ".journal"); }

}  // namespace cromwell::workspace
