// What grammars take and compilers do not: found in each language, and never in sound sources.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "tests/workspace/sound_sources.h"
#include "tests/workspace/syntax_errors_of.h"
#include "workspace/loose_statement.h"
#include "workspace/placement_check.h"
#include "workspace/redeclaration_check.h"
#include "workspace/syntax_check.h"

namespace cromwell::workspace {
namespace {

using enum Grammar;

struct Case {
  Grammar grammar;
  const char* text;
};

std::string errors_of(const Case& c) { return tests::errors_of(c.grammar, c.text); }

TEST(StrictSyntax, FindsKeywordsOfRustInThePlaceOfNames) {
  for (const char* text :
       {"fn f() {\n\n    type(1);\n}\n", "fn f() {\n\n    let x = S { type: 1 };\n}\n",
        "fn f() {\n\n    a.type = 1;\n}\n"}) {
    EXPECT_NE(errors_of({kRust, text}).find("3: "), std::string::npos) << text;
  }
  for (const char* text :
       {"fn f() {\n    r#type(1);\n    m!(type match x);\n    let union = 1;\n    a.await;\n}\n",
        "macro_rules! m {\n    ($type:ty) => {\n        fn f() -> $type {}\n    };\n}\n",
        "fn f(a: &'static str) {}\nuse self::a;\nuse super::b;\nuse crate::c;\n",
        "impl A {\n    fn f(&self) -> Self {\n        Self\n    }\n}\n"}) {
    EXPECT_EQ(errors_of({kRust, text}), "") << text;
  }
}

TEST(StrictSyntax, FindsStatementsOutsideOfFunctions) {
  for (const Case& c :
       {Case{kGo, "package a\n\nf().x = 1\n"}, Case{kGo, "package a\n\nf()\n"},
        Case{kGo, "package a\n\nx := 1\n"}, Case{kRust, "use a;\n\nlet x = 1;\n"},
        Case{kRust, "use a;\n\nx = 1;\n"}, Case{kRust, "mod m {\n\nlet x = 1;\n}\n"},
        Case{kC, "int a;\n\na = 1;\n"}, Case{kC, "int a;\n\nif (a) b();\n"},
        Case{kC, "#ifndef A\nint f(\n);return 1;\n#endif\n"},
        Case{kCpp, "namespace n {\n\na = 1;\n}\n"}, Case{kJava, "class A {}\n\nint x = 1;\n"}}) {
    EXPECT_EQ(errors_of(c), "3: a statement outside of a function\n") << c.text;
  }
}

TEST(StrictSyntax, FindsWhatIsNoMemberOfAnImpl) {
  for (const char* text : {"impl A {\nimpl B {}\n}\n", "trait A {\nstruct B;\n}\n"}) {
    EXPECT_EQ(errors_of({kRust, text}), "2: what is no member of an impl or a trait\n") << text;
  }
  EXPECT_EQ(errors_of({kRust,
                       "impl A {\n#[b]\npub const C: u8 = 1;\ntype D = E;\n// f\n"
                       "pub fn f() { struct G; impl G {} }\nm!();\nm! {}\n}\n"
                       "trait A: B { type C; fn d(); fn e() {} }\n"}),
            "");
}

TEST(StrictSyntax, FindsABodyBehindWhatIsNoFunction) {
  EXPECT_EQ(errors_of({kC, "class A {\npublic:\n    int b;\n};\n"}),
            "1: a body behind what is no function\n");
  EXPECT_EQ(
      errors_of({kC, "int f(void) {}\nint (*g(int a))(void) {}\nstruct EXPORT A {\nint b;\n};\n"}),
      "");
  EXPECT_EQ(errors_of({kCpp, "A::A() {}\nA::operator int() {}\nint A::f() const {}\n"}), "");
}

TEST(StrictSyntax, TakesDeclarationsAndMacrosOutsideOfFunctions) {
  for (const Case& c :
       {Case{kGo,
             "// a\npackage a\nimport \"b\"\nvar c = 1\nconst d = 2\ntype e int\nfunc f() {\n"
             "x := 1\nx = 2\n}\n"},
        Case{kRust,
             "#![a]\nmacro_rules! m { () => {}; }\nm!();\nm! {}\nmod n { fn f() { let x = 1; "
             "x = 2; } }\nimpl A { const B: u8 = 1; }\n"},
        Case{kC, "MODULE(x);\n;\nint f() { a = 1; return a; }\n#ifdef B\nint b;\n#endif\n"},
        Case{kCpp, "namespace n { extern \"C\" { int a; } }\nclass A { void f() { a = 1; } };\n"},
        Case{kJava, "package a;\nimport b;\nclass A { void f() { int x = 1; x = 2; } }\n"}}) {
    EXPECT_EQ(errors_of(c), "") << c.text;
  }
}

TEST(StrictSyntax, FindsWhatHasNothingToLeave) {
  const std::pair<Case, const char*> cases[] = {
      {{kPython, "return 1\n"}, "1: return outside of a function\n"},
      {{kPython, "class A:\n    return 1\n"}, "2: return outside of a function\n"},
      {{kPython, "def f():\n    break\n"}, "2: break outside of a loop\n"},
      {{kPython, "for a in b:\n    pass\nelse:\n    continue\n"},
       "4: continue outside of a loop\n"},
      {{kPython, "for a in b:\n    def f():\n        break\n"}, "3: break outside of a loop\n"},
      {{kPython, "def f():\n    await g()\n"}, "2: await outside of an async function\n"},
      {{kPython, "x = yield 1\n"}, "1: yield outside of a function\n"},
      {{kPython, "del f()\n"}, "1: a value where a name is expected\n"},
      {{kPython, "del a, f()\n"}, "1: a value where a name is expected\n"},
      {{kPython, "with a as f():\n    pass\n"}, "1: a value where a name is expected\n"},
      {{kJavaScript, "function f() { await g(); }\n"}, "1: await outside of an async function\n"},
      {{kJavaScript, "if (a) { break; }\n"}, "1: break outside of a loop\n"},
      {{kTypeScript, "switch (a) { case 1: continue; }\n"}, "1: continue outside of a loop\n"}};
  for (const auto& [c, expected] : cases) EXPECT_EQ(errors_of(c), expected) << c.text;
}

TEST(StrictSyntax, TakesWhatHas) {
  for (const Case& c :
       {Case{kPython,
             "def f():\n    for a in b:\n        if a:\n            break\n        else:\n"
             "            continue\n    return 1\n"},
        Case{kPython, "for a in b:\n    for c in d:\n        pass\n    else:\n        break\n"},
        Case{kPython, "async def f():\n    await g()\n    async with a as b:\n        yield 1\n"},
        Case{kPython, "del a, b.c, d[0], (e)\nwith a as (b, c), d as e.f:\n    pass\n"},
        Case{kPython, "f = lambda: (yield)\n"},
        Case{kJavaScript, "a: { break a; } switch (b) { case 1: break; }\n"},
        Case{kJavaScript, "const f = async () => { for (;;) { await g(); break; } };\n"},
        Case{kJavaScript,
             "class A { async f() { await g(); } static async *g() { await h(); } }\n"},
        Case{kTypeScript, "class A { private async f(): Promise<void> { await g(); } }\n"}}) {
    EXPECT_EQ(errors_of(c), "") << c.text;
  }
}

TEST(StrictSyntax, FindsANameDeclaredTwice) {
  for (const char* text :
       {"let a;\nlet a;\n", "const {a, b: [c]} = d;\nlet c = 1;\n", "var a;\nconst a = 1;\n",
        "function f() {\nconst a = 1; class a {} }\n",
        "switch (b) { case 1: let a;\ndefault: let a; }\n", "class A {}\nlet A;\n"}) {
    EXPECT_EQ(errors_of({kJavaScript, text}), "2: a name that its block has declared already\n")
        << text;
    EXPECT_NE(errors_of({kTypeScript, text}), "") << text;
  }
}

// From the campaign of edits: a program written above a file's package clause.
TEST(StrictSyntax, KnowsWhatMustStandAtAFilesHead) {
  const std::string package = "a package that is not the first\n";
  const std::string import = "an import that must stand before\n";
  EXPECT_EQ(errors_of({kGo, "package a\n\nfunc f() {}\n\npackage b\n"}), "5: " + package);
  EXPECT_EQ(errors_of({kGo, "package a\n\nvar x int\n\nimport \"b\"\n"}), "5: " + import);
  EXPECT_EQ(errors_of({kGo, "// a\nfunc f() {}\n"}), "1: no package clause\n");
  EXPECT_EQ(errors_of({kJava, "import a;\npackage b;\nclass A {}\n"}), "2: " + package);
  EXPECT_EQ(errors_of({kJava, "class A {}\nimport b;\n"}), "2: " + import);
  EXPECT_EQ(errors_of({kPython, "import a\nfrom __future__ import b\n"}), "2: " + import);
}

TEST(StrictSyntax, TakesAHeadInItsOrder) {
  for (const Case& c :
       {Case{kGo, "// a\n\npackage a\n\nimport \"b\"\nimport \"c\"\n\n// d\nfunc f() {}\n"},
        Case{kGo, "// a\n"}, Case{kJava, "/* a */\npackage a;\nimport b;\nimport c;\nclass A {}\n"},
        Case{kJava, "import b;\nclass A {}\n"},
        Case{kPython, "# a\n\"\"\"b\"\"\"\nfrom __future__ import c\nimport d\n\"e\"\n"}}) {
    EXPECT_EQ(errors_of(c), "") << c.text;
  }
}

// From the campaign of edits: the line above `extern "C" {` was deleted.
TEST(StrictSyntax, KnowsConditionalsThatDoNotFitTogether) {
  const std::pair<const char*, const char*> cases[] = {
      {"#if A\n#endif\n#endif\n", "3: #endif without #if\n"},
      {"int a;\n# else\n", "2: #else or #elif without #if\n"},
      {"#ifdef A\n#else\n#elif B\n#endif\n", "3: #else or #elif behind #else\n"},
      {"#if A\n#ifndef B\n#endif\nint a;\n", "1: #if without #endif\n"}};
  for (const Grammar grammar : {kC, kCpp}) {
    for (const auto& [text, expected] : cases) {
      EXPECT_NE(errors_of({grammar, text}).find(expected), std::string::npos) << text;
    }
  }
  const char* kSound =
      "#if A /* b\n#endif */\n#elif B\n#else\n  #  endif // #if\n// /*\n"
      "const char* a = \"/*\";\n#ifdef C\nchar b = '\"'; /* c */\n#endif\n"
      "#define D \\\n  #if\n";
  for (const Grammar grammar : {kC, kCpp}) {
    EXPECT_EQ(errors_of({grammar, kSound}).find("#"), std::string::npos)
        << errors_of({grammar, kSound});
  }
}

// From the campaign of edits: a parameter that had lost its name.
TEST(StrictSyntax, KnowsWhatGosGrammarTakesAndGoDoesNot) {
  const std::pair<const char*, const char*> cases[] = {
      {"func f(a int, b) {}", "parameters with and without names"},
      {"func f() (a int, error) { return }", "parameters with and without names"},
      {"type t interface { f(a int, b) }", "parameters with and without names"},
      {"var f = func(a int, b) {}", "parameters with and without names"},
      {"func f(a ...int, b int) {}", "a parameter after \"...\""},
      {"func f() { a.b := 1 }", "no name on the left of \":=\""},
      {"func f() { for a[0] := range b {} }", "no name on the left of \":=\""},
      {"func f() { select { case a.b := <-c: } }", "no name on the left of \":=\""},
      {"func f() { for a, b, c := range d {} }", "more than two values of one"},
      {"const a", "a constant without a value"},
      {"func (a b, c d) f() {}", "a method has one receiver"},
      {"func f() { defer g }", "expected a call"},
      {"func f() { go func() {} }", "expected a call"}};
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(errors_of({kGo, ("package a\n\n" + std::string(text) + "\n").c_str()}),
              "3: " + std::string(expected) + "\n")
        << text;
  }
}

TEST(StrictSyntax, TakesWhatGoTakes) {
  EXPECT_EQ(
      errors_of({kGo,
                 "package a\n\nfunc f(a, b int, /* c */ c ...string) (int, error) {\n"
                 "d, e := 1, 2\nfor i, j := range b {}\nfor a.x = range b {}\n"
                 "defer g(d)\ngo func() { e() }()\nselect { case x := <-y: }\n}\n"
                 "func (*b) f(int, ...string) {}\n"
                 "type t interface { f(int, b); g() (a int) }\n"
                 "func g[T any, U int](T, U) {}\n"
                 "func h(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o *int) {}\n"
                 "func i() { for iota := range a { nil, _ := 1, 2 } }\n"
                 "const a, b = 1, 2\nconst (\n// c\nd = iota\ne\n)\nconst ()\n"
                 "func j() { for range a {}\nselect { case a.b, c[0] = <-d: case <-e: } }\n"}),
      "");
}

// From the campaign of edits: a class written into itself once more.
TEST(StrictSyntax, KnowsAMemberThatItsClassHasAndAClassWithinItself) {
  for (const char* text :
       {"struct A { int a;\nchar a; };\n", "struct A { int *a, b;\nint b[2]; };\n",
        "union { int a;\nstruct { int b; } a; } u;\n", "struct A {\nstruct A { int b; } c; };\n"}) {
    EXPECT_EQ(errors_of({kC, text}), "2: a name that its block has declared already\n") << text;
    EXPECT_EQ(errors_of({kCpp, text}), "2: a name that its block has declared already\n") << text;
  }
  EXPECT_EQ(errors_of({kCpp, "class A {\n class A { int b; };\n};\n"}),
            "2: a name that its block has declared already\n");
}

TEST(StrictSyntax, TakesMembersThatDiffer) {
  for (const char* text : {"struct A { struct A *next; int a; }; struct B { int a; };",
                           "struct A { struct { int a; } b; struct { int a; } c; };",
                           "struct A {\n#if X\nint a;\n#else\nlong a;\n#endif\n};"}) {
    EXPECT_EQ(errors_of({kC, text}), "") << text;
    EXPECT_EQ(errors_of({kCpp, text}), "") << text;
  }
  EXPECT_EQ(errors_of({kCpp, "class A { class B { int a; }; int f(); int f(int); A(); ~A(); };"}),
            "");
}

// From the campaign of edits: a last argument that lost its comma, an import that became words.
TEST(StrictSyntax, KnowsTheCommasOperatorsAndPathsOfGo) {
  for (const char* text :
       {"var x = []int{1, 2\n}", "var x = f(a\n)", "var x = A{\na: 1\n}", "func f(a int\n) {}",
        "var x = f(a..., b)", "var x = []int{,}", "import \"type annotations\"", "import \"\"",
        "var x = a <- b", "func f() { ++a }", "var x = &&a", "var x = \"\\z\""}) {
    EXPECT_NE(errors_of({kGo, ("package a\n\n" + std::string(text) + "\n").c_str()}), "") << text;
  }
  for (const char* text :
       {"var x = []int{\n1, // a\n2,\n}", "var x = f(a,\n)", "var x = f(\n)", "var x = A{}",
        "func f(\na int,\n) {}", "var x = f(func() {\n})", "var x = f(a...)", "import (\n)",
        "import a \"b.c/d-e_f\"", "var x = a < -b", "var x = - -a", "var x = <-a",
        "var x = \"\\n\\x41\\u00e9\\101\""}) {
    EXPECT_EQ(errors_of({kGo, ("package a\n\n" + std::string(text) + "\n").c_str()}), "") << text;
  }
}

// From the campaign of edits: a `break` behind a macro, a call above all functions.
TEST(StrictSyntax, KnowsMacrosAndCommentsOfRustThatEndNothing) {
  for (const char* text :
       {"fn f() {\n    m!(a)\n    break\n}\n", "m!(a)\nfn f() {}\n", "use a;\nb.c(\"d\");\n",
        "use a;;\n", "enum A {\n    B,\n    /// c\n}\n", "fn f() {\n    a();\n    /// b\n}\n",
        "use a;\n//! b\n", "use a;\n#![b]\n", "impl A {\n    #[b]\n}\n",
        "fn f() {\n    a\n        /// b\n        .c();\n}\n",
        "fn f() {\n    match a {\n        B => 1,\n        /** c */\n    }\n}\n"}) {
    EXPECT_NE(errors_of({kRust, text}), "") << text;
  }
  for (const char* text :
       {"fn f() {\n    m!(a);\n    m! { b }\n    m![c]\n}\n", "m!(a);\nm! {}\nfn f() {}\n",
        "impl A {\n    m!(a);\n    fn f() {}\n}\n", "fn f() { ; a();; }\n",
        "//! a\n\n// b\n//! c\n#![d]\n//! e\nuse f;\n", "/// a\n#[b]\nfn f() {}\n//// c\n",
        "enum A {\n    /// b\n    B, // c\n}\n",
        "fn f(/// a\n    b: u8) {\n    match b {\n        /// c\n        D => 1,\n    }\n}\n",
        "m! {\n    a\n    /// b\n    .c\n}\n",
        "fn f() {\n    a // b\n        .c() /* d */;\n}\n"}) {
    EXPECT_EQ(errors_of({kRust, text}), "") << text;
  }
}

TEST(StrictSyntax, KnowsThatRustHasNoCatchAndNamesNothingAsync) {
  for (const char* text : {"fn f() {\n    try {\n        a();\n    } catch {\n    }\n}\n",
                           "#[async]\nfn f() {}\n", "fn f() { let await = 1; }\n"}) {
    EXPECT_NE(errors_of({kRust, text}), "") << text;
  }
  for (const char* text : {"async fn f() { a.await; async move { b }.await; }\n",
                           "fn f(a: &dyn B) { r#try(); catch { c: 1 }; }\n"}) {
    EXPECT_EQ(errors_of({kRust, text}), "") << text;
  }
}

TEST(StrictSyntax, KnowsConstructorsAndEscapesOfJava) {
  for (const char* text :
       {"class A {\n  B() {}\n}\n", "enum A {\n  C;\n  B() {}\n}\n",
        "record A(int b) {\n  B {}\n}\n", "class A {\n  class B {\n    A() {}\n  }\n}\n",
        "class A { B c = new B() { B() {} }; }\n", R"(class A { String b = "\d"; })",
        R"(class A { char b = '\q'; })"}) {
    EXPECT_NE(errors_of({kJava, text}), "") << text;
  }
  for (const char* text :
       {"class A<T> {\n  A() {}\n  <B> A(B b) {}\n  void B() {}\n}\n",
        "enum A {\n  C { void f() {} };\n  A() {}\n}\n", "record A(int b) {\n  A {}\n}\n",
        "class A { B c = new B() { { d(); } void B() {} }; }\n",
        R"(class A { String b = "\b\t\n\f\r\s\"\'\\\0\377\u0041"; char c = '\u0041', d = '\''; })",
        "class A { String b = \"\"\"\n    a\\\n    b\"\"\"; }\n"}) {
    EXPECT_EQ(errors_of({kJava, text}), "") << text;
  }
}

