#include "workspace/path_policy.h"

#include <fnmatch.h>

#include <algorithm>
#include <string>

namespace cromwell::workspace {
namespace {

struct Rule {
  const char* pattern;  // of one part of a path, as fnmatch(3), in lower case
  PathPolicy policy;
  bool file_only = false;        // a folder of this name holds sources
  const char* within = nullptr;  // only in a folder of this name, in lower case
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
    {".env*", PathPolicy::kSecret},
    {"*.env", PathPolicy::kSecret},
    {"*.pem", PathPolicy::kSecret},
    {"*.key", PathPolicy::kSecret},
    {"*.p12", PathPolicy::kSecret},
    {"*.pfx", PathPolicy::kSecret},
    {"*.jks", PathPolicy::kSecret},
    {"*.keystore", PathPolicy::kSecret},
    {"*.kdbx", PathPolicy::kSecret},
    {"*.ppk", PathPolicy::kSecret},
    {"*.ovpn", PathPolicy::kSecret},
    {"id_rsa*", PathPolicy::kSecret},
    {"id_dsa*", PathPolicy::kSecret},
    {"id_ecdsa*", PathPolicy::kSecret},
    {"id_ed25519*", PathPolicy::kSecret},
    {".netrc", PathPolicy::kSecret},
    {"_netrc", PathPolicy::kSecret},
    {".npmrc", PathPolicy::kSecret},
    {".pypirc", PathPolicy::kSecret},
    {".pgpass", PathPolicy::kSecret},
    {".htpasswd", PathPolicy::kSecret},
    {".git-credentials", PathPolicy::kSecret},
    {".dockercfg", PathPolicy::kSecret},
    {".ssh", PathPolicy::kSecret},
    {".gnupg", PathPolicy::kSecret},
    {".aws", PathPolicy::kSecret},
    {".kube", PathPolicy::kSecret},
    {".vault-token", PathPolicy::kSecret},
    {"credentials.json", PathPolicy::kSecret},
    {"secrets.json", PathPolicy::kSecret},
    {"secrets.y*ml", PathPolicy::kSecret},
    {"secrets.toml", PathPolicy::kSecret},
    {".secret*", PathPolicy::kSecret},
    {"credentials", PathPolicy::kSecret, true},
    {"credentials.toml", PathPolicy::kSecret},
    {"credentials.y*ml*", PathPolicy::kSecret},
    {"client_secret*.json", PathPolicy::kSecret},
    {"service[-_]account*.json", PathPolicy::kSecret},
    {"application_default_credentials.json", PathPolicy::kSecret},
    {"*.pkcs12", PathPolicy::kSecret},
    {"*.pkcs8", PathPolicy::kSecret},
    {"*.p8", PathPolicy::kSecret},
    {"*.jceks", PathPolicy::kSecret},
    {"*.keytab", PathPolicy::kSecret},
    {"*.gpg", PathPolicy::kSecret},
    {"*.age", PathPolicy::kSecret},
    {"*.tfstate*", PathPolicy::kSecret},
    {"*.tfvars*", PathPolicy::kSecret},
    {"wallet.dat", PathPolicy::kSecret},
    {"id_xmss*", PathPolicy::kSecret},
    {"kubeconfig", PathPolicy::kSecret, true},
    {"kubeconfig.y*ml", PathPolicy::kSecret},
    {"kubeconfig.conf", PathPolicy::kSecret},
    {"*.kubeconfig", PathPolicy::kSecret},
    {".azure", PathPolicy::kSecret},
    {"credentials.db", PathPolicy::kSecret, true, "gcloud"},
    {"access_tokens.db", PathPolicy::kSecret, true, "gcloud"},
    {"legacy_credentials", PathPolicy::kSecret, false, "gcloud"},
    {"config.json", PathPolicy::kSecret, true, ".docker"},
    {".password-store", PathPolicy::kSecret},
    {".authinfo*", PathPolicy::kSecret},
    {".my.cnf", PathPolicy::kSecret},
    {".mylogin.cnf", PathPolicy::kSecret},
    {".s3cfg", PathPolicy::kSecret},
    {".boto", PathPolicy::kSecret},
    {"rclone.conf", PathPolicy::kSecret},
    {".terraformrc", PathPolicy::kSecret},
    {".vault[-_]pass*", PathPolicy::kSecret},
    {".yarnrc.yml", PathPolicy::kSecret},
    {".*_history", PathPolicy::kSecret},
};

// A file system that ignores case has .GIT as another name of .git.
std::string in_lower_case(std::string_view part) {
  std::string name(part);
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

bool is_any_of(const std::vector<std::string>& patterns, std::string_view name, int flags) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), std::string(name).c_str(), flags) == 0;
  });
}

PathPolicy part_policy(std::string_view part, std::string_view folder, bool is_folder,
                       const SecretNames& secrets) {
  const std::string name = in_lower_case(part);
  const std::string within = in_lower_case(folder);
  PathPolicy strictest = PathPolicy::kOpen;
  for (const Rule& rule : kRules) {
    if (rule.file_only && is_folder) continue;
    if (rule.within != nullptr && within != rule.within) continue;
    if (::fnmatch(rule.pattern, name.c_str(), 0) == 0) strictest = std::max(strictest, rule.policy);
  }
  if (is_any_of(secrets.more, part, FNM_CASEFOLD)) {
    strictest = std::max(strictest, PathPolicy::kSecret);
  }
  const bool allowed = strictest == PathPolicy::kSecret && is_any_of(secrets.allowed, part, 0);
  return allowed ? PathPolicy::kOnlyIfNamed : strictest;
}

}  // namespace

PathPolicy path_policy(std::string_view path, const SecretNames& secrets) {
  PathPolicy strictest = PathPolicy::kOpen;
  std::string_view folder;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    const bool is_folder = end < path.size();
    strictest = std::max(strictest, part_policy(part, folder, is_folder, secrets));
    folder = part;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return strictest;
}

}  // namespace cromwell::workspace
