// Flags over environment over file over defaults, for every row of the option table.
#include "server/configuration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "server/command_line.h"
#include "server/option_values.h"
#include "server/toml_text.h"
#include "tests/fakes/temp_folder.h"

namespace cromwell::server {
namespace {

// A sound value that is not the default, and another.
std::vector<std::string> values_of(const OptionRow& row) {
  if (!row.choices.empty()) {
    return {std::string(row.choices.back()), std::string(row.choices[row.choices.size() - 2])};
  }
  if (is_switch(row)) return {"true", "false"};
  if (row.value == "SIZE") {
    const auto least = static_cast<std::size_t>(row.min);
    return {size_text(least + 1024), size_text(least + 2048)};
  }
  if (row.value == "TIME") return {"1234ms", "7s"};
  if (is_count(row)) return {std::to_string(row.min + 11), std::to_string(row.min + 12)};
  if (row.name == "allow-origin") return {"https://a.example", "https://b.example"};
  if (row.is_path) return {"/some/where", "/else/where"};
  return {"one.example", "two.example"};
}

// As the file holds it.
std::string toml_of(const OptionRow& row, const std::string& value) {
  if (is_list(row)) return "[\"" + value + "\"]";
  return is_count(row) || is_switch(row) ? value : "\"" + value + "\"";
}

std::vector<std::string> result(const OptionRow& row, const base::Result<Options>& options) {
  EXPECT_TRUE(options) << options.error().message;
  return options ? shown(row, *options) : std::vector<std::string>{};
}

class EveryOption : public testing::TestWithParam<std::size_t> {
 protected:
  const OptionRow& row() const { return option_table()[GetParam()]; }
};

TEST_P(EveryOption, IsReadFromTheFileTheEnvironmentAndAFlagEachOverTheOneBefore) {
  const std::vector<std::string> values = values_of(row());
  const std::string file = key_name(row()) + " = " + toml_of(row(), values[0]) + "\n";
  ConfigSources sources{.config_file = "/etc/c.toml"};
  EXPECT_EQ(result(row(), make_options(sources, file)), std::vector{values[0]});

  setenv(environment_name(row()).c_str(), values[1].c_str(), 1);
  sources.environment = read_environment();
  unsetenv(environment_name(row()).c_str());
  EXPECT_EQ(result(row(), make_options(sources, file)), std::vector{values[1]});

  std::vector<std::string> words = {"cromwelld", "--config", "/dev/null", flag_name(row())};
  is_switch(row()) ? words.back() += "=true" : words.emplace_back(values[0]);
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  const CommandLine line = parse_command_line(static_cast<int>(argv.size()), argv.data());
  ASSERT_TRUE(line.options) << line.text;
  sources.flags = line.sources.flags;
  EXPECT_EQ(result(row(), make_options(sources, file)), std::vector{values[0]});
}

TEST_P(EveryOption, OfTheWrongTypeIsNamedWithItsLine) {
  const std::string wrong = is_list(row()) ? "\"text\"" : is_switch(row()) ? "1" : "1.5";
  const auto options =
      make_options({.config_file = "/etc/c.toml"}, "\n" + key_name(row()) + " = " + wrong + "\n");
  ASSERT_FALSE(options);
  const std::string start = "/etc/c.toml:2: " + key_name(row()) + ": expected ";
  EXPECT_TRUE(options.error().message.starts_with(start)) << options.error().message;
}

TEST_P(EveryOption, HasADescriptionAndNamesOfItsOwn) {
  EXPECT_FALSE(row().help.empty());
  EXPECT_FALSE(row().group.empty());
  std::set<std::string> names;
  for (const OptionRow& other : option_table()) names.insert(key_name(other));
  EXPECT_EQ(names.size(), option_table().size());
}

INSTANTIATE_TEST_SUITE_P(Table, EveryOption, testing::Range<std::size_t>(0, option_table().size()),
                         [](const auto& option) { return key_name(option_table()[option.param]); });

TEST(DefaultModel, TakesItsAdapterWhereThatIsThereAndNoOtherIsNamed) {
  const tests::TempFolder cache;
  setenv("XDG_CACHE_HOME", cache.path().c_str(), 1);
  const auto loras = [](std::string_view file) { return make_options({}, file)->loras; };
  EXPECT_EQ(loras(""), std::vector<std::string>{});
  cache.write("cromwell/models/cromwell-edit.gguf", "");
  const std::string own = (cache.path() / "cromwell/models/cromwell-edit.gguf").string();
  EXPECT_EQ(loras(""), std::vector<std::string>{own});
  EXPECT_EQ(loras("lora = [\"none\"]"), std::vector<std::string>{});
  EXPECT_EQ(loras("lora = [\"/a.gguf\"]"), std::vector<std::string>{"/a.gguf"});
  EXPECT_EQ(loras("model = \"/m.gguf\""), std::vector<std::string>{});
  unsetenv("XDG_CACHE_HOME");
}

std::string error_of(std::string_view file) {
  const auto options =
      make_options({.config_file = "/etc/cromwell/cromwell.toml", .home = "/home/u"}, file);
  return options ? "" : options.error().message;
}

TEST(ConfigFile, AnUnknownKeyIsAnErrorThatNamesTheNearestOne) {
  EXPECT_EQ(error_of("\n\nthread = 2\n"),
            "/etc/cromwell/cromwell.toml:3: thread: unknown key; did you mean threads?");
  EXPECT_EQ(error_of("kv-memory = \"1G\"\n"),
            "/etc/cromwell/cromwell.toml:1: kv-memory: unknown key; did you mean kv_memory?");
  EXPECT_EQ(error_of("something_else = 1\n"),
            "/etc/cromwell/cromwell.toml:1: something_else: unknown key");
  EXPECT_EQ(error_of("[limits]\nmax_body = 1\n"),
            "/etc/cromwell/cromwell.toml:1: limits: unknown key");
}

TEST(ConfigFile, AValueOutOfItsRangeSaysWhatWasExpected) {
  EXPECT_EQ(error_of("threads = -1\n"),
            "/etc/cromwell/cromwell.toml:1: threads: expected 0 to 1024, got \"-1\"");
  EXPECT_EQ(error_of("kv_type = \"f32\"\n"),
            "/etc/cromwell/cromwell.toml:1: kv_type: expected f16 or q8_0, got \"f32\"");
  EXPECT_EQ(error_of("max_body = \"1\"\n"),
            "/etc/cromwell/cromwell.toml:1: max_body: expected 1K to 1G, got \"1\"");
  EXPECT_EQ(error_of("header_timeout = \"5\"\n"),
            "/etc/cromwell/cromwell.toml:1: header_timeout: expected a time such as 30s or 500ms, "
            "got \"5\"");
  EXPECT_EQ(error_of("allow_host = [\"a\", \"b:1\"]\n"),
            "/etc/cromwell/cromwell.toml:1: allow_host: expected a host's name or address without "
            "a port, got \"a, b:1\"");
}

TEST(ConfigFile, WhatIsNoTomlIsNamedWithItsLine) {
  EXPECT_TRUE(
      error_of("threads = 1\nthreads = 2\n").starts_with("/etc/cromwell/cromwell.toml:2: "));
  EXPECT_TRUE(error_of("threads = \n").starts_with("/etc/cromwell/cromwell.toml:1: "));
  EXPECT_TRUE(error_of("a = \"\xFF\"\n").starts_with("/etc/cromwell/cromwell.toml:1: "));
  EXPECT_NE(error_of(std::string(kMaxConfigBytes + 1, '#')).find("at most"), std::string::npos);
  EXPECT_NE(error_of("a = " + std::string(5000, '[')), "");
}

TEST(ConfigFile, ChecksMayBeALineForEachLanguage) {
  const auto options = make_options(
      {}, "[checks]\npython = \"ruff check {file}\"\nc = \"cc -fsyntax-only {file}\"\n");
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->checks,
            (std::vector<std::string>{"c=cc -fsyntax-only {file}", "python=ruff check {file}"}));
  EXPECT_EQ(error_of("[checks]\npython = 1\n"),
            "/etc/cromwell/cromwell.toml:2: python: expected a text in quotes, got a whole number");
  EXPECT_EQ(error_of("check = [\"c=cc {file}\"]\n[checks]\npython = \"a {file}\"\n"),
            "/etc/cromwell/cromwell.toml:2: checks: is said before");
}

TEST(ConfigFile, PathsAreBesideTheFileOrInTheHomeFolder) {
  const auto options =
      make_options({.config_file = "/etc/cromwell/c.toml", .home = "/home/u"},
                   "root = [\"~/project\", \"beside\", \"/abs\", \"~\"]\nmodel = \"m.gguf\"\n"
                   "chat_template = \"chatml\"\n");
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->roots, (std::vector<std::string>{"/home/u/project", "/etc/cromwell/beside",
                                                      "/abs", "/home/u"}));
  EXPECT_EQ(options->model, "/etc/cromwell/m.gguf");
  EXPECT_FALSE(options->model_is_default);
  EXPECT_EQ(options->chat_template, "chatml");
}

