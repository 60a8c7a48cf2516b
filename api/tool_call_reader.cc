#include "api/tool_call_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "api/json_reader.h"
#include "api/spaced_json.h"

namespace cromwell::api {
namespace {

using Kind = AnswerPart::Kind;

constexpr std::string_view kBlanks = " \t\r\n";

// Reads the head of a call, {"name": "NAME", "arguments": and the brace of the arguments, which is
// not taken.
class HeadReader {
 public:
  explicit HeadReader(std::string_view text) : text_(text) {}

  enum class Result { kWhole, kCut, kOther };  // cut: so far it is one
  Result read(std::string_view arguments) {
    std::string quoted(1, '"');
    quoted.append(arguments).append("\"");
    token("{") && token("\"name\"") && token(":") && name_token() && token(",") && token(quoted) &&
        token(":") && token("{");
    if (result_ == Result::kWhole) --at_;
    return result_;
  }
  const std::string& name() const { return name_; }
  std::size_t size() const { return at_; }

 private:
  bool fail(bool is_at_end) {
    result_ = is_at_end ? Result::kCut : Result::kOther;
    return false;
  }
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }

  bool token(std::string_view expected) {
    skip_blanks();
    const std::string_view there = text_.substr(at_, expected.size());
    if (!expected.starts_with(there)) return fail(false);
    at_ += there.size();
    return there.size() == expected.size() || fail(true);
  }