// From a comparison with javac.
TEST(StrictSyntax, KnowsWordsAndStatementsOfJava) {
  for (const char* text :
       {"package a.catch;\n", "class A { int class; }\n",
        "class A { void f() { g(b, public); } }\n", "class A {\n  int f() {\n  }\n  return b;\n}\n",
        "public public class A {}\n", "class A { void f() { a == b; } }\n",
        "class A { void f() { a.b; } }\n", "class A { void f() { switch (a) { case 1: b; } } }\n",
        "package a;\nclass A {}\nvoid f() {}\n"}) {
    EXPECT_NE(errors_of({kJava, text}), "") << text;
  }
  for (const char* text :
       {"package a;\nimport static b.C.*;\n@D public final class A {}\n", "void main() {}\n",
        "class A { int record, var, module, with; Class<?> f() { return A.class; } }\n",
        "class A { void f() { a = b; a++; --b; c(); new D(); super.e(); this.g(); A.super.h(); } "
        "}\n",
        "class A { int f() { return switch (a) { case 1 -> b; default -> c + d; }; } }\n",
        "class A { A() { this(1); } void f() { switch (a) { case 1 -> b(); default -> c(); } } }\n",
        "class A { void f() { Runnable b = () -> { c(); }; d(e -> e + 1); ; } }\n"}) {
    EXPECT_EQ(errors_of({kJava, text}), "") << text;
  }
}