TEST(Environment, AListIsSeparatedByCommasAndAnEmptyVariableSaysNothing) {
  setenv("CROMWELL_ROOT", "/a,/b", 1);
  setenv("CROMWELL_LISTEN", "", 1);
  const Settings settings = read_environment();
  unsetenv("CROMWELL_ROOT");
  unsetenv("CROMWELL_LISTEN");
  ASSERT_EQ(settings.size(), 1U);
  EXPECT_EQ(settings.front().texts, (std::vector<std::string>{"/a", "/b"}));
  EXPECT_EQ(settings.front().origin, "CROMWELL_ROOT");
}

TEST(Environment, AListOfValuesThatHoldCommasIsWrittenAsInTheFile) {
  setenv("CROMWELL_CHECK", R"(["python=ruff check --select E,F {file}", "c=cc -c {file}"])", 1);
  const auto options = make_options({.environment = read_environment()}, "");
  setenv("CROMWELL_ROOT", "[x],/b", 1);
  const Settings settings = read_environment();
  unsetenv("CROMWELL_CHECK");
  unsetenv("CROMWELL_ROOT");
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->checks,
            (std::vector<std::string>{"python=ruff check --select E,F {file}", "c=cc -c {file}"}));
  EXPECT_EQ(settings.front().texts, (std::vector<std::string>{"[x]", "/b"}));  // a folder's name
}