  bool name_token() {
    if (!token("\"")) return false;
    const std::size_t end = text_.find('"', at_);
    if (end == std::string_view::npos) return fail(true);
    name_ = text_.substr(at_, end - at_);
    at_ = end + 1;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string name_;
  Result result_ = Result::kWhole;
};

// How much of the end of `text` may be the beginning of `tag`.
std::size_t begun_tag(std::string_view text, std::string_view tag) {
  for (std::size_t length = std::min(text.size(), tag.size() - 1); length > 0; --length) {
    if (text.ends_with(tag.substr(0, length))) return length;
  }
  return 0;
}

}  // namespace

ToolCallReader::ToolCallReader(const tokenizer::ToolForm& form, std::vector<std::string> names)
    : form_(form),
      names_(std::move(names)),
      state_(form.open.empty() ? State::kHead : State::kText) {}

std::vector<AnswerPart> ToolCallReader::push(std::string_view piece) {
  pending_ += piece;
  bool goes_on = true;
  while (goes_on && !pending_.empty()) {
    switch (state_) {
      case State::kText:
        goes_on = read_text();
        break;
      case State::kHead:
        goes_on = read_head();
        break;
      case State::kArguments:
        goes_on = read_arguments();
        break;
      case State::kTail:
        goes_on = read_tail();
        break;
    }
  }
  return std::exchange(parts_, {});
}

std::vector<AnswerPart> ToolCallReader::finish() {
  const std::string rest = std::exchange(pending_, {});
  if (state_ == State::kText) add_text(rest);
  if (state_ == State::kHead) read_odd_call(rest, std::string(form_.open) + rest);
  if (!has_calls_) add(Kind::kText, std::exchange(blank_, {}));
  return std::exchange(parts_, {});
}

bool ToolCallReader::read_text() {
  const std::size_t open = form_.open.empty() ? std::string::npos : pending_.find(form_.open);
  if (open != std::string::npos) {
    add_text(std::string_view(pending_).substr(0, open));
    pending_.erase(0, open + form_.open.size());
    state_ = State::kHead;
    return true;
  }
  const std::size_t held = form_.open.empty() ? 0 : begun_tag(pending_, form_.open);
  add_text(std::string_view(pending_).substr(0, pending_.size() - held));
  pending_.erase(0, pending_.size() - held);
  return false;
}

bool ToolCallReader::read_head() {
  HeadReader head(pending_);
  const auto result = head.read(form_.arguments);
  if (result == HeadReader::Result::kWhole && is_known(head.name())) {
    blank_.clear();
    has_calls_ = true;
    add(Kind::kCall, head.name());
    pending_.erase(0, head.size());
    state_ = State::kArguments;
    return true;
  }
  if (form_.open.empty()) {
    if (result == HeadReader::Result::kCut) return false;
    // All of the answer may still be an object that says a call in other words.
    const std::size_t begin = std::min(pending_.find_first_not_of(kBlanks), pending_.size());
    if (pending_.substr(begin, 1) == "{") return false;
    state_ = State::kText;
    return true;
  }
  const std::size_t close = pending_.find(form_.close);
  if (close == std::string::npos) return false;
  const std::size_t end = close + form_.close.size();
  read_odd_call(pending_.substr(0, close), std::string(form_.open) + pending_.substr(0, end));
  pending_.erase(0, end);
  state_ = State::kText;
  return true;
}

bool ToolCallReader::read_arguments() {
  std::size_t end = 0;
  bool is_over = false;
  while (end < pending_.size() && !is_over) {
    const char c = pending_[end++];
    if (in_string_) {
      in_string_ = escaped_ || c != '"';
      escaped_ = !escaped_ && c == '\\';
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (c == '}' || c == ']') {
      is_over = --depth_ == 0;
    }
  }
  add(Kind::kArguments, pending_.substr(0, end));
  pending_.erase(0, end);
  if (!is_over) return false;
  add(Kind::kCallEnd, {});
  state_ = State::kTail;
  return true;
}

// Behind the arguments stands the brace of the call, and what closes it; a model that forgets that
// and opens another call is understood too.
bool ToolCallReader::read_tail() {
  if (form_.close.empty()) {
    const std::size_t brace = std::min(pending_.find_first_not_of(kBlanks), pending_.size());
    if (brace == pending_.size()) return false;
    pending_.erase(0, pending_[brace] == '}' ? brace + 1 : brace);
    state_ = State::kText;
    return true;
  }
  const std::size_t close = pending_.find(form_.close), open = pending_.find(form_.open);
  if (std::min(close, open) == std::string::npos) return false;
  pending_.erase(0, open < close ? open : close + form_.close.size());
  state_ = State::kText;
  return true;
}

// A call in other words: its members in another order, arguments as a text or none. What is none is
// the text that it was.
void ToolCallReader::read_odd_call(std::string_view call, std::string_view text) {
  const auto object = parse_json(call);
  const auto name_of = [&]() -> std::string {
    if (!object || !object->is_object() || !object->contains("name")) return {};
    const JsonIn& name = (*object)["name"];
    return name.is_string() ? name.get<std::string>() : std::string();
  };
  const std::string name = name_of();
  JsonIn arguments = JsonIn::object();
  if (is_known(name) && object->contains(form_.arguments)) {
    arguments = (*object)[std::string(form_.arguments)];
    if (arguments.is_string()) {
      auto inner = parse_json(arguments.get<std::string>());
      if (inner) arguments = std::move(*inner);
    }
  }
  if (!is_known(name) || !arguments.is_object()) {
    return add_text(text);
  }
  blank_.clear();
  has_calls_ = true;
  add(Kind::kCall, name);
  add(Kind::kArguments, spaced_text(arguments));
  add(Kind::kCallEnd, {});
}

void ToolCallReader::add(Kind kind, std::string text) {
  if (text.empty() && kind != Kind::kCallEnd) return;
  parts_.push_back({kind, std::move(text)});
}

// White space at its end waits: before a call it is not text.
void ToolCallReader::add_text(std::string_view text) {
  const std::size_t last = text.find_last_not_of(kBlanks);
  if (last == std::string_view::npos) {
    blank_ += text;
    return;
  }
  add(Kind::kText, std::exchange(blank_, {}) + std::string(text.substr(0, last + 1)));
  blank_ = text.substr(last + 1);
}

bool ToolCallReader::is_known(const std::string& name) const {
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

}  // namespace cromwell::api
