// POST /tokenize and /detokenize: requests and answers. Any thread.
#pragma once

#include <string>
#include <vector>

#include "api/field_table.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::api {

struct TokenizeBody {
  std::string content;
  bool add_special = false;
  bool parse_special = true;
  bool with_pieces = false;
};

struct DetokenizeBody {
  std::vector<tokenizer::TokenId> tokens;
};

const FieldTable<TokenizeBody>& tokenize_fields();
const FieldTable<DetokenizeBody>& detokenize_fields();
JsonOut tokens_schema();
JsonOut content_schema();

}  // namespace cromwell::api
