// The daemon's command line, and the layers beneath it.
#include "server/command_line.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "server/option_values.h"
#include "server/token_file.h"
#include "tests/fakes/temp_folder.h"

namespace cromwell::server {
namespace {

// Without the configuration of whoever runs the tests.
class NoConfiguration : public testing::Environment {
  void SetUp() override { setenv("XDG_CONFIG_HOME", "/nonexistent", 1); }
};
[[maybe_unused]] const auto* const kNoConfiguration =
    testing::AddGlobalTestEnvironment(new NoConfiguration);

CommandLine parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "cromwelld");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

TEST(Options, HaveTheDefaultsOfTheDesign) {
  setenv("XDG_CACHE_HOME", "/cache", 1);
  setenv("XDG_STATE_HOME", "/state", 1);
  const auto line = parse({});
  ASSERT_TRUE(line.options) << line.text;
  EXPECT_EQ(line.options->listen, "127.0.0.1:8411");
  EXPECT_EQ(line.options->model, "/cache/cromwell/models/SmolLM2-135M-Instruct.Q4_1.gguf");
  EXPECT_TRUE(line.options->model_is_default);
  EXPECT_EQ(line.options->state_dir, "/state/cromwell");
  EXPECT_EQ(line.options->roots, std::vector<std::string>{"."});
  EXPECT_EQ(line.options->kv_memory_bytes, std::size_t{512} << 20);
  EXPECT_FALSE(line.options->mlock);
  EXPECT_TRUE(line.options->loras.empty());
  EXPECT_EQ(line.options->kv_type, "f16");
  EXPECT_EQ(line.options->weights, "auto");
  unsetenv("XDG_CACHE_HOME");
  unsetenv("XDG_STATE_HOME");
  setenv("HOME", "/home/someone", 1);
  EXPECT_EQ(parse({}).options->state_dir, "/home/someone/.local/state/cromwell");
}

TEST(Options, AreTakenFromTheCommandLine) {
  const auto line = parse({"--model",         "m.gguf",
                           "--listen",        "[::1]:1",
                           "--socket",        "s",
                           "--root",          "a",
                           "--root",          "b",
                           "--threads",       "3",
                           "--kv-memory",     "2G",
                           "--context",       "2048",
                           "--token-file",    "t",
                           "--allow-host",    "dev.example",
                           "--allow-secret",  ".env.example",
                           "--allow-host",    "fd00::1",
                           "--allow-origin",  "https://a.example:1",
                           "--state-dir",     "d",
                           "--chat-template", "chatml",
                           "--log-level",     "debug",
                           "--kv-type",       "q8_0",
                           "--mlock",         "--weights",
                           "mapped",          "--lora",
                           "a.gguf",          "--lora",
                           "b.gguf:0.5"});
  ASSERT_TRUE(line.options) << line.text;
  EXPECT_EQ(line.options->model, "m.gguf");
  EXPECT_FALSE(line.options->model_is_default);
  EXPECT_EQ(line.options->listen, "[::1]:1");
  EXPECT_EQ(line.options->socket, "s");
  EXPECT_EQ(line.options->roots, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(line.options->threads, 3);
  EXPECT_EQ(line.options->kv_memory_bytes, std::size_t{2} << 30);
  EXPECT_EQ(line.options->kv_type, "q8_0");
  EXPECT_EQ(line.options->weights, "mapped");
  EXPECT_EQ(line.options->context, 2048);
  EXPECT_TRUE(line.options->mlock);
  EXPECT_EQ(line.options->loras, (std::vector<std::string>{"a.gguf", "b.gguf:0.5"}));
  EXPECT_EQ(line.options->token_file, "t");
  EXPECT_EQ(line.options->allow_secrets, std::vector<std::string>{".env.example"});
  EXPECT_EQ(line.options->allow_hosts, (std::vector<std::string>{"dev.example", "fd00::1"}));
  EXPECT_EQ(line.options->allow_origins, std::vector<std::string>{"https://a.example:1"});
  EXPECT_EQ(line.options->state_dir, "d");
  EXPECT_EQ(line.options->chat_template, "chatml");
  EXPECT_EQ(line.options->log_level, "debug");
}

TEST(Options, SayWhichChecksRunAndHowLongEditsAreKept) {
  const auto line = parse({"--check", "python=ruff check {file}", "--check", "c=cc {file}",
                           "--edits-max-age", "7", "--edits-max-bytes", "16M"});
  ASSERT_TRUE(line.options) << line.text;
  EXPECT_EQ(line.options->checks,
            (std::vector<std::string>{"python=ruff check {file}", "c=cc {file}"}));
  EXPECT_EQ(line.options->edits_max_days, 7);
  EXPECT_EQ(line.options->edits_max_bytes, std::size_t{16} << 20);
  EXPECT_EQ(parse({}).options->edits_max_days, 90);
}

TEST(Options, TheLastOfSeveralCounts) {
  const auto line = parse({"--listen", "127.0.0.1:1", "--threads", "1", "--listen", "127.0.0.1:2"});
  ASSERT_TRUE(line.options) << line.text;
  EXPECT_EQ(line.options->listen, "127.0.0.1:2");
}

TEST(Options, ABadValueIsNamedWithItsOptionAndWhatWasExpected) {
  struct BadValue {
    const char* option;
    const char* value;
    const char* expected;
  };
  for (const BadValue& bad : std::vector<BadValue>{
           {"--kv-memory", "lots", "512M"},
           {"--kv-memory", "1K", "1M"},
           {"--kv-memory", "-1", "512M"},
           {"--kv-memory", "99999999999G", "512M"},
           {"--kv-type", "f32", "q8_0"},
           {"--threads", "-1", "0"},
           {"--threads", "many", "many"},
           {"--context", "1.5", "1.5"},
           {"--edits-max-age", "0", "1"},
           {"--edits-max-bytes", "1K", "1M"},
           {"--log-level", "loud", "debug"},
           {"--allow-host", "a:1", "without a port"},
           {"--allow-host", "http://a", "without a port"},
           {"--allow-origin", "a.example", "SCHEME"},
           {"--allow-origin", "https://a.example/", "SCHEME"},
           {"--allow-origin", "*", "SCHEME"},
           {"--allow-origin", "https://*.example", "SCHEME"},
       }) {
    const auto line = parse({bad.option, bad.value});
    EXPECT_FALSE(line.options) << bad.option;
    EXPECT_NE(line.exit_status, 0);
    EXPECT_NE(line.text.find(bad.option), std::string::npos) << line.text;
    EXPECT_NE(line.text.find(bad.value), std::string::npos) << line.text;
    EXPECT_NE(line.text.find(bad.expected), std::string::npos) << line.text;
  }
  EXPECT_NE(parse({"--no-such-option"}).exit_status, 0);
}

TEST(Options, VersionAndHelpAreNotErrors) {
  const auto version = parse({"--version"});
  EXPECT_FALSE(version.options);
  EXPECT_EQ(version.exit_status, 0);
  EXPECT_TRUE(version.text.starts_with("cromwelld 0.")) << version.text;
  EXPECT_EQ(parse({"--help"}).exit_status, 0);
}

TEST(ParseSize, ReadsPowersOf1024) {
  EXPECT_EQ(*parse_size("4096"), 4096U);
  EXPECT_EQ(*parse_size("1k"), 1024U);
  EXPECT_EQ(*parse_size("512M"), std::size_t{512} << 20);
  EXPECT_EQ(*parse_size("2GiB"), std::size_t{2} << 30);
  for (const char* bad : {"", "M", "1.5G", "1T", "1 M", "-1", "17179869184G"}) {
    EXPECT_FALSE(parse_size(bad)) << bad;
  }
}

}  // namespace
}  // namespace cromwell::server
