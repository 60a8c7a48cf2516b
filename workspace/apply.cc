#include "workspace/apply.h"

#include <cerrno>
#include <cstdio>

#include "base/file_io.h"
#include "workspace/file_metadata.h"

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::FileDescriptor;
using base::Result;
using base::without_eintr;

constexpr mode_t kPrivateFile = 0600;  // until the old file's mode is set
// How often saves of others may race with a trade back before it gives up, keeping both files.
constexpr int kMaxTrades = 16;

constexpr int kReadFlags = O_RDONLY | O_NONBLOCK | O_NOCTTY;

bool lacks_exchange(int error_number) {
  return error_number == EINVAL || error_number == ENOSYS || error_number == EOPNOTSUPP;
}

}  // namespace

FileReplacement::FileReplacement(base::FileSystem& files, FileDescriptor folder,
                                 ReplacementPlan plan)
    : files_(files), folder_(std::move(folder)), plan_(std::move(plan)) {}

Error FileReplacement::changed(const std::string& how) const {
  return {ErrorCode::kFileChanged, plan_.name + ": " + how + "; nothing was written"};
}

bool FileReplacement::has_inode(const std::string& name, ino_t inode) const {
  struct stat found;
  return files_.stat_at(folder_.get(), name, &found) == 0 && found.st_ino == inode;
}

bool FileReplacement::exists(const std::string& name) const {
  struct stat found;
  return files_.stat_at(folder_.get(), name, &found) == 0 || errno != ENOENT;
}

Result<> FileReplacement::remove(const std::string& name) {
  if (without_eintr([&] { return files_.unlink_at(folder_.get(), name); }) != 0 &&
      errno != ENOENT) {
    return base::errno_error(name, errno);
  }
  (name == plan_.temp_name ? temp_exists_ : backup_exists_) = false;
  return {};
}

Result<> FileReplacement::sync_folder() {
  synced_ = false;
  CROMWELL_TRY(base::sync(files_, folder_.get(), plan_.name));
  synced_ = true;
  return {};
}

FileReplacement::Quiet FileReplacement::take_lease(int fd) {
  if (without_eintr([&] { return files_.take_lease(fd); }) == 0) return Quiet::kYes;
  return errno == EAGAIN ? Quiet::kNo : Quiet::kUnknown;
}

Result<> FileReplacement::prepare() {
  FileDescriptor target;
  CROMWELL_TRY(check_target(target));
  auto written = write_temp(target);
  prepared_ = written.has_value();
  if (!written) (void)put_back();
  return written;
}

Result<> FileReplacement::check_target(FileDescriptor& target) {
  target.reset(
      without_eintr([&] { return files_.open_at(folder_.get(), plan_.name, kReadFlags, 0); }));
  if (!target) {
    if (errno == ENOENT) return changed("it is not there any more");
    if (errno == ELOOP) return changed("it is a link now");
    if (errno == EWOULDBLOCK) return changed("another program is writing it");
    return base::errno_error(plan_.name, errno);
  }
  if (files_.fstat(target.get(), &old_stat_) != 0) return base::errno_error(plan_.name, errno);
  if (!S_ISREG(old_stat_.st_mode)) return changed("it is no regular file any more");
  inodes_.old_file = old_stat_.st_ino;
  if (old_stat_.st_nlink > 1 && !plan_.allow_hardlinks) {
    return Error{ErrorCode::kUnsupportedFile,
                 plan_.name + ": it has " + std::to_string(old_stat_.st_nlink) +
                     " hard links, and replacing it would part them (allow_hardlinks permits it)"};
  }
  if (without_eintr([&] { return files_.access_at(folder_.get(), plan_.name, W_OK); }) != 0) {
    if (errno == ENOENT) return changed("it is not there any more");
    return base::errno_error(plan_.name + ": it is read-only", errno);
  }
  if (static_cast<std::size_t>(old_stat_.st_size) != plan_.expected_bytes.size()) {
    return changed("its content changed");
  }
  auto bytes = base::read_all(files_, target.get(), plan_.expected_bytes.size(), plan_.name);
  if (!bytes && bytes.error().code != ErrorCode::kPayloadTooLarge) return bytes.error();
  if (!bytes || *bytes != plan_.expected_bytes) return changed("its content changed");
  return {};
}

Result<> FileReplacement::write_temp(const FileDescriptor& target) {
  const FileDescriptor temp(without_eintr([&] {
    return files_.open_at(folder_.get(), plan_.temp_name, O_WRONLY | O_CREAT | O_EXCL,
                          kPrivateFile);
  }));
  temp_exists_ = true;  // even a call that failed may have made it
  if (!temp) {
    return base::errno_error(plan_.name + ": no temporary file can be made beside it", errno);
  }
  struct stat created;
  if (files_.fstat(temp.get(), &created) != 0) return base::errno_error(plan_.temp_name, errno);
  inodes_.new_file = created.st_ino;
  CROMWELL_TRY(base::write_all(files_, temp.get(), plan_.new_bytes, plan_.name));
  CROMWELL_TRY(copy_metadata(files_, target.get(), old_stat_, temp.get(), plan_.name));
  return base::sync(files_, temp.get(), plan_.name);
}

