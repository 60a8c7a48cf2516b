// The tokens of TypeScript and TSX that no regular expression tells apart, for tree-sitter's
// grammars: their distribution lacks the header that holds this scanner. Written from ECMAScript's
// rules of automatic semicolons (section 12.10) and TypeScript's additions: where a type or an
// overload's signature may go on, a line's end is no end. Stateless.
#include <tree_sitter/parser.h>

#include <cwctype>
#include <string_view>

namespace cromwell::workspace {
namespace {

// In the order of the grammar's externals.
enum Token {
  kAutomaticSemicolon,
  kTemplateChars,
  kTernaryQuestionMark,
  kHtmlComment,
  kLogicalOr,  // valid where an expression may go on
  kEscapeSequence,
  kRegexPattern,
  kJsxText,
  kSignatureSemicolon,  // valid after a function's head that may have no body
};

class Scanner {
 public:
  Scanner(TSLexer& lexer, const bool* valid) : lexer_(lexer), valid_(valid) {}

  bool scan() {
    // Both at once are valid only while the parser recovers from an error.
    if (valid_[kTemplateChars]) return !valid_[kAutomaticSemicolon] && template_chars();
    if (valid_[kJsxText] && jsx_text()) return true;
    if (valid_[kAutomaticSemicolon] || valid_[kSignatureSemicolon]) {
      if (automatic_semicolon()) return true;
      return !saw_comment_ && valid_[kTernaryQuestionMark] && at('?') && ternary();
    }
    if (valid_[kTernaryQuestionMark]) return ternary();
    const bool may_comment = valid_[kHtmlComment] && !valid_[kLogicalOr] &&
                             !valid_[kEscapeSequence] && !valid_[kRegexPattern];
    return may_comment && html_comment();
  }

 private:
  bool at(int c) const { return lexer_.lookahead == c; }
  bool at_end() const { return at(0); }
  bool at_space() const { return std::iswspace(static_cast<wint_t>(lexer_.lookahead)) != 0; }
  bool at_letter() const { return std::iswalpha(static_cast<wint_t>(lexer_.lookahead)) != 0; }
  bool at_digit() const { return std::iswdigit(static_cast<wint_t>(lexer_.lookahead)) != 0; }
  bool at_line_end() const { return at('\n') || at(0x2028) || at(0x2029); }
  void take() { lexer_.advance(&lexer_, false); }
  void skip() { lexer_.advance(&lexer_, true); }
  void end_token() { lexer_.mark_end(&lexer_); }
  bool found(Token token) {
    lexer_.result_symbol = token;
    return true;
  }

  bool template_chars() {
    for (bool any = false;; any = true) {
      end_token();
      if (at('`') || at('\\')) return any && found(kTemplateChars);
      if (at_end()) return false;
      const bool dollar = at('$');
      take();
      if (dollar && at('{')) return any && found(kTemplateChars);
    }
  }

  // Text between tags; line ends and the indentation after them are none.
  bool jsx_text() {
    bool any = false;
    bool indentation = false;
    constexpr std::string_view kEnds = "<>{}&";
    while (!at_end() &&
           (lexer_.lookahead > 127 ||
            kEnds.find(static_cast<char>(lexer_.lookahead)) == std::string_view::npos)) {
      indentation = at('\n') || (indentation && at_space());
      any = any || !indentation;
      take();
    }
    lexer_.result_symbol = kJsxText;
    return any;
  }

  // Spaces and comments; false where a '/' begins something else.
  bool skip_blanks() {
    while (true) {
      while (at_space()) skip();
      if (!at('/')) return true;
      skip();
      if (at('/')) {
        while (!at_end() && !at_line_end()) skip();
      } else if (at('*')) {
        skip();
        skip_block_comment();
      } else {
        return false;
      }
      saw_comment_ = true;
    }
  }
  void skip_block_comment() {
    for (bool star = false; !at_end() && !(star && at('/'));) {
      star = at('*');
      skip();
    }
    if (!at_end()) skip();
  }

  bool automatic_semicolon() {
    lexer_.result_symbol = kAutomaticSemicolon;
    end_token();
    while (!at('\n')) {
      if (at_end()) return true;
      if (at('}')) return ends_before_brace();
      if (!at_space()) return false;
      skip();
    }
    skip();
    return skip_blanks() && line_begins_statement();
  }

  // "({a}: {a: number})" is a pattern with its type; "b ? {a} : c" needs no semicolon either way.
  bool ends_before_brace() {
    do {
      skip();
    } while (at_space());
    return !at(':') || valid_[kLogicalOr];
  }

  // What stands at the start of a line cannot continue the statement before it.
  bool line_begins_statement() {
    constexpr std::string_view kContinues = "`,.;*%><=?^|&/:";
    if (lexer_.lookahead > 0 && lexer_.lookahead < 128 &&
        kContinues.find(static_cast<char>(lexer_.lookahead)) != std::string_view::npos) {
      return false;
    }
    if (at('{')) return !valid_[kSignatureSemicolon];
    if (at('(') || at('[')) return !valid_[kLogicalOr];  // a call or an index; not so in a type
    if (at('+')) return skip(), at('+');
    if (at('-')) return skip(), at('-');
    if (at('!')) return skip(), !at('=');
    if (at('i')) return !at_binary_word();
    return true;
  }

  bool at_binary_word() {  // in, instanceof
    skip();
    if (!at('n')) return false;
    skip();
    if (!at_letter()) return true;
    for (const char c : std::string_view("stanceof")) {
      if (!at(c)) return false;
      skip();
    }
    return !at_letter();
  }

  // The '?' of a condition: not "?.", "??", nor that of an optional parameter.
  bool ternary() {
    while (at_space()) skip();
    if (!at('?')) return false;
    take();
    if (at('?') || at('.')) {
      if (!at('.')) return false;
      end_token();
      take();
      return at_digit() && found(kTernaryQuestionMark);
    }
    end_token();
    lexer_.result_symbol = kTernaryQuestionMark;
    while (at_space()) take();
    return !at(':') && !at(')') && !at(',');
  }

  bool html_comment() {
    while (at_space() || at(0x2028) || at(0x2029)) skip();
    const std::string_view mark = at('<') ? "<!--" : "-->";
    for (const char c : mark) {
      if (!at(c)) return false;
      take();
    }
    while (!at_end() && !at_line_end()) take();
    end_token();
    return found(kHtmlComment);
  }

  TSLexer& lexer_;
  const bool* valid_;
  bool saw_comment_ = false;
};

}  // namespace
}  // namespace cromwell::workspace

extern "C" {
void* tree_sitter_typescript_external_scanner_create() { return nullptr; }
void tree_sitter_typescript_external_scanner_destroy(void*) {}
unsigned tree_sitter_typescript_external_scanner_serialize(void*, char*) { return 0; }
void tree_sitter_typescript_external_scanner_deserialize(void*, const char*, unsigned) {}
bool tree_sitter_typescript_external_scanner_scan(void*, TSLexer* lexer, const bool* valid) {
  return cromwell::workspace::Scanner(*lexer, valid).scan();
}

void* tree_sitter_tsx_external_scanner_create() { return nullptr; }
void tree_sitter_tsx_external_scanner_destroy(void*) {}
unsigned tree_sitter_tsx_external_scanner_serialize(void*, char*) { return 0; }
void tree_sitter_tsx_external_scanner_deserialize(void*, const char*, unsigned) {}
bool tree_sitter_tsx_external_scanner_scan(void*, TSLexer* lexer, const bool* valid) {
  return cromwell::workspace::Scanner(*lexer, valid).scan();
}
}
