// Which files are secrets, which run code, which are neither.
#include "workspace/path_policy.h"

#include <gtest/gtest.h>

namespace cromwell::workspace {
namespace {

TEST(PathPolicy, KnowsSecretsInAnyFolderAndCase) {
  for (const char* path : {".env",
                           "a/.env.local",
                           "prod.env",
                           "a/b/server.pem",
                           "ID_RSA",
                           "id_ed25519_sk",
                           ".ssh/config",
                           ".aws/credentials",
                           "terraform.tfstate.backup",
                           "prod.tfvars",
                           "service-account-1.json",
                           ".cargo/credentials.toml",
                           "config/credentials.yml.enc",
                           ".docker/config.json",
                           "home/.Docker/Config.json",
                           ".config/gcloud/credentials.db",
                           ".config/gcloud/legacy_credentials/me/adc.json",
                           ".bash_history",
                           ".authinfo.gpg",
                           "backup.age",
                           "AuthKey_1.p8",
                           "kubeconfig.yaml",
                           "kubeconfig",
                           "credentials"}) {
    EXPECT_EQ(path_policy(path), PathPolicy::kSecret) << path;
  }
}

TEST(PathPolicy, LeavesOrdinaryFilesOpen) {
  for (const char* path :
       {"environment.py", "keys.py", "src/key.c", "history.txt", "docs/pem.md", "storage.py",
        "credentials.py", "tests/secret_test.go", "page.html", "aws/credentials/chain.go",
        "util/kubeconfig/kubeconfig.go", ".docker/Dockerfile", ".docker/php/config.json",
        "gcloud/deploy.py", "config.json", "docker/config.json"}) {
    EXPECT_EQ(path_policy(path), PathPolicy::kOpen) << path;
  }
}

TEST(PathPolicy, ASecretThatTheConfigurationNamesIsEditedIfTheRequestNamesIt) {
  const SecretNames example{.allowed = {".env.example"}};
  EXPECT_EQ(path_policy(".env.example", example), PathPolicy::kOnlyIfNamed);
  EXPECT_EQ(path_policy(".env", example), PathPolicy::kSecret);
  EXPECT_EQ(path_policy(".git/config", {.allowed = {"*"}}), PathPolicy::kNever);
}

TEST(PathPolicy, TakesFurtherNamesForSecrets) {
  const SecretNames names{.more = {"*.vault", "private"}};
  EXPECT_EQ(path_policy("a/b.vault", names), PathPolicy::kSecret);
  EXPECT_EQ(path_policy("a/B.VAULT", names), PathPolicy::kSecret);
  EXPECT_EQ(path_policy("private/a.py", names), PathPolicy::kSecret);
  EXPECT_EQ(path_policy("a/b.py", names), PathPolicy::kOpen);
  EXPECT_EQ(path_policy("b.vault", {.more = {"*.vault"}, .allowed = {"b.vault"}}),
            PathPolicy::kOnlyIfNamed);
}

}  // namespace
}  // namespace cromwell::workspace