Result<> FileReplacement::exchange() {
  auto done = exchange_names();
  if (done) done = sync_folder();
  if (done && !undisturbed()) done = changed("another program is writing it");
  if (done) return done;
  if (auto back = put_back(); !back) {
    return Error{ErrorCode::kIo,
                 done.error().message + "; and the way back failed: " + back.error().message};
  }
  return done;
}

Result<> FileReplacement::exchange_names() {
  const int renamed = without_eintr([&] {
    return files_.rename_at(folder_.get(), plan_.temp_name, plan_.name, RENAME_EXCHANGE);
  });
  if (renamed == 0) return check_displaced(plan_.temp_name);
  if (lacks_exchange(errno)) return replace_by_links();
  if (errno == ENOENT) return changed("it is not there any more");
  return base::errno_error(plan_.name, errno);
}

Result<> FileReplacement::replace_by_links() {
  exact_ = false;
  backup_exists_ = true;  // as for the temp file
  if (without_eintr([&] { return files_.link_at(folder_.get(), plan_.name, backup_name()); }) !=
      0) {
    if (errno == ENOENT) return changed("it is not there any more");
    return Error{ErrorCode::kUnsupportedFile,
                 plan_.name + ": its file system has neither RENAME_EXCHANGE nor hard links: " +
                     base::errno_text(errno)};
  }
  CROMWELL_TRY(sync_folder());  // or a loss of power might keep the rename and not the link
  CROMWELL_TRY(check_displaced(backup_name()));
  if (!has_inode(plan_.name, inodes_.old_file)) return changed("another program replaced it");
  if (without_eintr(
          [&] { return files_.rename_at(folder_.get(), plan_.temp_name, plan_.name, 0); }) != 0) {
    return base::errno_error(plan_.name, errno);
  }
  temp_exists_ = false;
  return {};
}

// What lost its name must be the file that prepare() saw, unwritten since, with nobody writing it.
Result<> FileReplacement::check_displaced(const std::string& displaced_name) {
  displaced_.reset(
      without_eintr([&] { return files_.open_at(folder_.get(), displaced_name, kReadFlags, 0); }));
  struct stat found;
  if (!displaced_ || files_.fstat(displaced_.get(), &found) != 0) {
    return errno == ELOOP ? changed("it is a link now") : base::errno_error(plan_.name, errno);
  }
  if (found.st_ino != inodes_.old_file) return changed("another program replaced it");
  if (found.st_mode != old_stat_.st_mode || found.st_uid != old_stat_.st_uid ||
      found.st_gid != old_stat_.st_gid) {
    return changed("its mode or owner changed");
  }
  const Quiet quiet = take_lease(displaced_.get());
  if (quiet == Quiet::kNo) return changed("another program has it open for writing");
  leased_ = quiet == Quiet::kYes;
  exact_ = exact_ && leased_;
  auto bytes = base::read_all(files_, displaced_.get(), plan_.expected_bytes.size(), plan_.name);
  if (!bytes && bytes.error().code != ErrorCode::kPayloadTooLarge) return bytes.error();
  if (!bytes || *bytes != plan_.expected_bytes) return changed("its content changed");
  return {};
}

bool FileReplacement::undisturbed() const {
  return !leased_ || files_.get_lease(displaced_.get()) == F_RDLCK;
}

Result<> FileReplacement::put_back() {
  displaced_.reset();  // a writer that waits for the lease goes on, with the file that it opened
  leased_ = false;
  if (clean()) return {};
  CROMWELL_TRY(prepared_ ? settle_unfinished() : remove(plan_.temp_name));
  return sync_folder();
}

Result<> FileReplacement::finish() {
  if (backup_exists_) CROMWELL_TRY(remove(backup_name()));
  if (temp_exists_) CROMWELL_TRY(remove(plan_.temp_name));
  displaced_.reset();
  return sync_folder();
}

bool FileReplacement::has_old_file(const ReplacementInodes& inodes) const {
  const FileDescriptor fd(
      without_eintr([&] { return files_.open_at(folder_.get(), plan_.name, kReadFlags, 0); }));
  struct stat found;
  if (!fd || files_.fstat(fd.get(), &found) != 0 || found.st_ino != inodes.old_file) return false;
  const auto bytes = base::read_all(files_, fd.get(), plan_.expected_bytes.size(), plan_.name);
  return bytes && *bytes == plan_.expected_bytes;
}

