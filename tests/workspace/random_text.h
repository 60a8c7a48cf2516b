// Seeded random files for the property tests: every encoding, endings mixed, odd bytes included.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "workspace/encoding.h"

namespace cromwell::tests {

class RandomText {
 public:
  explicit RandomText(std::uint32_t seed) : random_(seed) {}

  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }

  // Few different lines, so that diffs find matches; only what `encoding` can hold.
  std::string line(workspace::TextEncoding encoding) {
    static const std::vector<std::string> kAscii = {"",
                                                    "",
                                                    "a",
                                                    "b",
                                                    "}",
                                                    "    return 0;",
                                                    "\tx = 1",
                                                    "int main() {",
                                                    "trailing  ",
                                                    "--- a/x",
                                                    "+++ b/x",
                                                    "@@ -1 +1 @@",
                                                    "\\ No newline at end of file",
                                                    "+",
                                                    "-",
                                                    " ",
                                                    "\f",
                                                    "diff --git"};
    static const std::vector<std::string> kLatin = {"caf\u00e9", "\u00ff\u00fe",
                                                    "na\u00efve \u00a0"};
    static const std::vector<std::string> kWide = {"\u4e2d\u6587", "\U0001F600 smile",
                                                   "\u0a0d\u0d0a", "e\u0301", "\u2028"};
    const int kind = below(10);
    if (kind < 7) return kAscii[static_cast<std::size_t>(below(static_cast<int>(kAscii.size())))];
    if (kind < 9 || encoding == workspace::TextEncoding::kLatin1) {
      return kLatin[static_cast<std::size_t>(below(static_cast<int>(kLatin.size())))];
    }
    return kWide[static_cast<std::size_t>(below(static_cast<int>(kWide.size())))];
  }

  std::string ending() {
    const std::vector<std::string> kEndings = {"\n", "\r\n", "\r"};
    return kEndings[static_cast<std::size_t>(style_ < 3 ? style_ : below(3))];
  }

  workspace::TextEncoding encoding() { return static_cast<workspace::TextEncoding>(below(5)); }

  // A file of up to 24 lines; about half the files have one kind of ending throughout.
  std::string file(workspace::TextEncoding encoding) {
    style_ = below(6);
    std::string utf8;
    const int lines = below(25);
    for (int i = 0; i < lines; ++i) {
      utf8 += line(encoding);
      if (i + 1 < lines || below(3) != 0) utf8 += ending();
    }
    std::string bytes(workspace::byte_order_mark(encoding));
    bytes += *workspace::from_utf8(encoding, utf8);
    // Latin-1 is only taken for Latin-1 where it is not UTF-8.
    if (encoding == workspace::TextEncoding::kLatin1)
      bytes = std::string("\xE9").append(ending()).append(bytes);
    return bytes;
  }

  // The text with some lines dropped, added and changed.
  std::string edited(const std::string& text, workspace::TextEncoding encoding) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
      const int what = below(8);
      if (what == 0) out += line(encoding) + "\n";
      if (what != 1) out += what == 2 ? line(encoding) + "\n" : text.substr(at, end - at);
      at = end;
    }
    if (below(6) == 0) out += line(encoding) + "\n";
    return out;
  }

 private:
  std::mt19937 random_;
  int style_ = 0;
};

}  // namespace cromwell::tests