// From the campaign of edits: a class's initialisers between #if and #endif, at which tree-sitter
// loses its way, and an `if` far behind them.
TEST(StrictSyntax, KnowsStatementsOutsideOfFunctionsWhereTreeSitterIsLost) {
  const std::string lost =
      "namespace a::b {\nA::A()\n    :\n#if C\n      d(1),\n#endif\n      e(2) {\n}\n";
  const std::string function = "void f() {\n  if (a) return;\n}\n";
  const std::string end = "}  // namespace a::b\n";
  EXPECT_TRUE(loose_statements(lost + function + end, kCpp).empty());
  for (const char* loose : {"#pragma mark - Getters\nif (a) {\n  b();\n}\n", "\nreturn 1;\n",
                            "// d\nfor (;;) {\n}\n"}) {
    const auto found = loose_statements(lost + function + loose + function + end, kCpp);
    ASSERT_EQ(found.size(), 1U) << loose;
    EXPECT_EQ(found[0].line, 13) << loose;
  }
  EXPECT_TRUE(loose_statements("extern \"C\" int f(int a) {\n  return a;\n}\n", kCpp).empty());
  EXPECT_TRUE(loose_statements("#define A {\nif (a) b();\n", kC).empty());  // nothing is certain
}

TEST(StrictSyntax, KnowsTheEscapesOfRust) {
  for (const char* literal :
       {R"("\d")", R"("\ ")", R"('\q')", R"("\xff")", R"(b"\u{41}")", R"("\u0041")"}) {
    EXPECT_EQ(tests::errors_of(kRust, "const A: B = " + std::string(literal) + ";\n"),
              "1: an escape that Rust does not have\n")
        << literal;
  }
  for (const char* literal : {R"("\n\r\t\0\\\'\"\x7F\u{e9}")", "\"a\\\n  b\"", "\"a\\\r\n  b\"",
                              R"(b"\xff")", R"(b'\xff')", R"(r"\d")", R"('\u{10ffff}')"}) {
    EXPECT_EQ(tests::errors_of(kRust, "const A: B = " + std::string(literal) + ";\n"), "")
        << literal;
  }
}

