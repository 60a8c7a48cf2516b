#include "workspace/check_helper.h"

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "base/confined_process.h"
#include "base/file_io.h"
#include "base/record_codec.h"
#include "base/socket_io.h"

namespace cromwell::workspace {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;
using base::Result;

constexpr const char* kName = "the helper for checks";
constexpr std::string_view kRequestMagic = "CRMWCHK1";
constexpr std::string_view kResultMagic = "CRMWCHR1";
constexpr std::size_t kMaxMessageBytes = 64U << 20;  // past any file that the workspace reads

Result<std::string> receive(int socket, std::size_t size) {
  const auto files = base::posix_file_system();
  CROMWELL_ASSIGN(std::string bytes, base::read_up_to(*files, socket, size, kName));
  if (bytes.size() < size) return Error{ErrorCode::kIo, "the helper for checks has ended"};
  return bytes;
}

Result<std::string> receive_section(int socket, std::string_view magic) {
  CROMWELL_ASSIGN(std::string header, receive(socket, base::kSectionHeaderBytes));
  CROMWELL_ASSIGN(const std::uint64_t size, base::section_size(magic, header));
  if (size > kMaxMessageBytes) return Error{ErrorCode::kIo, "a message of a check is too long"};
  CROMWELL_ASSIGN(const std::string payload, receive(socket, size));
  const std::string whole = header + payload;
  std::string_view left = whole;
  CROMWELL_ASSIGN(const std::string_view checked, base::take_section(magic, left));
  return std::string(checked);
}

// A folder that goes with its content.
class Scratch {
 public:
  explicit Scratch(const std::string& folder) {
    std::string name = folder + "/check-XXXXXX";
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& path() const { return path_; }

  // `file` is of a request: nothing that it says may lead out of the folder.
  bool write(const std::string& file, std::string_view bytes) const {
    const fs::path path = fs::path(file).lexically_normal();
    if (path_.empty() || path.empty() || path.is_absolute() || *path.begin() == "..") return false;
    std::error_code failed;
    fs::create_directories((path_ / path).parent_path(), failed);
    std::ofstream out(path_ / path, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    return !failed && out.good();
  }

 private:
  std::string path_;
};

CheckResult run_check(const CheckCommand& command, const CheckRequest& request,
                      const std::string& folder, const CheckLimits& limits, int socket) {
  CheckResult result{.name = command.name};
  const Scratch scratch(folder);
  if (!scratch.write(request.file, request.bytes)) {
    result.output = "no copy of the file can be made in " + folder;
    return result;
  }
  // "./" so that no file's name is taken for an option.
  const base::ProcessOutcome outcome =
      base::run_confined({.arguments = arguments_for(command, "./" + request.file),
                          .folder = scratch.path(),
                          .time = limits.time,
                          .max_output_bytes = limits.max_output_bytes,
                          .caller = socket});
  result.output = outcome.output;
  if (!outcome.ran) return result;
  result.status =
      outcome.status == 0 && !outcome.timed_out ? CheckStatus::kPassed : CheckStatus::kFailed;
  if (outcome.timed_out) {
    result.output += "\n(stopped after " + std::to_string(limits.time.count()) + " ms)";
  }
  return result;
}

Result<CheckRequest> receive_request(int socket) {
  CROMWELL_ASSIGN(const std::string payload, receive_section(socket, kRequestMagic));
  base::FieldReader fields(payload);
  CheckRequest request{.command = fields.number(), .file = {}, .bytes = {}};
  request.file = fields.text();
  request.bytes = fields.text();
  if (!fields.at_end()) return Error{ErrorCode::kIo, "a request for a check is damaged"};
  return request;
}

}  // namespace

Result<> send_request(int socket, const CheckRequest& request) {
  base::FieldWriter fields;
  fields.number(request.command).text(request.file).text(request.bytes);
  return base::send_all(socket, fields.section(kRequestMagic), kName);
}

Result<CheckResult> receive_result(int socket) {
  CROMWELL_ASSIGN(const std::string payload, receive_section(socket, kResultMagic));
  base::FieldReader fields(payload);
  CheckResult result;
  const std::uint64_t status = fields.number();
  result.output = fields.text();
  if (!fields.at_end() || status > static_cast<std::uint64_t>(CheckStatus::kSkipped)) {
    return Error{ErrorCode::kIo, "the result of a check is damaged"};
  }
  result.status = static_cast<CheckStatus>(status);
  return result;
}

void serve_checks(int socket, const std::vector<CheckCommand>& commands, const std::string& folder,
                  const CheckLimits& limits) {
  while (true) {
    const auto request = receive_request(socket);
    if (!request || request->command >= commands.size()) return;
    const CheckResult result =
        run_check(commands[request->command], *request, folder, limits, socket);
    base::FieldWriter fields;
    fields.number(static_cast<std::uint64_t>(result.status)).text(result.output);
    if (!base::send_all(socket, fields.section(kResultMagic), kName)) return;
  }
}

}  // namespace cromwell::workspace
