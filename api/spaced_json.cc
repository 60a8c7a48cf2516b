#include "api/spaced_json.h"

namespace cromwell::api {
namespace {

std::string leaf_text(const JsonIn& value) {
  return value.dump(-1, ' ', false, JsonIn::error_handler_t::replace);
}

class SpacedWriter {
 public:
  explicit SpacedWriter(int indent) : indent_(static_cast<std::size_t>(indent)) {}

  void write(const JsonIn& value, std::size_t depth) {
    if (value.empty() || !value.is_structured()) {
      text += leaf_text(value);
      return;
    }
    text += value.is_object() ? '{' : '[';
    bool is_first = true;
    for (const auto& [name, member] : value.items()) {
      if (!is_first) text += indent_ > 0 ? "," : ", ";
      is_first = false;
      break_line(depth + 1);
      if (value.is_object()) text.append(leaf_text(name)).append(": ");
      write(member, depth + 1);
    }
    break_line(depth);
    text += value.is_object() ? '}' : ']';
  }

  std::string text;

 private:
  void break_line(std::size_t depth) {
    if (indent_ > 0) text.append("\n").append(indent_ * depth, ' ');
  }

  std::size_t indent_;
};

}  // namespace

std::string spaced_text(const JsonIn& value, int indent) {
  SpacedWriter writer(indent);
  writer.write(value, 0);
  return std::move(writer.text);
}

}  // namespace cromwell::api