TEST(StrictSyntax, KnowsKeywordsAndBlocksOutOfPlaceInC) {
  for (const Grammar grammar : {kC, kCpp}) {
    for (const char* text : {"void f(void) {\n  a->else = 1;\n}\n", "struct { int a; } while;\n",
                             "f(&a);\n{\n  b();\n}\n", "int f(void) {}\n{ int a; }\n"}) {
      EXPECT_NE(errors_of({grammar, text}), "") << text;
    }
    for (const char* text : {"#define static\n#define A(b) if (b) return\nint c;\n",
                             "void f(void) { a(b); b->c = sizeof(d); }\n"}) {
      EXPECT_EQ(errors_of({grammar, text}), "") << text;
    }
  }
}

TEST(StrictSyntax, TakesANameDeclaredInAnotherBlock) {
  for (const char* text : {"let a; { let a; }", "var a; var a; function a() {} function a() {}",
                           "for (let i;;) { let i; }", "let {a = b, ...c} = d; let b;",
                           "let f = function f() {};", "class A {} function g() { class A {} }"}) {
    EXPECT_EQ(errors_of({kJavaScript, text}), "") << text;
  }
  EXPECT_EQ(errors_of({kTypeScript, "class A {} interface A {} namespace A {}"}), "");
}

// From the campaign of edits: the lines that defined a macro became others.
TEST(StrictSyntax, AnEditOfCMayNotTakeAMacroThatIsUsedNorCallOneThatIsNone) {
  const auto count = [](const char* before, const char* after, Grammar grammar = kC) {
    return new_syntax_errors({before, after, {1, 1}}, grammar)->size();
  };
  EXPECT_EQ(count("#define API extern\nAPI int a;\n", "#define B\nAPI int a;\n"),
            3U);  // two were there
  EXPECT_EQ(count("#define API extern\nint a;\n", "#define B\nint a;\n"), 0U);
  EXPECT_EQ(count("#define API extern\n#ifdef API\n#endif\n", "\n#ifdef API\n#endif\n"), 0U);
  EXPECT_EQ(count("int a;\nint b;\n", "LOG(a, 1);\nint b;\n"), 1U);
  EXPECT_EQ(count("int a;\nint b;\n", "static_assert(sizeof(int) == 4, \"\");\nint b;\n"), 0U);
  EXPECT_EQ(count("int a;\nint b;\n", "LOG(std::a);\nint b;\n", kCpp), 1U);
  EXPECT_EQ(count("LOG(a, 1);\nint b;\n", "LOG(a, 2);\nLOG(a, 3);\nint b;\n"), 0U);
  EXPECT_EQ(count("int a;\nint b;\n", "void f(void) { LOG(a, 1); }\nint b;\n"), 0U);
}

