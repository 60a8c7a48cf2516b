// apply_probe ACTION TOP [ID]: one step in the life of an edit of every file beneath TOP/root, to
// be ended or hindered at any system call from outside (kill_points.py). The edit makes "newer" of
// each "old". Exit status: 0 done, 3 refused with the files as they were, 1 anything else.
//   propose TOP      prints the edit's id
//   apply TOP ID
//   revert TOP ID
//   recover TOP ID   only what every start does; prints the edit's state
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>

#include "base/hash.h"
#include "workspace/diff.h"
#include "workspace/edit_store.h"

namespace cromwell::workspace {
namespace {

constexpr int kRefused = 3;

std::string edited(std::string text) {
  for (std::size_t at = 0; (at = text.find("old", at)) != std::string::npos; at += 5) {
    text.replace(at, 3, "newer");
  }
  return text;
}

int report(const base::Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return kRefused;
}

int propose(EditStore& store, const Workspace& workspace) {
  EditRecord record{.id = EditStore::new_id(), .instruction = "old to newer"};
  const std::filesystem::path root = workspace.roots().front();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    const auto snapshot =
        workspace.read("", std::filesystem::relative(entry.path(), root).string());
    if (!snapshot) return report(snapshot.error());
    record.workspace = snapshot->workspace;
    record.root = snapshot->root;
    const std::string& old_bytes = snapshot->text.bytes();
    const std::string new_bytes = edited(old_bytes);
    record.files.push_back({.file = snapshot->file,
                            .resolved = snapshot->resolved,
                            .base_sha256 = snapshot->sha256,
                            .new_sha256 = base::sha256_hex(new_bytes),
                            .patch = make_diff(old_bytes, new_bytes, snapshot->file)->patch,
                            .old_bytes = old_bytes,
                            .new_bytes = new_bytes});
  }
  std::sort(record.files.begin(), record.files.end(),
            [](const FileChange& a, const FileChange& b) { return a.file < b.file; });
  if (const auto proposed = store.propose(record); !proposed) return report(proposed.error());
  std::puts(record.id.c_str());
  return 0;
}

int print_state(const EditStore& store, const std::string& id) {
  const auto record = store.get(id);
  if (!record) return report(record.error());
  std::puts(record->state == EditState::kApplied ? "new" : "old");
  return 0;
}

int run(const std::string& action, const std::string& top, const std::string& id) {
  ::access("/probe-begins", F_OK);  // a mark in the trace: what comes before is the loader's
  const auto workspace = Workspace::open({top + "/root"});
  if (!workspace) return report(workspace.error());
  const auto store = EditStore::open(top + "/state", *workspace);
  if (!store) return report(store.error());
  if (action == "propose") return propose(**store, **workspace);
  if (action == "recover") return print_state(**store, id);
  const auto changed = action == "apply" ? (*store)->apply(id) : (*store)->revert(id);
  return changed ? 0 : report(changed.error());
}

}  // namespace
}  // namespace cromwell::workspace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: apply_probe propose|apply|revert|recover TOP [ID]\n");
    return 1;
  }
  return cromwell::workspace::run(argv[1], argv[2], argc > 3 ? argv[3] : "");
}