// The file under `name` is the new one, as it was written, with no writer; the lease lasts as long
// as the descriptor.
bool FileReplacement::is_untouched_new_file(const std::string& name, FileDescriptor& lease) {
  lease.reset(without_eintr([&] { return files_.open_at(folder_.get(), name, kReadFlags, 0); }));
  struct stat found;
  if (!lease || files_.fstat(lease.get(), &found) != 0) return false;
  if (found.st_ino != inodes_.new_file || take_lease(lease.get()) == Quiet::kNo) return false;
  const auto bytes = base::read_all(files_, lease.get(), plan_.new_bytes.size(), plan_.name);
  return bytes && *bytes == plan_.new_bytes;
}

// From any state between prepare and commit to the one before: the name has the old file, or
// whatever somebody saved since.
Result<> FileReplacement::settle_unfinished() {
  if (backup_exists_) CROMWELL_TRY(restore_backup());
  if (!temp_exists_) return {};
  if (has_inode(plan_.temp_name, inodes_.new_file)) return remove(plan_.temp_name);
  return trade_back();
}

Result<> FileReplacement::restore_backup() {
  FileDescriptor lease;
  if (!has_inode(plan_.name, inodes_.old_file) && is_untouched_new_file(plan_.name, lease)) {
    if (without_eintr(
            [&] { return files_.rename_at(folder_.get(), backup_name(), plan_.name, 0); }) != 0) {
      return base::errno_error(plan_.name, errno);
    }
    backup_exists_ = false;
    return {};
  }
  // The name still has the old file, or a newer save than the one that is kept here.
  return remove(backup_name());
}

// The temp name has the displaced file, which goes back in exchange for the new one. What comes out
// must be what was put in last, untouched; if not, it is a newer save than the one just put back,
// and they trade places again.
Result<> FileReplacement::trade_back() {
  const auto trade = [this](unsigned flags) {
    return without_eintr(
        [&] { return files_.rename_at(folder_.get(), plan_.temp_name, plan_.name, flags); });
  };
  struct stat last_put{};
  bool new_file_was_put = true;
  for (int i = 0; i < kMaxTrades; ++i) {
    struct stat going_in;
    if (files_.stat_at(folder_.get(), plan_.temp_name, &going_in) != 0) {
      return base::errno_error(plan_.temp_name, errno);
    }
    if (trade(RENAME_EXCHANGE) != 0) {
      if (errno != ENOENT) return base::errno_error(plan_.name, errno);
      if (trade(RENAME_NOREPLACE) != 0) return base::errno_error(plan_.name, errno);
      temp_exists_ = false;  // the name was gone; the displaced file has it again
      return {};
    }
    FileDescriptor lease;
    if (new_file_was_put) {
      if (is_untouched_new_file(plan_.temp_name, lease)) return remove(plan_.temp_name);
    } else {
      lease.reset(without_eintr(
          [&] { return files_.open_at(folder_.get(), plan_.temp_name, kReadFlags, 0); }));
      struct stat out;
      if (lease && files_.fstat(lease.get(), &out) == 0 && out.st_ino == last_put.st_ino &&
          out.st_size == last_put.st_size && out.st_mtim.tv_sec == last_put.st_mtim.tv_sec &&
          out.st_mtim.tv_nsec == last_put.st_mtim.tv_nsec &&
          take_lease(lease.get()) != Quiet::kNo) {
        return remove(plan_.temp_name);
      }
    }
    last_put = going_in;
    new_file_was_put = false;
  }
  return Error{ErrorCode::kIo, plan_.name + ": other programs keep replacing it; " +
                                   plan_.temp_name + " beside it holds one of their versions"};
}

Result<> FileReplacement::recover(const ReplacementInodes& inodes, bool committed) {
  inodes_ = inodes;
  prepared_ = inodes.new_file != 0;
  temp_exists_ = exists(plan_.temp_name);
  backup_exists_ = exists(backup_name());
  if (clean()) return {};
  // Committed: they hold the old file. Not even prepared: an unfinished temp file.
  if (committed || !prepared_) return finish();
  FileDescriptor lease;
  const bool displaced = temp_exists_ && !has_inode(plan_.temp_name, inodes.new_file);
  if (displaced && exists(plan_.name) && !is_untouched_new_file(plan_.name, lease)) {
    // Somebody saved since the crash: newer than what the temp name has, if that is the old file.
    if (has_inode(plan_.temp_name, inodes.old_file)) return finish();
    return Error{ErrorCode::kIo, plan_.temp_name + " may hold a save of " + plan_.name +
                                     " that was superseded; remove it when it is not needed"};
  }
  lease.reset();
  return put_back();
}

}  // namespace cromwell::workspace
