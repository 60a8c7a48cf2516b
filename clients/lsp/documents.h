// Documents: the texts that are open in the editor, as it says they are. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "base/result.h"
#include "clients/lsp/text_position.h"

namespace cromwell::lsp {

struct Document {
  std::string text;
  std::int64_t version = 0;
};

inline constexpr std::size_t kMaxDocuments = 1024;
inline constexpr std::size_t kMaxDocumentBytes = std::size_t{4} << 20;  // what the daemon takes

class Documents {
 public:
  // Parameters of the protocol's notifications. kInvalidRequest where they are not of its form,
  // kPayloadTooLarge where a text or their number passes a limit; the document is then as before.
  base::Result<> open(const nlohmann::json& params);
  base::Result<> change(const nlohmann::json& params, PositionEncoding encoding);
  void close(const nlohmann::json& params);

  const Document* find(const std::string& uri) const;

 private:
  std::map<std::string, Document> documents_;  // by URI
};

// kInvalidRequest with what was expected.
base::Result<Position> read_position(const nlohmann::json& value);
base::Result<Range> read_range(const nlohmann::json& value);
// The text at `name`, "" where there is none.
std::string text_of(const nlohmann::json& object, const char* name);
// The URI of params.textDocument.
std::string document_uri(const nlohmann::json& params);

}  // namespace cromwell::lsp
