// What a parse may take, however hostile the text, and what is left of one that is broken off.
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "workspace/outline.h"
#include "workspace/syntax_check.h"
#include "workspace/syntax_tree.h"

namespace cromwell::workspace {
namespace {

// Sanitizers need memory of their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

struct Hostile {
  Grammar grammar;
  const char* part;  // of which the text is made
};

// Found by trying sequences of each grammar's tokens. The first took 14 times the limit where that
// was looked at only between the runtime's steps.
constexpr Hostile kHostile[] = {
    {Grammar::kTypeScript, "a<b,"}, {Grammar::kJava, "a<b<"}, {Grammar::kCpp, "f<"},
    {Grammar::kCpp, "T<a*"},        {Grammar::kGo, "f[a]("},  {Grammar::kPython, "a if "},
    {Grammar::kRust, "a["},         {Grammar::kBash, "a$("},  {Grammar::kC, "(a)("},
    {Grammar::kTsx, "+|} "},        {Grammar::kJson, "1,"},   {Grammar::kPython, "f\"{f\"{"},
    {Grammar::kJavaScript, "([a],"}};

std::string repeated(const char* part, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += part;
  return text;
}

// What a child process needs to parse it, in KiB; -1 if it does not end well.
long peak_kib(const Hostile& hostile, const ParseLimits& limits) {
  int ends[2];
  if (::pipe(ends) != 0) return -1;
  const std::string text = repeated(hostile.part, 60'000);
  const pid_t child = ::fork();
  if (child == 0) {
    struct rusage before{}, after{};
    ::getrusage(RUSAGE_SELF, &before);
    SyntaxTree::parse(text, hostile.grammar, limits);
    ::getrusage(RUSAGE_SELF, &after);
    const long grown = after.ru_maxrss - before.ru_maxrss;
    ::_exit(::write(ends[1], &grown, sizeof grown) == sizeof grown ? 0 : 1);
  }
  ::close(ends[1]);
  long grown = -1;
  if (::read(ends[0], &grown, sizeof grown) != sizeof grown) grown = -1;
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0 ? grown : -1;
}

TEST(ParseMemory, NoTextTakesMoreThanTheLimit) {
  constexpr std::size_t kLimit = 32U << 20;
  for (const Hostile& hostile : kHostile) {
    const long kib = peak_kib(hostile, {.tree_bytes = kLimit});
    EXPECT_GE(kib, 0) << hostile.part;
    EXPECT_LT(kib, static_cast<long>(kLimit / 1024 * 5 / 4)) << hostile.part;
  }
}

// The C library's own caches go up and down by a few KiB, whatever is asked of it.
TEST(ParseMemory, NothingIsLeftOfParsesThatWereBrokenOff) {
  constexpr int kTimes = 1'000;  // a scanner's state alone would be 40 bytes each
  const auto in_use = [] {
    const struct mallinfo2 now = ::mallinfo2();
    return now.uordblks + now.hblkhd;
  };
  for (const Grammar grammar : {Grammar::kPython, Grammar::kBash, Grammar::kCpp}) {
    const std::string text = repeated("f(", 4'000);
    const auto give_up = [&] { return SyntaxTree::parse(text, grammar, {.tree_bytes = 60'000}); };
    EXPECT_FALSE(give_up());
    const std::size_t before = in_use();
    for (int i = 0; i < kTimes; ++i) give_up();
    EXPECT_LT(in_use(), before + kTimes * 24);
  }
}

#endif

// The same text under every limit from none to enough: a parse ends wherever it asks for memory.
TEST(ParseMemory, AParseMayBeBrokenOffAtAnyAllocation) {
  const std::pair<Grammar, const char*> texts[] = {
      {Grammar::kPython, "def f(a):\n    if a:\n        return f'{a}' + (\n    b = \"c\"\n"},
      {Grammar::kBash, "a() {\n  cat <<E\n$(b \"${c}\")\nE\n}\nif ((\n"},
      {Grammar::kJavaScript, "const a = `b${c}` + <d>e</d>;\nif (\n"},
      {Grammar::kTypeScript, "type A<B> = C<B>;\nfunction f<T>(a: T) { return `${a}`\n"},
      {Grammar::kCpp, "template <class A> auto f() { return R\"b(c)b\" + a<b, c>(d; }\n"},
      {Grammar::kRust, "fn f<'a>() -> &'a str { r#\"b\"# /* c /* d */ */ + a::<B>( }\n"}};
  for (const auto& [grammar, text] : texts) {
    std::optional<SyntaxTree> tree;
    for (std::size_t limit = 0; !tree; limit += 64) {
      ASSERT_LT(limit, 1U << 20) << text;
      tree = SyntaxTree::parse(text, grammar, {.tree_bytes = limit});
    }
    EXPECT_FALSE(syntax_errors(*tree, text).empty()) << text;
  }
}

}  // namespace
}  // namespace cromwell::workspace
