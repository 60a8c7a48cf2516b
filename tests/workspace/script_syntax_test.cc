// JavaScript that its grammar takes and V8 does not, and what looks like it and is sound. Each text
// was given to V8 (tests/campaign/script_judge.mjs), which agrees.
#include <gtest/gtest.h>

#include "tests/workspace/syntax_errors_of.h"

namespace cromwell::workspace {
namespace {

TEST(ScriptSyntax, FindsWhatV8Refuses) {
  for (const char* text : {R"~("use strict"; const arguments = 1)~",
                           R"~("use strict"; function f(eval) {})~",
                           R"~("use strict"; ({a: eval} = b))~",
                           R"~("use strict"; arguments++)~",
                           R"~("use strict"; var static = 1)~",
                           R"~("use strict"; a = package)~",
                           R"~("use strict"; with (a) { b })~",
                           R"~("use strict"; a = 010)~",
                           R"~("use strict"; a = "\01")~",
                           R"~("use strict"; delete a)~",
                           R"~("use strict"; function f(a, a) {})~",
                           R"~("use strict"; if (a) function f() {})~",
                           R"~(function f() { "use strict"; var public = 1 })~",
                           R"~(class A { f() { arguments = 1 } })~",
                           R"~(import a from "b"; const eval = 1)~",
                           R"~(`\01`)~",
                           R"~(let let = 1)~",
                           R"~(a = {if})~",
                           R"~(var enum = 1)~",
                           R"~(async function f() { var await = 1 })~",
                           R"~(function* f() { var yield = 1 })~",
                           R"~(function f() { yield a })~",
                           R"~(await a)~",
                           R"~(function f() { for await (const a of b) {} })~",
                           R"~(f = (a, a) => 1)~",
                           R"~(function f({a}, a) {})~",
                           R"~(class A { f(a, a) {} })~",
                           R"~(super.a())~",
                           R"~(class A { f() { super() } })~",
                           R"~(class A { constructor() { super() } })~",
                           R"~(({ f: function() { super.a } }))~",
                           R"~(class A { constructor() {} constructor() {} })~",
                           R"~(class A { get constructor() {} })~",
                           R"~(class A { static prototype() {} })~",
                           R"~(class A { constructor = 1 })~",
                           R"~(class A { get a(b) {} })~",
                           R"~(class A { set a() {} })~",
                           R"~(class A { f() { a.#b } })~",
                           R"~(class A { #b; f() { delete this.#b } })~",
                           R"~(class A { static { return } })~",
                           R"~(break a)~",
                           R"~(a: { continue a })~",
                           R"~(a: { function f() { break a } })~",
                           R"~(a: for (;;) { a: for (;;) {} })~",
                           R"~(if (a) let b = 1)~",
                           R"~(if (a) b; else const c = 1)~",
                           R"~(while (a) class B {})~",
                           R"~(for (;;) function f() {})~",
                           R"~(if (a) async function f() {})~",
                           R"~(const a;)~",
                           R"~(for (const a;;) {})~",
                           R"~(var {a})~",
                           R"~(for (var a = 1 of b) {})~",
                           R"~(a + b = c)~",
                           R"~(a?.b = c)~",
                           R"~(-a = 1)~",
                           R"~((a ? b : c) = 1)~",
                           R"~(++a++)~",
                           R"~([a, ...b, c] = d)~",
                           R"~(function f(...a, b) {})~",
                           R"~(const {...a, b} = c)~",
                           R"~(function f(a.b) {})~",
                           R"~(a = /b/gg)~",
                           R"~(a = /(/)~",
                           R"~(a = /)/)~",
                           R"~(a = /+/)~",
                           R"~(a = /a**/)~",
                           R"~(a ?? b || c)~",
                           R"~(a && b ?? c)~",
                           R"~(-a ** b)~",
                           R"~(a || b => c)~",
                           R"~(a => {} ())~",
                           R"~(try {})~",
                           R"~(switch (a) { default: b; case 1: default: c })~",
                           R"~(({ __proto__: a, "__proto__": b }))~",
                           R"~(f(a,,b))~",
                           R"~(({a,,b}))~",
                           R"~(a?.b`c`)~",
                           R"~(new a?.b())~",
                           R"~(import())~",
                           R"~(function () {})~",
                           R"~(class {})~",
                           R"~({ a: 1, b: 2 })~",
                           R"~(a: { b: 'c', d: e })~",
                           R"~(a: { b: { c: 1, d: 2 } })~",
                           R"~({ 'a': 1 })~",
                           R"~({ [a]: 1 })~",
                           R"~({ a: 1, })~",
                           R"~({ ...a })~",
                           R"~({ a() {}, b })~",
                           R"~({ a: function () {} })~",
                           R"~(f = () => { a: 1, b: 2 })~",
                           R"~({ import a from "b" })~",
                           R"~(if (a) { export const b = 1 })~",
                           R"~(import a from "b"; return)~",
                           R"~(export default 1; export default 2)~",
                           R"~(export const a = 1; export { a })~",
                           R"~(export { a })~",
                           R"~(import a from "b"; let a)~",
                           R"~(import a from "b"; import { c as a } from "d")~",
                           R"~(import a from "b"; function f() {} function f() {})~",
                           R"~("use strict"; { function f() {} function f() {} })~",
                           R"~({ function f() {} var f })~",
                           R"~(function f(a) { let a })~",
                           R"~(f = ({a}) => { const a = 1 })~",
                           R"~(try {} catch (e) { let e })~",
                           R"~(try {} catch ({e}) { var e })~",
                           R"~(let a; { var a })~",
                           R"~(let a; for (var a of b) {})~",
                           R"~(for (let a, a;;) {})~",
                           R"~(switch (a) { case 1: let b; case 2: { var b } })~"}) {
    EXPECT_NE(tests::errors_of(Grammar::kJavaScript, text), "") << text;
  }
}

TEST(ScriptSyntax, TakesWhatV8Takes) {
  for (const char* text :
       {R"~(arguments = 1; eval = 1; var static = 1, package = 2, yield = 3)~",
        R"~(a = 010 + "\01"; delete a; with (a) b)~",
        R"~(function f(a, a) {})~",
        R"~(if (a) function f() {} else function g() {})~",
        R"~(a: function f() {})~",
        R"~("use strict"; a = { eval: 1, arguments: 2, static: 3 })~",
        R"~("use strict"; a.package; eval("1"); arguments[0] = 1)~",
        R"~("use strict"; ({ yield: 1 }); a = "\0")~",
        R"~(("use strict"); var public)~",
        R"~(async function f() { await (0, a)(b); for await (a of b) {} })~",
        R"~(async function f() { const g = async () => await h() })~",
        R"~(function* f() { const a = yield; yield* b })~",
        R"~(class A extends B { constructor() { const f = () => super(); super.a() } })~",
        R"~(class A { x = super.a; static { super.b } })~",
        R"~(class A { get c() {} set c(d) {} static constructor() {} })~",
        R"~(({ f() { super.a }, get a() {}, set a({b}) {} }))~",
        R"~(class A { #b; #c() {} f() { class C { g() { a.#b } } return #c in a } })~",
        R"~(a: for (;;) { for (;;) { continue a } })~",
        R"~(a: b: for (;;) continue a)~",
        R"~(a: { break a } a: { for (;;) break a })~",
        R"~(switch (a) { case 1: for (;;) { if (b) continue; break } default: })~",
        R"~(for (const a in b) {} for (const [a] of b) {} )~",
        R"~(for (let a;;) {} for (var a = 1 in b) {})~",
        R"~(({a = 1} = b); [{a = 1}] = b; [a, ...b] = c; ({...a} = b);)~",
        R"~((a) = 1; (a.b) = 1; a[0]++; f()++)~",
        R"~(const {a, ...b} = c, [d, , ...e] = f)~",
        R"~(function f(a, {b} = {}, [c] = [], ...d) {})~",
        R"~(a = /[(]\(/gimsuy; b = /a{2,3}?|(?:b)+?|(?<c>d)(?<=e)/;)~",
        R"~(c = /{/; d = /a{/; e = /[[]*]/v)~",
        R"~((a ?? b) || c; a ?? (b && c); (-a) ** b; a || (b => c); (a => {})(); (a => {}).b)~",
        R"~(try {} finally {} try {} catch {})~",
        R"~(({ __proto__: a, ["__proto__"]: b }); ({ __proto__: a, __proto__ }))~",
        R"~([a,,b]; f(a,); ({a,}); a?.b(c)?.[d]; new (a?.b)(); import("a"); new (import("a")))~",
        R"~((function () {}); export default function () {})~",
        R"~(export * from "a"; export { b } from "c"; export { d as default } from "e")~",
        R"~(import { default as a } from "b"; export const c = import.meta.url)~",
        R"~(import a, * as b from "c"; { let a } function f(a) { var b })~",
        R"~(function f() {} function f() {} { function g() {} function g() {} })~",
        R"~(function f(a) { var a; { let a } function b() {} } f = function g() { let g })~",
        R"~(try {} catch (e) { var e; { let e } })~",
        R"~(let a; function f() { var a } { let b } { var b })~",
        R"~(for (let a of b) { let a } switch (a) { case 1: { let b } default: let b })~",
        R"~({ a: 1 } { a } { a, b } { a: 1, b } {} a: { b: { c: d } } { a: function f() {} })~",
        R"~(f = () => { a: 1 }; f = () => {}; f = () => ({ a: 1, b: 2 }); ({ a: 1, b: 2 }))~",
        R"~(if (a) { let b } else { let b } while (a) { const b = 1 })~"}) {
    EXPECT_EQ(tests::errors_of(Grammar::kJavaScript, text), "") << text;
  }
}

TEST(ScriptSyntax, TakesWhatOnlyTypeScriptHas) {
  for (const char* text :
       {"declare const a: string;\n", "abstract class A extends B { constructor() { super(); } }",
        "function f(a: string): void; function f(a: any) {}",
        "class A { get a(this: B) { return 1; } constructor(private b: number); constructor() {} }",
        "import type { A } from 'b'; interface A {}", "namespace N { export const a = 1; }",
        "declare global { export var a: number; }", "(a as B) = c; d! = e;",
        "export * as default from 'a';", "@a class B { @c() d() {} }",
        "type A = (package: string) => void;", "class A {} interface A {} namespace A {}"}) {
    EXPECT_EQ(tests::errors_of(Grammar::kTypeScript, text), "") << text;
  }
}

TEST(ScriptSyntax, FindsModifiersThatNoMemberOfATypeHas) {
  for (const char* text : {"interface A { async b(): void }", "type A = { static b: number }",
                           "interface A { private b: number; }"}) {
    EXPECT_EQ(tests::errors_of(Grammar::kTypeScript, text),
              "1: a modifier that no member of a type has\n")
        << text;
  }
  for (const char* text :
       {"interface A { readonly b: number; async(): void; static: string; get c(): d }",
        "abstract class A { private async b() {} static c: number; }",
        "declare class A { static b(): void; private c; }"}) {
    EXPECT_EQ(tests::errors_of(Grammar::kTypeScript, text), "") << text;
  }
}

TEST(ScriptSyntax, SaysWhereAndWhat) {
  EXPECT_EQ(tests::errors_of(Grammar::kJavaScript, "'use strict';\n\nconst arguments = [];\n"),
            "3: a name that strict code may not assign\n");
  EXPECT_EQ(tests::errors_of(Grammar::kJavaScript, "function f(a) {\n  let a;\n}\n"),
            "2: a name that its block has declared already\n");
}

}  // namespace
}  // namespace cromwell::workspace
