// Languages, outlines and syntax errors, for each grammar.
#include "workspace/outline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workspace/syntax_errors_of.h"
#include "workspace/syntax_check.h"

namespace cromwell::workspace {
namespace {

using testing::ElementsAre;

// "kind container.name first-last", indented by depth.
std::vector<std::string> outline(const std::string& text, Grammar grammar) {
  const auto tree = SyntaxTree::parse(text, grammar);
  EXPECT_TRUE(tree.has_value());
  std::vector<std::string> lines;
  for (const Symbol& symbol : outline_of(*tree, text)) {
    lines.push_back(std::string(static_cast<std::size_t>(symbol.depth), ' ') +
                    symbol_kind_name(symbol.kind) + " " +
                    (symbol.container.empty() ? "" : symbol.container + ".") + symbol.name + " " +
                    std::to_string(symbol.lines.first) + "-" + std::to_string(symbol.lines.last));
  }
  return lines;
}

TEST(LanguageOf, KnowsEndingsNamesAndInterpreters) {
  EXPECT_EQ(language_of("a/b.PY").grammar, Grammar::kPython);
  EXPECT_EQ(language_of("x.d.ts").grammar, Grammar::kTypeScript);
  EXPECT_EQ(language_of("x.tsx").grammar, Grammar::kTsx);
  EXPECT_EQ(language_of("Makefile").fence, "makefile");
  EXPECT_TRUE(language_of("README.md").prose);
  EXPECT_EQ(language_of("none").grammar, Grammar::kNone);
  EXPECT_EQ(language_of("run", "#!/usr/bin/env -S python3.11 -u\n").grammar, Grammar::kPython);
  EXPECT_EQ(language_of("run", "#!/bin/sh\n").grammar, Grammar::kBash);
  EXPECT_EQ(language_of("run", "#!/usr/bin/perl\n").grammar, Grammar::kNone);
  EXPECT_EQ(language_of("run", "#!").grammar, Grammar::kNone);
}

TEST(LanguageOf, ReadsAHeaderAsCppWhereItsTextSaysSo) {
  EXPECT_EQ(language_of("a.h", "struct s { int a; };\n").grammar, Grammar::kC);
  EXPECT_EQ(language_of("a.h", "namespace n {\n}\n").grammar, Grammar::kCpp);
}

TEST(Outline, OfPython) {
  EXPECT_THAT(
      outline("LIMIT = 3\n\n@cached\ndef f(a):\n    x = 1\n    return x\n\n\n"
              "class A(B):\n    def g(self):\n        pass\n",
              Grammar::kPython),
      ElementsAre("variable LIMIT 1-1", "function f 3-6", "class A 9-11", " method A.g 10-11"));
}

TEST(Outline, OfJavaScript) {
  EXPECT_THAT(outline("export function f() {}\nconst g = (a) => {\n  const local = 1;\n};\n"
                      "let n = 1;\nclass A {\n  m() {}\n}\n",
                      Grammar::kJavaScript),
              ElementsAre("function f 1-1", "function g 2-4", "variable n 5-5", "class A 6-8",
                          " method A.m 7-7"));
}

TEST(Outline, OfTypeScriptAndTsx) {
  const std::string text =
      "interface P { a: number }\ntype T = P | null;\nenum E { X }\n"
      "export abstract class A {\n  abstract m(): void;\n  f(a?: number): T { return null; }\n}\n";
  const auto expected = ElementsAre("class P 1-1", "type T 2-2", "enum E 3-3", "class A 4-7",
                                    " method A.m 5-5", " method A.f 6-6");
  EXPECT_THAT(outline(text, Grammar::kTypeScript), expected);
  EXPECT_THAT(outline(text, Grammar::kTsx), expected);
}

TEST(Outline, OfC) {
  EXPECT_THAT(outline("#define MAX 3\nstruct point { int x; };\nint *find(struct point *p);\n"
                      "static int\nadd(int a, int b)\n{\n  struct point q;\n  return a + b;\n}\n"
                      "typedef struct point point_t;\n",
                      Grammar::kC),
              ElementsAre("macro MAX 1-1", "class point 2-2", "function find 3-3",
                          "function add 4-9", "type point_t 10-10"));
}

TEST(Outline, OfCpp) {
  EXPECT_THAT(outline("namespace a {\nclass B {\n public:\n  void f() const;\n  int g_;\n};\n"
                      "template <class T>\nT id(T t) {\n  return t;\n}\nvoid B::f() const {}\n}\n",
                      Grammar::kCpp),
              ElementsAre("module a 1-12", " class a.B 2-6", "  method a.B.f 4-4",
                          " function a.id 7-10", " function a.B.f 11-11"));
}

TEST(Outline, OfRust) {
  EXPECT_THAT(outline("struct P { x: i32 }\nimpl P {\n    fn new() -> P { P { x: 1 } }\n}\n"
                      "trait T { fn t(&self); }\nfn main() {}\n",
                      Grammar::kRust),
              ElementsAre("class P 1-1", "class P 2-4", " method P.new 3-3", "class T 5-5",
                          " method T.t 5-5", "function main 6-6"));
}

TEST(Outline, OfGo) {
  EXPECT_THAT(outline("package p\n\ntype T struct{ a int }\n\nfunc (t *T) M() int { return 1 }\n"
                      "func F() {}\nconst C = 1\n",
                      Grammar::kGo),
              ElementsAre("class T 3-3", "method M 5-5", "function F 6-6", "variable C 7-7"));
}

TEST(Outline, OfJava) {
  EXPECT_THAT(outline("class A {\n  A() {}\n  @Override\n  int m(int a) { return a; }\n"
                      "  enum E { X }\n}\n",
                      Grammar::kJava),
              ElementsAre("class A 1-6", " method A.A 2-2", " method A.m 3-4", " enum A.E 5-5"));
}

TEST(Outline, OfJsonAndBash) {
  EXPECT_THAT(outline("{\n  \"name\": \"x\",\n  \"scripts\": {\"a\": 1}\n}\n", Grammar::kJson),
              ElementsAre("variable name 2-2", "variable scripts 3-3"));
  EXPECT_THAT(outline("main() {\n  echo\n}\nfunction f { :; }\n", Grammar::kBash),
              ElementsAre("function main 1-3", "function f 4-4"));
}

TEST(Outline, ASignatureIsOneLineWithoutTheBody) {
  const std::string text = "def f(\n    a,\n    b,\n):\n    return a\n";
  const auto tree = SyntaxTree::parse(text, Grammar::kPython);
  EXPECT_EQ(outline_of(*tree, text).at(0).signature, "def f( a, b, )");
}

TEST(Outline, ALongSignatureIsCutBetweenCharacters) {
  std::string text = "def f(a=\"";
  for (int i = 0; i < 200; ++i) text += "\u00e9";
  text += "\"):\n    pass\n";
  const auto tree = SyntaxTree::parse(text, Grammar::kPython);
  const std::string signature = outline_of(*tree, text).at(0).signature;
  EXPECT_LE(signature.size(), kMaxSignatureBytes);
  EXPECT_TRUE(is_utf8(signature));
}

std::vector<std::string> errors(const std::string& text, Grammar grammar) {
  const auto tree = SyntaxTree::parse(text, grammar);
  std::vector<std::string> lines;
  for (const SyntaxError& error : syntax_errors(*tree, text)) {
    lines.push_back(std::to_string(error.line) + ": " + error.what);
  }
  return lines;
}

TEST(SyntaxErrors, SayTheLineAndWhat) {
  EXPECT_THAT(errors("int f(void) {\n  return 1\n}\n", Grammar::kC),
              ElementsAre("2: expected \";\""));
  EXPECT_THAT(errors("x = 1\n}\n", Grammar::kPython), ElementsAre("2: unexpected \"}\""));
  EXPECT_THAT(errors("def f():\n    # later\nx = 1\n", Grammar::kPython),
              ElementsAre("1: expected an indented block"));
}

TEST(SyntaxErrors, KnowWhatPythonRefusesAndItsGrammarTakes) {
  EXPECT_THAT(errors("def f():\n    raise A\n        pass\n", Grammar::kPython),
              ElementsAre("2: unexpected indentation"));
  EXPECT_THAT(errors("x = 1\n    y = 2\n", Grammar::kPython),
              ElementsAre("1: unexpected indentation"));
  EXPECT_THAT(errors("if a:\n    b()\n    finally:\n        c = 1\n", Grammar::kPython),
              testing::Contains("3: a keyword out of place"));
  EXPECT_THAT(errors("a = 1; b = 2\nif a: b\nclass C: x = 1; y = 2\n", Grammar::kPython),
              testing::IsEmpty());
}

TEST(SyntaxErrors, AreNoneInSoundTextOfEachLanguage) {
  const std::vector<std::pair<Grammar, std::string>> sound = {
      {Grammar::kPython, "match x:\n    case [1, *r]:\n        y = f\"{x!r:>{w}}\"\n"},
      {Grammar::kJavaScript,
       "const a = b?.c ?? `${d}`\nexport const f = async () => { for await (const x of y) {} }\n"},
      {Grammar::kTypeScript,
       "function f(a: string): void\nfunction f(a: any) { let x = a ? {b: 1} : .5 }\n"
       "type F = ({a}: {a: number}) => number\n"},
      {Grammar::kTsx, "const a = <p className=\"x\">text {b} &amp;\n more</p>\n"},
      {Grammar::kC, "static inline int f(const char *s, ...) { return s ? 1 : 0; }\n"},
      {Grammar::kCpp, "auto f = [](auto&&... a) { return (a + ...); };\n"},
      {Grammar::kRust, "fn f<'a>(x: &'a str) -> impl Fn() + 'a { move || println!(r#\"{x}\"#) }\n"},
      {Grammar::kGo, "package p\n\nfunc F[T any](a ...T) (n int) { defer f(); return }\n"},
      {Grammar::kJava,
       "record R(int a) { static int f() { return switch (1) { default -> 2; }; } }\n"},
      {Grammar::kJson, "{\"a\": [1, -2e3, null, \"\\u00e9\"]}\n"},
      {Grammar::kBash, "for f in \"${a[@]}\"; do cat <<EOF >>x\n$f\nEOF\ndone\n"}};
  for (const auto& [grammar, text] : sound) {
    EXPECT_THAT(errors(text, grammar), testing::IsEmpty()) << text;
  }
}

std::optional<std::size_t> count_new(const std::string& old_text, const std::string& new_text,
                                     LineRange region) {
  const auto added = new_syntax_errors({old_text, new_text, region}, Grammar::kPython);
  return added ? std::optional(added->size()) : std::nullopt;
}

TEST(NewSyntaxErrors, OnlyThoseThatTheOldTextHadNot) {
  const std::string broken = "def f(:\n    pass\n\n\nx = 1\ny = 2\n";
  EXPECT_EQ(count_new("x = 1\n", "x = 2\n", {1, 1}), 0U);
  EXPECT_EQ(count_new("x = 1\n", "x = (2\n", {1, 1}), 1U);
  EXPECT_EQ(count_new(broken, "def f(:\n    pass\n\n\nx = 1\ny = 3\nz = 4\n", {6, 6}), 0U);
  EXPECT_GE(*count_new(broken, "def f(:\n    pass\n\n\nx = 1\ny = = 3\n", {6, 6}), 1U);
  EXPECT_EQ(count_new(broken, "def f():\n    pass\n\n\nx = 1\ny = 2\n", {1, 2}), 0U);
}

TEST(NewSyntaxErrors, AnOldErrorThatIsMendedDoesNotPayForANewOneElsewhere) {
  EXPECT_GE(*count_new("a = (\n\n\n\nb = 1\n", "a = (\n\n\n\nb = )1\n", {5, 5}), 1U);
}

TEST(SyntaxTree, IsNoneWithoutAGrammarOrPastALimit) {
  EXPECT_FALSE(SyntaxTree::parse("a", Grammar::kNone));
  EXPECT_FALSE(SyntaxTree::parse("aaaa", Grammar::kPython, {.max_bytes = 3}));
  const std::string calls = [] {
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += "f(x, y)\n";
    return text;
  }();
  EXPECT_FALSE(SyntaxTree::parse(calls, Grammar::kPython, {.time = std::chrono::milliseconds(0)}));
  EXPECT_FALSE(SyntaxTree::parse(calls, Grammar::kPython,
                                 {.time = tests::unhurried().time, .tree_bytes = 1 << 16}));
  EXPECT_TRUE(SyntaxTree::parse(calls, Grammar::kPython, tests::unhurried()));
}

TEST(SyntaxTree, TakesTextThatNestsAsDeepAsItIsLong) {
  const std::string open(300'000, '(');
  for (const Grammar grammar : {Grammar::kPython, Grammar::kCpp, Grammar::kTsx, Grammar::kRust}) {
    const auto tree = SyntaxTree::parse(open, grammar, tests::unhurried());
    ASSERT_TRUE(tree);
    EXPECT_TRUE(outline_of(*tree, open).empty());
    EXPECT_FALSE(syntax_errors(*tree, open).empty());
  }
}

}  // namespace
}  // namespace cromwell::workspace