TEST(StrictSyntax, AnEditOfCMayTellAMacroOfTheFilesFunctions) {
  const std::string before = "int g(void);\nint f(int a) { return a; }\n";
  const auto count = [&](const std::string& line, Grammar grammar = kC) {
    return new_syntax_errors({before, before + line, {2, 2}}, grammar)->size();
  };
  EXPECT_EQ(count("EXPORT_SYMBOL(f);\n"), 0U);
  EXPECT_EQ(count("EXPORT_SYMBOL(/* for modules */ f);\n"), 0U);
  EXPECT_EQ(count("EXPORT_SYMBOL(f  // for modules\n);\n"), 0U);
  EXPECT_EQ(count("EXPORT_ALL(f, g);\n"), 0U);
  for (const char* line :
       {"EXPORT_SYMBOL(a);\n", "EXPORT_SYMBOL(\"f\");\n", "EXPORT_SYMBOL();\n",
        "EXPORT_SYMBOL(/* f */);\n", "CHECK(f(1));\n", "print(f);\n", "EXPORT_SYMBOL(f, a);\n"}) {
    EXPECT_EQ(count(line), 1U) << line;
  }
  EXPECT_EQ(count("EXPORT_SYMBOL(f);\n", kCpp), 1U);  // there it is no declaration either
}

TEST(StrictSyntax, FindsNothingInSoundSources) {
  std::map<std::string, int> files;
  tests::for_each_sound_source(20, [&](const tests::SoundSource& source) {
    const auto tree = SyntaxTree::parse(source.text, source.language.grammar);
    // A grammar that was led astray says nothing of what a compiler takes.
    if (!tree || ts_node_has_error(tree->root())) return;
    ++files[std::string(source.language.fence)];
    for (const SyntaxError& error : syntax_errors(*tree, source.text)) {
      ADD_FAILURE() << source.path << ":" << error.line << ": " << error.what;
    }
  });
  for (const auto& [language, count] : files) std::cout << language << ": " << count << " files\n";
  EXPECT_GT(files["python"], 5);
}

}  // namespace
}  // namespace cromwell::workspace
