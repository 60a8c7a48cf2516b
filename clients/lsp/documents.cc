#include "clients/lsp/documents.h"

#include <limits>
#include <utility>

namespace cromwell::lsp {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using nlohmann::json;

Error expected(const std::string& what) {
  return {.code = ErrorCode::kInvalidRequest, .message = "expected " + what};
}

json child(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found == object.end() ? json() : *found;
}

Result<int> read_count(const json& value, const char* what) {
  if (!value.is_number_integer() || value < 0 || value > std::numeric_limits<int>::max()) {
    return expected(std::string(what) + ", a whole number from 0 on");
  }
  return value.get<int>();
}

Result<> check_text(const std::string& text) {
  if (text.size() <= kMaxDocumentBytes) return {};
  return Error{.code = ErrorCode::kPayloadTooLarge,
               .message = "document of " + std::to_string(text.size()) +
                          " bytes: expected at most " + std::to_string(kMaxDocumentBytes)};
}

// One of didChange's: a range's new text, or the whole's.
Result<std::string> changed(std::string text, const json& change, PositionEncoding encoding) {
  const json new_text = child(change, "text");
  if (!new_text.is_string()) return expected("contentChanges[].text");
  const json range_json = child(change, "range");
  if (range_json.is_null()) return new_text.get<std::string>();
  CROMWELL_ASSIGN(const Range range, read_range(range_json));
  const std::size_t begin = offset_of(text, range.start, encoding);
  const std::size_t end = offset_of(text, range.end, encoding);
  if (end < begin) return expected("a range whose end is not before its start");
  text.replace(begin, end - begin, new_text.get<std::string>());
  return text;
}

}  // namespace

Result<Position> read_position(const json& value) {
  Position position;
  CROMWELL_ASSIGN(position.line, read_count(child(value, "line"), "position.line"));
  CROMWELL_ASSIGN(position.character, read_count(child(value, "character"), "position.character"));
  return position;
}

Result<Range> read_range(const json& value) {
  Range range;
  CROMWELL_ASSIGN(range.start, read_position(child(value, "start")));
  CROMWELL_ASSIGN(range.end, read_position(child(value, "end")));
  return range;
}

std::string text_of(const json& object, const char* name) {
  const json found = child(object, name);
  return found.is_string() ? found.get<std::string>() : std::string();
}

std::string document_uri(const json& params) {
  return text_of(child(params, "textDocument"), "uri");
}

Result<> Documents::open(const json& params) {
  const json item = child(params, "textDocument");
  const std::string uri = text_of(item, "uri");
  if (uri.empty() || !child(item, "text").is_string())
    return expected("textDocument.uri and .text");
  if (documents_.size() >= kMaxDocuments && !documents_.contains(uri)) {
    return Error{.code = ErrorCode::kPayloadTooLarge,
                 .message = "more than " + std::to_string(kMaxDocuments) + " documents are open"};
  }
  const json version = child(item, "version");
  Document document{.text = text_of(item, "text"),
                    .version = version.is_number_integer() ? version.get<std::int64_t>() : 0};
  CROMWELL_TRY(check_text(document.text));
  documents_.insert_or_assign(uri, std::move(document));
  return {};
}

Result<> Documents::change(const json& params, PositionEncoding encoding) {
  const auto found = documents_.find(document_uri(params));
  if (found == documents_.end()) return expected("a document that is open");
  const json changes = child(params, "contentChanges");
  if (!changes.is_array()) return expected("contentChanges");
  std::string text = found->second.text;
  for (const json& change : changes) {
    CROMWELL_ASSIGN(text, changed(std::move(text), change, encoding));
    CROMWELL_TRY(check_text(text));
  }
  found->second.text = std::move(text);
  const json version = child(child(params, "textDocument"), "version");
  if (version.is_number_integer()) found->second.version = version.get<std::int64_t>();
  return {};
}

void Documents::close(const json& params) { documents_.erase(document_uri(params)); }

const Document* Documents::find(const std::string& uri) const {
  const auto found = documents_.find(uri);
  return found == documents_.end() ? nullptr : &found->second;
}

}  // namespace cromwell::lsp