TEST(Environment, ABadValueIsNamedWithItsVariable) {
  setenv("CROMWELL_THREADS", "many", 1);
  const auto options = make_options({.environment = read_environment()}, "");
  unsetenv("CROMWELL_THREADS");
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().message,
            "CROMWELL_THREADS: expected a whole number of 0 to 1024, got \"many\"");
}

TEST(Description, SaysEachValueWithItsOriginAndReadsBackAsTheSame) {
  const std::string file = "threads = 3\nroot = [\"beside\"]\nallow_secret = [\"a \\\"b\\\"\"]\n";
  const auto& table = option_table();
  const auto threads = std::find_if(table.begin(), table.end(),
                                    [](const OptionRow& row) { return row.name == "threads"; });
  const ConfigSources sources{
      .flags = {{.option = &*threads, .texts = {"4"}, .origin = "--threads"}},
      .config_file = "/etc/c.toml"};
  const auto options = make_options(sources, file);
  ASSERT_TRUE(options) << options.error().message;
  const std::string text = describe(*options, sources, file);
  EXPECT_NE(text.find("threads = 4  # --threads\n"), std::string::npos) << text;
  EXPECT_NE(text.find("allow_secret = [\"a \\\"b\\\"\"]  # /etc/c.toml:3\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("kv_type = \"f16\"  # default\n"), std::string::npos) << text;
  const auto again = make_options({.config_file = "/etc/c.toml"}, text);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(changed_options(*options, *again).empty());
}

TEST(ChangedOptions, AreThoseWhoseValuesDiffer) {
  const auto before = make_options({}, "threads = 1\nlog_level = \"info\"\n");
  const auto after = make_options({}, "threads = 2\nallow_host = [\"a\"]\n");
  ASSERT_TRUE(before && after);
  std::vector<std::string> names;
  for (const OptionRow* row : changed_options(*before, *after)) names.push_back(key_name(*row));
  EXPECT_EQ(names, (std::vector<std::string>{"threads", "allow_host"}));
}

TEST(CommandLineConfig, NamesTheFileThatCannotBeRead) {
  const char* argv[] = {"cromwelld", "--config", "/no/such/file"};
  const CommandLine line = parse_command_line(3, argv);
  EXPECT_FALSE(line.options);
  EXPECT_EQ(line.exit_status, 2);
  EXPECT_EQ(line.text, "cromwelld: /no/such/file: No such file or directory\n");
}

TEST(CommandLineConfig, TheUsersFileIsFoundBeforeTheSystems) {
  const tests::TempFolder folder;
  folder.write("cromwell/config.toml", "threads = 5\n");
  setenv("XDG_CONFIG_HOME", folder.str().c_str(), 1);
  const char* argv[] = {"cromwelld"};
  const CommandLine line = parse_command_line(1, argv);
  setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
  ASSERT_TRUE(line.options) << line.text;
  EXPECT_EQ(line.options->threads, 5);
  EXPECT_EQ(line.sources.config_file, folder.str("cromwell/config.toml"));
}

}  // namespace
}  // namespace cromwell::server
