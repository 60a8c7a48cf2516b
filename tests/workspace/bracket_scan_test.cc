// Brackets that close what was never opened: found where they are code, and never in sound sources.
#include "workspace/bracket_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "tests/workspace/sound_sources.h"

namespace cromwell::workspace {
namespace {

using enum Grammar;

struct Outcome {
  int fault = 0;  // the line, 0: none
  bool certain = true;
};

Outcome scan(std::string_view text, Grammar grammar) {
  BracketScan brackets(grammar);
  for (int line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (!brackets.feed(text.substr(0, end))) return {line, brackets.certain()};
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {0, brackets.certain()};
}

struct Case {
  Grammar grammar;
  const char* text;
};

TEST(BracketScan, FindsWhatClosesAndWasNeverOpened) {
  const Case cases[] = {{kPython, "f(a)\nb)"},
                        {kPython, "x = [1, 2)\n\n"},
                        {kPython, "'(' )"},
                        {kJavaScript, "f();\n}"},
                        {kJavaScript, "`${a})`; )"},
                        {kJavaScript, "a / b; )"},
                        {kTypeScript, "let a = [}];"},
                        {kC, "int a;\n}"},
                        {kC, "char c = '{'; }"},
                        {kCpp, "R\"x({)x\"; }"},
                        {kRust, "fn f<'a>() {}\n}"},
                        {kRust, "'(' )"},
                        {kRust, "r#\"{\"#; }"},
                        {kGo, "func f() {\n}\n}"},
                        {kGo, "a := `{`\n}"},
                        {kJava, "class A {}\n}"},
                        {kJson, "[1, 2}"},
                        {kC, "/* { */ }"},
                        {kRust, "/* /* */ { */ }"},
                        {kPython, "\"\"\"(\n\"\"\" )"}};
  for (const Case& c : cases) EXPECT_NE(scan(c.text, c.grammar).fault, 0) << c.text;
}

TEST(BracketScan, SaysTheLine) { EXPECT_EQ(scan("a = (\n)\nb\n]\n", kPython).fault, 4); }

TEST(BracketScan, SeesNoBracketsInTextsAndComments) {
  const Case cases[] = {
      {kPython, "a = ')'  # ]\nb = '''\n}\n'''\nc = r'\\')'\nd = 'x\\\n)'"},
      {kJavaScript, "a = ')'; // ]\nb = `)${c({})}]`; /* } */ d = /[)\\/]]/.test(e)"},
      {kJavaScript, "if (a) /\\)/.test(b); c = i++ / (2); d = [1][0] / 2"},
      {kJavaScript, "#!/usr/bin/env node )\na"},
      {kTypeScript, "const a: Map<string, B> = new Map<string, B>();"},
      {kC, "char c = ')', d = '\\''; // ]\n#define END ()\n#error don't )\n"},
      {kC, "#define F(x) \\\n  g(x)\n#if A\nif (b) {\n#else\nif (c) {\n#endif\n}\n"},
      {kC, "#define A /* it's\n ) */\nint a;"},
      {kC,
       "#ifndef A_H\n#ifdef __cplusplus\nextern \"C\" {\n#endif\nint f();\n#ifdef __cplusplus\n}\n"
       "#endif\n#endif\n"},
      {kCpp, "auto a = R\"(\n)\\\")\"; int b = 1'000'000; char c = ')';"},
      {kRust, "fn f<'a>(x: &'a str) { ')'; '\\''; 'é'; b')'; b\"\n)\"; r\"\\\"; r#x; }"},
      {kGo, "a := ')'; b := `\n)`; // ]"},
      {kJava, "String a = \"\"\"\n  )\"\n\"\"\"; char c = ')';"},
      {kJson, "{\"a\": [\")\"]}"}};
  for (const Case& c : cases) {
    const Outcome outcome = scan(c.text, c.grammar);
    EXPECT_EQ(outcome.fault, 0) << c.text;
    EXPECT_TRUE(outcome.certain) << c.text;
  }
}

TEST(BracketScan, DoesNotAccuseWhereItCannotBeSure) {
  const Case cases[] = {{kJavaScript, "return <p>it's )</p>"}, {kC, "#if A\n{\n#endif\n}\n}"},
                        {kC, "#define OPEN {\nOPEN }\n}"},     {kC, "F({, x) }"},
                        {kC, "#if OFF\n)\n#endif\n)"},         {kC, "it's\n)"},
                        {kJavaScript, "f = {} / 2; )"},        {kPython, "f'{a['(']}' )"}};
  for (const Case& c : cases) {
    EXPECT_EQ(scan(c.text, c.grammar).fault, 0) << c.text;
    EXPECT_FALSE(scan(c.text, c.grammar).certain) << c.text;
  }
}

TEST(BracketScan, ACopyIsAStateToGoBackTo) {
  BracketScan scan(kPython);
  ASSERT_TRUE(scan.feed("f("));
  const BracketScan before = scan;
  EXPECT_FALSE(scan.feed("]"));
  scan = before;
  EXPECT_TRUE(scan.feed(")"));
}

TEST(BracketScan, FindsNoFaultInSoundSources) {
  std::map<std::string, std::pair<int, int>> counts;  // files, those without certainty
  tests::for_each_sound_source(1, [&](const tests::SoundSource& source) {
    if (!BracketScan::supports(source.language.grammar)) return;
    const Outcome outcome = scan(source.text, source.language.grammar);
    EXPECT_EQ(outcome.fault, 0) << source.path << ":" << outcome.fault;
    auto& [files, uncertain] = counts[std::string(source.language.fence)];
    ++files;
    uncertain += outcome.certain ? 0 : 1;
  });
  for (const auto& [language, count] : counts) {
    std::cout << language << ": " << count.first << " files, " << count.second
              << " without certainty\n";
  }
  EXPECT_GT(counts["python"].first, 100);
  EXPECT_LT(counts["python"].second, counts["python"].first / 20);
}

}  // namespace
}  // namespace cromwell::workspace
