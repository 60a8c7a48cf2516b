// What the tests of protocols share: a small tokenizer and template, and a protocol's prompt and
// readings as text.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "edit/protocol.h"
#include "tests/fakes/small_tokenizer.h"

namespace cromwell::edit {

template <class ProtocolUnderTest>
class ProtocolTest : public testing::Test {
 protected:
  Prompt render(const std::string& shown, const std::string& file = "a.py",
                const std::string& instruction = "Rename it") {
    region_ = Region{.shown = shown};
    return render({file, instruction, region_, {}});
  }
  Prompt render(const PromptInput& input) {
    const auto prompt = protocol_.render(input, {*tokenizer_, *template_, 4096});
    EXPECT_TRUE(prompt.has_value()) << prompt.error().message;
    text_ = tokenizer_->decode(prompt->ids);
    return *prompt;
  }
  std::string read(const Prompt& prompt, const std::string& answer) {
    const auto ids = tokenizer_->encode(answer, {.parse_special = true}).ids;
    return read(prompt, answer, ids);
  }
  std::string read(const Prompt& prompt, const std::string& answer, const TokenIds& ids) {
    const auto result = protocol_.parse(prompt, {answer, ids}, *tokenizer_);
    if (result) return *result;
    EXPECT_EQ(result.error().code, base::ErrorCode::kNoValidEdit);
    return "refused: " + result.error().message;
  }
  // The answer that leads to `shown`, read again.
  std::string read_back(const Prompt& prompt, const std::string& shown) {
    const auto ids = protocol_.answer_for(prompt, shown, *tokenizer_);
    if (!ids) return "no answer: " + ids.error().message;
    std::string text = tokenizer_->decode(*ids);
    if (!prompt.stop.empty()) text = text.substr(0, text.rfind(prompt.stop.front()));
    return read(prompt, text, *ids);
  }

  ProtocolUnderTest protocol_;
  Region region_;
  std::string text_;  // of the prompt
  std::shared_ptr<const tokenizer::Tokenizer> tokenizer_ = fakes::small_tokenizer();
  base::Result<tokenizer::ChatTemplate> template_ =
      tokenizer::ChatTemplate::recognise("chatml", *tokenizer_);
};

}  // namespace cromwell::edit
