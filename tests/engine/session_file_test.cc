// Session files: what is written is read, and nothing else is.
#include "engine/session_file.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/record_codec.h"

namespace cromwell::engine {
namespace {

constexpr SessionLimits kLimits{.page_bytes = 16, .max_tokens = 200, .vocab_size = 1000};

SessionFile example(int tokens = 100) {
  SessionFile file{.session = "my/own",
                   .text = {.identity = {.weights = "w", .kv_type = "f16", .kernels = "avx2"}}};
  for (int i = 0; i < tokens; ++i) file.text.tokens.push_back(i);
  for (int page = 0; page * 64 < tokens; ++page) {
    file.text.pages.emplace_back(16, static_cast<char>('a' + page));
  }
  return file;
}

std::string bytes_of(const SessionFile& file) {
  std::string bytes = session_header(file);
  for (const auto& page : file.text.pages) bytes += page;
  return bytes;
}

TEST(SessionFile, ReadsWhatWasWritten) {
  for (const int tokens : {1, 64, 65, 200}) {
    const SessionFile file = example(tokens);
    const auto read = parse_session_file(bytes_of(file), kLimits);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->session, file.session);
    EXPECT_EQ(read->text.identity, file.text.identity);
    EXPECT_EQ(read->text.tokens, file.text.tokens);
    EXPECT_EQ(read->text.pages, file.text.pages);
  }
}

TEST(SessionFile, RefusesEveryChangedByteAndEveryTruncation) {
  const std::string bytes = bytes_of(example());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(parse_session_file(changed, kLimits)) << "byte " << i;
    EXPECT_FALSE(parse_session_file(std::string_view(bytes).substr(0, i), kLimits)) << i;
  }
  EXPECT_FALSE(parse_session_file(bytes + "x", kLimits));
}

TEST(SessionFile, RefusesPagesInAnotherOrder) {
  SessionFile file = example();
  const std::string header = session_header(file);
  EXPECT_FALSE(parse_session_file(header + file.text.pages[1] + file.text.pages[0], kLimits));
}

TEST(SessionFile, SaysWhatItWasMadeWith) {
  const std::string bytes = bytes_of(example());
  const auto read =
      parse_session_file(bytes, {.page_bytes = 32, .max_tokens = 200, .vocab_size = 1000});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(read.error().message, "made with pages of 16, this is 32");
}

// A section with a true hash around anything.
std::string forged(const base::FieldWriter& fields) { return fields.section("CRMWSES1"); }

base::FieldWriter beginning(std::uint64_t tokens) {
  base::FieldWriter fields;
  const SessionFile file = example();
  std::string header = session_header(file);
  std::string_view left = header;
  base::FieldReader original(*base::take_section("CRMWSES1", left));
  for (int i = 0; i < 5; ++i) fields.text(original.text());
  fields.number(16).number(tokens);
  return fields;
}

TEST(SessionFile, RefusesNumbersThatLieBehindATrueHash) {
  const auto refused = [](const base::FieldWriter& fields, const std::string& pages = {}) {
    const auto read = parse_session_file(forged(fields) + pages, kLimits);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, base::ErrorCode::kIo) << read.error().message;
  };
  for (const std::uint64_t tokens : {std::uint64_t{0}, std::uint64_t{201}, ~std::uint64_t{0}}) {
    refused(beginning(tokens));
  }
  refused(beginning(3).number(1).number(2));  // one is missing
  refused(beginning(1).number(1000));         // none of the vocabulary
  refused(beginning(1).number(~std::uint64_t{0}));
  refused(beginning(1).number(1), std::string(16, 'a'));  // no hash of the page
  const std::string page(16, 'a');
  refused(beginning(1).number(1).text(base::sha256_hex(page)).number(0), page);
  const std::string good = forged(beginning(1).number(1).text(base::sha256_hex(page)));
  EXPECT_TRUE(parse_session_file(good + page, kLimits));
}

}  // namespace
}  // namespace cromwell::engine
