#include "api/json_reader.h"

#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "api/limits.h"

namespace cromwell::api {
namespace {

// A pointer into the body that counts what the lexer has read, so that faults which the library
// does not know of (depth, duplicates, number of values) have an offset too.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* position, std::size_t* read) : position_(position), read_(read) {}
  reference operator*() const { return *position_; }
  CountingIterator& operator++() {
    ++position_;
    ++*read_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return position_ == other.position_; }
  bool operator!=(const CountingIterator& other) const { return position_ != other.position_; }

 private:
  const char* position_;
  std::size_t* read_;
};

base::Error invalid(std::size_t offset, const std::string& what) {
  return {base::ErrorCode::kInvalidJson,
          "the body is not valid JSON at byte " + std::to_string(offset) + ": " + what};
}

// "[json.exception.parse_error.101] parse error at line 1, column 2: WHAT" -> WHAT, and so is
// "[json.exception.out_of_range.406] WHAT". Shortened: the library quotes all of the token that it
// was reading.
std::string fault_text(const char* what) {
  std::string text = what;
  if (const auto end = text.find("] "); end != std::string::npos) text.erase(0, end + 2);
  if (const auto colon = text.find(": "); colon != std::string::npos) text.erase(0, colon + 2);
  if (text.size() > kMaxParseMessageBytes) {
    text.resize(kMaxParseMessageBytes);
    text += " ...";
  }
  return text;
}

// Builds the value as the parser goes, which needs no recursion anywhere.
class Builder final : public nlohmann::json_sax<JsonIn> {
 public:
  explicit Builder(const std::size_t* read) : read_(read) {}

  base::Error error;
  JsonIn root;

  bool null() override { return add(nullptr) != nullptr; }
  bool boolean(bool value) override { return add(value) != nullptr; }
  bool number_integer(number_integer_t value) override { return add(value) != nullptr; }
  bool number_unsigned(number_unsigned_t value) override { return add(value) != nullptr; }
  bool number_float(number_float_t value, const string_t&) override {
    return add(value) != nullptr;
  }
  bool string(string_t& value) override { return add(std::move(value)) != nullptr; }
  bool binary(binary_t&) override { return false; }  // no such thing in text
  bool start_object(std::size_t) override { return open(JsonIn::object()); }
  bool start_array(std::size_t) override { return open(JsonIn::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    auto [slot, fresh] = stack_.back()->emplace(std::move(name), nullptr);
    if (!fresh) return fail("the name \"" + slot.key().substr(0, 64) + "\" appears twice");
    member_ = &*slot;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& fault) override {
    error = invalid(position == 0 ? 0 : position - 1, fault_text(fault.what()));
    return false;
  }

 private:
  JsonIn* add(JsonIn value) {
    if (++values_ > kMaxJsonValues) {
      fail("more than " + std::to_string(kMaxJsonValues) + " values");
      return nullptr;
    }
    if (stack_.empty()) {
      root = std::move(value);
      return &root;
    }
    if (stack_.back()->is_array()) {
      stack_.back()->push_back(std::move(value));
      return &stack_.back()->back();
    }
    *member_ = std::move(value);
    return member_;
  }
  bool open(JsonIn container) {
    if (stack_.size() == static_cast<std::size_t>(kMaxJsonDepth)) {
      return fail("nested more than " + std::to_string(kMaxJsonDepth) + " deep");
    }
    JsonIn* placed = add(std::move(container));
    if (placed == nullptr) return false;
    stack_.push_back(placed);
    return true;
  }
  bool close() {
    stack_.pop_back();
    return true;
  }
  bool fail(const std::string& what) {
    error = invalid(*read_ == 0 ? 0 : *read_ - 1, what);
    return false;
  }

  const std::size_t* read_;
  std::vector<JsonIn*> stack_;  // the open containers; each stays in place while it is open
  JsonIn* member_ = nullptr;    // where the value of the last name goes
  std::size_t values_ = 0;
};

}  // namespace

base::Result<JsonIn> parse_json(std::string_view text) {
  // The library takes a NUL for the end of the text and would not see what follows it.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    return invalid(nul, "a NUL byte");
  }
  std::size_t read = 0;
  Builder builder(&read);
  if (!JsonIn::sax_parse(CountingIterator(text.data(), &read),
                         CountingIterator(text.data() + text.size(), &read), &builder)) {
    return std::move(builder.error);
  }
  // In so many words, for a JSON value would convert to an Error too.
  return base::Result<JsonIn>(boost::system::in_place_value, std::move(builder.root));
}

}  // namespace cromwell::api
