#include "base/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "base/file.h"

namespace cromwell::base {
namespace {

using Access = std::uint64_t;

// Rights that Debian's header (Linux 6.1, ABI 2) does not know yet.
constexpr Access kTruncate = 1ULL << 14;     // ABI 3
constexpr Access kIoctlDevice = 1ULL << 15;  // ABI 5
constexpr int kHighestAbi = 6;               // the last that is made use of

// landlock_ruleset_attr as it has become. A kernel takes a longer one whose rest is 0.
struct RulesetAttributes {
  Access files = 0;
  Access network = 0;  // ABI 4
  Access scoped = 0;   // ABI 6
};
constexpr Access kScopeSignals = 1ULL << 1;

constexpr Access kReadRights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr Access kFirstAbiRights =
    kReadRights | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
// What makes sense on a file; the kernel refuses a rule with others on one.
constexpr Access kFileRights = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                               LANDLOCK_ACCESS_FS_READ_FILE | kTruncate | kIoctlDevice;
// Not granted beneath a read-write folder.
constexpr Access kNeverGranted =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK;

// All rights that the ABI can restrict: what is not granted by a rule is denied.
Access handled_rights(int abi) {
  Access rights = kFirstAbiRights;
  if (abi >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3) rights |= kTruncate;
  if (abi >= 5) rights |= kIoctlDevice;
  return rights;
}

Result<> add_rule(int ruleset, const std::string& path, Access rights) {
  const FileDescriptor target(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat found;
  if (!target || ::fstat(target.get(), &found) != 0) return errno_error("Landlock: " + path, errno);
  landlock_path_beneath_attr rule{};
  rule.allowed_access = S_ISDIR(found.st_mode) ? rights : rights & kFileRights;
  rule.parent_fd = target.get();
  if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
    return Error{ErrorCode::kIo, "Landlock: " + path + ": " + errno_text(errno)};
  }
  return {};
}

}  // namespace

int landlock_abi() {
  const long abi =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi < 0 ? 0 : static_cast<int>(abi);
}

Result<LandlockReport> restrict_to(const LandlockRules& rules) {
  int abi = std::min(landlock_abi(), kHighestAbi);
  if (rules.max_abi > 0) abi = std::min(abi, rules.max_abi);
  if (abi == 0) {
    return LandlockReport{0, "Landlock is not available: only openat2 confines paths"};
  }
  const Access handled = handled_rights(abi);
  const RulesetAttributes attributes{.files = handled,
                                     .scoped = rules.scope_signals && abi >= 6 ? kScopeSignals : 0};
  const FileDescriptor ruleset(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0)));
  if (!ruleset) return Error{ErrorCode::kIo, "Landlock: a ruleset: " + errno_text(errno)};
  for (const std::string& path : rules.read_only) {
    CROMWELL_TRY(add_rule(ruleset.get(), path, kReadRights));
  }
  for (const std::string& path : rules.execute) {
    CROMWELL_TRY(add_rule(ruleset.get(), path, kReadRights | LANDLOCK_ACCESS_FS_EXECUTE));
  }
  for (const std::string& path : rules.read_write) {
    CROMWELL_TRY(add_rule(ruleset.get(), path, handled & ~kNeverGranted));
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
    return Error{ErrorCode::kIo, "Landlock: restricting this process: " + errno_text(errno)};
  }
  return LandlockReport{abi, "Landlock ABI " + std::to_string(abi) + " confines this process to " +
                                 std::to_string(rules.read_only.size() + rules.execute.size() +
                                                rules.read_write.size()) +
                                 " paths"};
}

}  // namespace cromwell::base
