#include "engine/session_store.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/file_io.h"
#include "base/hash.h"
#include "engine/kv_cache.h"
#include "engine/session_file.h"

namespace cromwell::engine {
namespace {

using base::Error;
using base::ErrorCode;
using base::FileDescriptor;
using base::without_eintr;

constexpr std::string_view kSuffix = ".session";

// A session's id may hold any bytes, a file's name may not.
std::string file_name(const std::string& session) {
  return base::sha256_hex(session).append(kSuffix);
}

Error about(const std::string& session, const Error& error) {
  return {error.code, "saved session " + session + ": " + error.message, "session"};
}

Error no_file(const std::string& session) {
  return about(session, {ErrorCode::kNotFound, "there is none"});
}

}  // namespace

base::Result<std::unique_ptr<SessionStore>> SessionStore::open(
    const std::string& folder, std::shared_ptr<base::FileSystem> files) {
  CROMWELL_ASSIGN(FileDescriptor opened, base::open_private_folder(*files, folder));
  return std::unique_ptr<SessionStore>(new SessionStore(std::move(files), std::move(opened)));
}

base::Result<> SessionStore::check_room(const std::string& name) const {
  std::vector<std::string> names;
  if (files_->list_folder(folder_.get(), &names) != 0) return base::errno_error(name, errno);
  const auto others = std::count_if(names.begin(), names.end(), [&](const std::string& other) {
    return other.ends_with(kSuffix) && other != name;
  });
  if (others < kMaxFiles) return {};
  return Error{ErrorCode::kConflict,
               std::to_string(kMaxFiles) + " sessions are saved; delete one of them"};
}

base::Result<int> SessionStore::save(Engine& engine, const std::string& session) {
  const std::lock_guard lock(mutex_);
  const std::string name = file_name(session);
  CROMWELL_TRY(check_room(name));
  CROMWELL_ASSIGN(SavedText text, engine.copy_session(session));
  const SessionFile file{.session = session, .text = std::move(text)};
  const std::string header = session_header(file);
  std::vector<std::string_view> parts = {header};
  parts.insert(parts.end(), file.text.pages.begin(), file.text.pages.end());
  if (auto done = base::write_whole(*files_, folder_.get(), name, parts); !done) {
    return about(session, done.error());
  }
  return static_cast<int>(file.text.tokens.size());
}

base::Result<int> SessionStore::restore(Engine& engine, const std::string& session) {
  const std::lock_guard lock(mutex_);
  const std::string name = file_name(session);
  const SessionLimits limits = engine.session_limits();
  FileDescriptor fd(
      without_eintr([&] { return files_->open_at(folder_.get(), name, O_RDONLY, 0); }));
  if (!fd && errno == ENOENT) return no_file(session);
  if (!fd) return about(session, base::errno_error(name, errno));
  const auto most_pages = static_cast<std::size_t>(pages_for(limits.max_tokens));
  const std::size_t most = kMaxHeaderBytes + most_pages * limits.page_bytes;
  const auto bytes = base::read_all(*files_, fd.get(), most, name);
  if (!bytes) return about(session, bytes.error());
  auto file = parse_session_file(*bytes, limits);
  if (!file) return about(session, file.error());
  if (file->session != session) {
    return about(session, {ErrorCode::kIo, "damaged: it is of the session " + file->session});
  }
  const auto tokens = static_cast<int>(file->text.tokens.size());
  if (auto put = engine.put_session(session, std::move(file->text)); !put) {
    return about(session, put.error());
  }
  return tokens;
}

base::Result<> SessionStore::remove(const std::string& session) {
  const std::lock_guard lock(mutex_);
  const std::string name = file_name(session);
  if (files_->unlink_at(folder_.get(), name) == 0) return {};
  return errno == ENOENT ? no_file(session) : about(session, base::errno_error(name, errno));
}

}  // namespace cromwell::engine
