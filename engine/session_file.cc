#include "engine/session_file.h"

#include "base/hash.h"
#include "base/record_codec.h"
#include "base/version.h"
#include "engine/kv_cache.h"

namespace cromwell::engine {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kMagic = "CRMWSES1";

Error damaged(const std::string& how) { return {ErrorCode::kIo, "damaged: " + how}; }

Error differs(const std::string& what, const std::string& theirs, const std::string& ours) {
  return {ErrorCode::kConflict, "made with " + what + " " + theirs + ", this is " + ours};
}

base::Result<std::vector<TokenId>> read_tokens(base::FieldReader& fields,
                                               const SessionLimits& limits) {
  const std::uint64_t count = fields.number();
  if (count < 1 || count > static_cast<std::uint64_t>(limits.max_tokens)) {
    return damaged(std::to_string(count) + " tokens, expected 1 to " +
                   std::to_string(limits.max_tokens));
  }
  std::vector<TokenId> tokens;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t token = fields.number();
    if (!fields.ok() || token >= static_cast<std::uint64_t>(limits.vocab_size)) {
      return damaged("token " + std::to_string(i) + " is none");
    }
    tokens.push_back(static_cast<TokenId>(token));
  }
  return tokens;
}

base::Result<std::vector<std::string>> read_pages(base::FieldReader& fields, std::string_view bytes,
                                                  std::size_t count, std::size_t page_bytes) {
  if (bytes.size() != count * page_bytes) {
    return damaged(std::to_string(bytes.size()) + " bytes of pages, expected " +
                   std::to_string(count * page_bytes));
  }
  std::vector<std::string> pages;
  for (std::size_t i = 0; i < count; ++i) {
    pages.emplace_back(bytes.substr(i * page_bytes, page_bytes));
    if (base::sha256_hex(pages.back()) != fields.text()) {
      return damaged("page " + std::to_string(i) + " does not match its hash");
    }
  }
  return pages;
}

}  // namespace

std::string session_header(const SessionFile& file) {
  base::FieldWriter fields;
  const SavedText& text = file.text;
  fields.text(base::kVersion).text(file.session);
  fields.text(text.identity.weights).text(text.identity.kv_type).text(text.identity.kernels);
  fields.number(text.pages.empty() ? 0 : text.pages.front().size());
  fields.number(text.tokens.size());
  for (const TokenId token : text.tokens) fields.number(static_cast<std::uint64_t>(token));
  for (const std::string& page : text.pages) fields.text(base::sha256_hex(page));
  return fields.section(kMagic);
}

base::Result<SessionFile> parse_session_file(std::string_view bytes, const SessionLimits& limits) {
  CROMWELL_ASSIGN(const std::string_view header, base::take_section(kMagic, bytes));
  base::FieldReader fields(header);
  SessionFile file;
  const std::string version = fields.text();
  if (version != base::kVersion) return differs("version", version, base::kVersion);
  file.session = fields.text();
  model::KvIdentity& identity = file.text.identity;
  identity.weights = fields.text();
  identity.kv_type = fields.text();
  identity.kernels = fields.text();
  const std::uint64_t page_bytes = fields.number();
  if (page_bytes != limits.page_bytes) {
    return differs("pages of", std::to_string(page_bytes), std::to_string(limits.page_bytes));
  }
  CROMWELL_ASSIGN(file.text.tokens, read_tokens(fields, limits));
  const auto pages = static_cast<std::size_t>(pages_for(static_cast<int>(file.text.tokens.size())));
  CROMWELL_ASSIGN(file.text.pages, read_pages(fields, bytes, pages, limits.page_bytes));
  if (!fields.at_end()) return damaged("more fields than expected");
  return file;
}

}  // namespace cromwell::engine
