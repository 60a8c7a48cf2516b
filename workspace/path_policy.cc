#include "workspace/path_policy.h"

#include <fnmatch.h>

#include <algorithm>
#include <string>

namespace cromwell::workspace {
namespace {

struct Rule {
  const char* pattern;  // of one part of a path, as fnmatch(3), in lower case
  PathPolicy policy;
};

constexpr Rule kRules[] = {
    {".git", PathPolicy::kNever},
    // Editors and agents that run what these folders say.
    {".vscode", PathPolicy::kOnlyIfNamed},
    {".cursor", PathPolicy::kOnlyIfNamed},
    {".idea", PathPolicy::kOnlyIfNamed},
    {".vim", PathPolicy::kOnlyIfNamed},
    {".exrc", PathPolicy::kOnlyIfNamed},
    {".envrc", PathPolicy::kOnlyIfNamed},
    // Continuous integration, hooks and units.
    {".github", PathPolicy::kOnlyIfNamed},
    {".gitlab-ci*", PathPolicy::kOnlyIfNamed},
    {".circleci", PathPolicy::kOnlyIfNamed},
    {".ci", PathPolicy::kOnlyIfNamed},
    {".husky", PathPolicy::kOnlyIfNamed},
    {".gitmodules", PathPolicy::kOnlyIfNamed},
    {".gitattributes", PathPolicy::kOnlyIfNamed},
    {"jenkinsfile", PathPolicy::kOnlyIfNamed},
    {"*.service", PathPolicy::kOnlyIfNamed},
    {"*.timer", PathPolicy::kOnlyIfNamed},
    {"*.socket", PathPolicy::kOnlyIfNamed},
    // Secrets.
    {".env", PathPolicy::kOnlyIfNamed},
    {".env.*", PathPolicy::kOnlyIfNamed},
    {"*.pem", PathPolicy::kOnlyIfNamed},
    {"*.key", PathPolicy::kOnlyIfNamed},
    {"*.p12", PathPolicy::kOnlyIfNamed},
    {"*.pfx", PathPolicy::kOnlyIfNamed},
    {"id_rsa*", PathPolicy::kOnlyIfNamed},
    {"id_ed25519*", PathPolicy::kOnlyIfNamed},
    {".netrc", PathPolicy::kOnlyIfNamed},
    {".npmrc", PathPolicy::kOnlyIfNamed},
    {".pypirc", PathPolicy::kOnlyIfNamed},
    {".ssh", PathPolicy::kOnlyIfNamed},
    {".gnupg", PathPolicy::kOnlyIfNamed},
};

PathPolicy part_policy(std::string_view part) {
  std::string name(part);
  // A file system that ignores case has .GIT as another name of .git.
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  PathPolicy strictest = PathPolicy::kOpen;
  for (const Rule& rule : kRules) {
    if (::fnmatch(rule.pattern, name.c_str(), 0) == 0) strictest = std::max(strictest, rule.policy);
  }
  return strictest;
}

}  // namespace

PathPolicy path_policy(std::string_view path) {
  PathPolicy strictest = PathPolicy::kOpen;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    strictest = std::max(strictest, part_policy(path.substr(0, end)));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return strictest;
}

}  // namespace cromwell::workspace
