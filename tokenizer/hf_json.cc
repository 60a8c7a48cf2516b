#include "tokenizer/hf_json.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "tokenizer/hf_patterns.h"

namespace cromwell::tokenizer {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxJsonBytes = std::size_t{256} << 20;
constexpr int kMaxDepth = 32;
constexpr std::int64_t kMaxTokenId = (1 << 21) - 1;

base::Error bad(std::string where, const std::string& what) {
  return {base::ErrorCode::kBadModel, "tokenizer.json: " + where + ": " + what, std::move(where)};
}

// The member, or null: of an object that may be absent too.
const Json& member(const Json& object, const char* name) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

std::string type_of(const Json& object) {
  const Json& type = member(object, "type");
  return type.is_string() ? type.get<std::string>() : "of no type";
}

bool flag(const Json& object, const char* name, bool otherwise) {
  const Json& value = member(object, name);
  return value.is_boolean() ? value.get<bool>() : otherwise;
}

// The parts of a {"type": "Sequence", KEY: [...]}, flattened; or the object alone; or nothing.
std::vector<const Json*> parts_of(const Json& object, const char* key, int depth = 0) {
  if (object.is_null() || depth > kMaxDepth) return {};
  if (type_of(object) != "Sequence") return {&object};
  std::vector<const Json*> parts;
  for (const Json& part : member(object, key)) {
    for (const Json* inner : parts_of(part, key, depth + 1)) parts.push_back(inner);
  }
  return parts;
}

base::Result<> read_id(const Json& value, const std::string& where, TokenId& id) {
  if (!value.is_number_integer() || value.get<double>() < 0 ||
      value.get<double>() > static_cast<double>(kMaxTokenId)) {
    return bad(where, "expected a token id of 0 to " + std::to_string(kMaxTokenId));
  }
  id = value.get<TokenId>();
  return {};
}

base::Result<> set_token(Vocabulary& out, TokenId id, const std::string& text, TokenKind kind,
                         const std::string& where) {
  const auto at = static_cast<std::size_t>(id);
  if (at >= out.tokens.size()) {
    out.tokens.resize(at + 1);
    out.kinds.resize(at + 1, TokenKind::kUnused);
  }
  if (!out.tokens[at].empty() && out.tokens[at] != text) {
    return bad(where, "id " + std::to_string(id) + " is also that of another token");
  }
  out.tokens[at] = text;
  out.kinds[at] = kind;
  return {};
}

base::Result<> read_model(const Json& model, Vocabulary& out) {
  const std::string type = member(model, "type").is_null() ? "BPE" : type_of(model);
  if (type != "BPE") return bad("model", "\"" + type + "\" is not supported, expected \"BPE\"");
  if (!member(model, "dropout").is_null() && member(model, "dropout") != 0.0) {
    return bad("model.dropout", "random merges are not supported");
  }
  for (const char* affix : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    const Json& value = member(model, affix);
    if (!value.is_null() && value != "") {
      return bad(std::string("model.") + affix, "not supported, expected none");
    }
  }
  for (const char* option : {"byte_fallback", "fuse_unk"}) {
    if (flag(model, option, false)) return bad(std::string("model.") + option, "not supported");
  }
  out.ignore_merges = flag(model, "ignore_merges", false);

  const Json& vocab = member(model, "vocab");
  if (!vocab.is_object()) return bad("model.vocab", "expected an object of token ids");
  const auto has_id_in_range = [&](const Json& id) {
    return id.is_number_integer() && id.get<double>() >= 0 &&
           id.get<double>() < static_cast<double>(kMaxTokenId);
  };
  for (const auto& [text, id] : vocab.items()) {
    if (!has_id_in_range(id)) return bad("model.vocab", "\"" + text + "\" has no valid id");
    CROMWELL_TRY(set_token(out, id.get<TokenId>(), text, TokenKind::kNormal, "model.vocab"));
  }
  const Json& merges = member(model, "merges");
  if (!merges.is_array()) return bad("model.merges", "expected an array");
  for (const Json& merge : merges) {
    if (merge.is_string()) {
      out.merges.push_back(merge.get<std::string>());
    } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() &&
               merge[1].is_string()) {
      out.merges.push_back(merge[0].get<std::string>() + " " + merge[1].get<std::string>());
    } else {
      return bad("model.merges", "merge " + std::to_string(out.merges.size()) +
                                     ": expected \"left right\" or [\"left\", \"right\"]");
    }
  }
  const Json& unk = member(model, "unk_token");
  if (unk.is_null()) return {};
  if (!unk.is_string() || !has_id_in_range(member(vocab, unk.get<std::string>().c_str()))) {
    return bad("model.unk_token", "not a token of model.vocab");
  }
  out.unk = vocab[unk.get<std::string>()].get<TokenId>();
  out.emit_unk = true;
  return {};
}

base::Result<> read_added_tokens(const Json& added, Vocabulary& out) {
  for (const Json& token : added) {
    const Json& content = member(token, "content");
    if (!content.is_string() || content.get_ref<const std::string&>().empty()) {
      return bad("added_tokens", "an entry has no content");
    }
    const std::string text = content.get<std::string>();
    const std::string where = "added_tokens: \"" + text.substr(0, 60) + "\"";
    for (const char* option : {"single_word", "lstrip", "rstrip"}) {
      if (flag(token, option, false)) return bad(where, std::string(option) + " is not supported");
    }
    TokenId id = 0;
    CROMWELL_TRY(read_id(member(token, "id"), where, id));
    const bool is_control = flag(token, "special", false);
    CROMWELL_TRY(set_token(out, id, text,
                           is_control ? TokenKind::kControl : TokenKind::kUserDefined, where));
  }
  return {};
}

base::Result<> read_normalizer(const Json& normalizer, Vocabulary& out) {
  for (const Json* part : parts_of(normalizer, "normalizers")) {
    if (type_of(*part) != "NFC") {
      return bad("normalizer", type_of(*part) + " is not supported, expected NFC or none");
    }
    out.normalize_nfc = true;
  }
  return {};
}

base::Result<PreTokenizerStep> read_split(const Json& split) {
  const Json& pattern = member(split, "pattern");
  PreTokenizerStep step;
  if (const Json& regex = member(pattern, "Regex"); regex.is_string()) {
    step.pattern = regex.get<std::string>();
    if (step.pattern == "[\r\n]") step.pattern = kDeepseekCoderPatterns[0];  // the same, unescaped
  } else if (const Json& text = member(pattern, "String"); text.is_string()) {
    step.pattern = "\\Q" + text.get<std::string>() + "\\E";
    if (step.pattern.find("\\E") != step.pattern.size() - 2) {
      return bad("pre_tokenizer: Split", "the pattern's text is not supported");
    }
  } else {
    return bad("pre_tokenizer: Split", "expected a pattern with Regex or String");
  }
  // "Removed" and inverted keeps the matches and drops the gaps: for the patterns that match
  // everything it says the same as "Isolated".
  const Json& behavior = member(split, "behavior");
  const bool matches_all = step.pattern == kGpt2Pattern || step.pattern == kLlama3Pattern ||
                           step.pattern == kQwen2Pattern;
  const bool is_inverted = flag(split, "invert", false);
  if (!(behavior == "Isolated" || (behavior == "Removed" && is_inverted && matches_all))) {
    return bad("pre_tokenizer: Split", "behavior " + behavior.dump() +
                                           (is_inverted ? " inverted" : "") +
                                           " is not supported, expected \"Isolated\"");
  }
  return step;
}

// The name of ours that means these steps, or "".
std::string name_of(const std::vector<PreTokenizerStep>& steps) {
  using Kind = PreTokenizerStep::Kind;
  const auto is_pattern = [&](std::size_t i, std::string_view pattern) {
    return steps[i].kind == Kind::kPattern && steps[i].pattern == pattern;
  };
  if (steps.size() == 1) {
    if (steps[0].kind == Kind::kGpt2 || is_pattern(0, kGpt2Pattern)) return "gpt-2";
    if (is_pattern(0, kLlama3Pattern)) return "llama-bpe";
    if (is_pattern(0, kQwen2Pattern)) return "qwen2";
  }
  if (steps.size() == 2 && steps[0].kind == Kind::kDigits && steps[1].kind == Kind::kGpt2) {
    return "smollm";
  }
  if (steps.size() != std::size(kDeepseekCoderPatterns) + 1) return "";
  for (std::size_t i = 0; i < std::size(kDeepseekCoderPatterns); ++i) {
    if (!is_pattern(i, kDeepseekCoderPatterns[i])) return "";
  }
  return steps.back().kind == Kind::kDigits ? "deepseek-coder" : "";
}

base::Result<> read_pre_tokenizer(const Json& pre_tokenizer, Vocabulary& out) {
  using Kind = PreTokenizerStep::Kind;
  const std::vector<const Json*> parts = parts_of(pre_tokenizer, "pretokenizers");
  bool is_byte_level = false;
  for (const Json* part : parts) {
    const std::string type = type_of(*part);
    if (is_byte_level) return bad("pre_tokenizer", "ByteLevel is expected to be the last step");
    if (type == "Split") {
      CROMWELL_ASSIGN(PreTokenizerStep step, read_split(*part));
      out.pre_tokenizer_steps.push_back(std::move(step));
    } else if (type == "Digits" && flag(*part, "individual_digits", false)) {
      out.pre_tokenizer_steps.push_back({Kind::kDigits, {}});
    } else if (type == "ByteLevel") {
      is_byte_level = true;
      if (flag(*part, "use_regex", true)) out.pre_tokenizer_steps.push_back({Kind::kGpt2, {}});
      out.add_prefix_space = flag(*part, "add_prefix_space", true);
      if (out.add_prefix_space && parts.size() > 1) {
        return bad("pre_tokenizer", "add_prefix_space after other steps is not supported");
      }
    } else {
      return bad("pre_tokenizer", type +
                                      " is not supported, expected Split, Digits (individual) "
                                      "and ByteLevel");
    }
  }
  if (!is_byte_level)
    return bad("pre_tokenizer", "expected ByteLevel: only byte-level BPE is read");
  // No step at all: the whole text is one word.
  if (out.pre_tokenizer_steps.empty()) {
    out.pre_tokenizer_steps.push_back({Kind::kPattern, "(?s:.+)"});
  }
  out.pre_tokenizer = name_of(out.pre_tokenizer_steps);
  if (!out.pre_tokenizer.empty()) out.pre_tokenizer_steps.clear();
  return {};
}

base::Result<> read_post_processor(const Json& post_processor, Vocabulary& out) {
  for (const Json* part : parts_of(post_processor, "processors")) {
    if (type_of(*part) == "ByteLevel") continue;  // it only trims offsets
    if (type_of(*part) != "TemplateProcessing") {
      return bad("post_processor", type_of(*part) +
                                       " is not supported, expected ByteLevel or "
                                       "TemplateProcessing");
    }
    bool after_text = false;
    for (const Json& item : member(*part, "single")) {
      if (item.is_object() && item.contains("Sequence")) after_text = true;
      const Json& name = member(member(item, "SpecialToken"), "id");
      if (!name.is_string()) continue;
      const Json& ids =
          member(member(member(*part, "special_tokens"), name.get<std::string>().c_str()), "ids");
      auto& place = after_text ? out.eos : out.bos;
      if (!ids.is_array() || ids.size() != 1 || place) {
        return bad("post_processor",
                   "at most one token before and one after the text is supported");
      }
      TokenId id = 0;
      CROMWELL_TRY(read_id(ids[0], "post_processor", id));
      place = id;
      (after_text ? out.add_eos : out.add_bos) = true;
    }
  }
  return {};
}

}  // namespace

base::Result<Vocabulary> read_hf_json(std::string_view json) {
  if (json.size() > kMaxJsonBytes) {
    return bad("file", "at most " + std::to_string(kMaxJsonBytes) + " bytes are supported");
  }
  bool is_too_deep = false;
  const auto watch_depth = [&is_too_deep](int depth, Json::parse_event_t, Json&) {
    is_too_deep |= depth > kMaxDepth;
    return !is_too_deep;
  };
  const Json document = Json::parse(json, watch_depth, /*allow_exceptions=*/false);
  if (is_too_deep) return bad("file", "nested deeper than " + std::to_string(kMaxDepth));
  if (!document.is_object()) return bad("file", "not a JSON object");

  Vocabulary vocabulary;
  CROMWELL_TRY(read_model(member(document, "model"), vocabulary));
  CROMWELL_TRY(read_added_tokens(member(document, "added_tokens"), vocabulary));
  CROMWELL_TRY(read_normalizer(member(document, "normalizer"), vocabulary));
  CROMWELL_TRY(read_pre_tokenizer(member(document, "pre_tokenizer"), vocabulary));
  CROMWELL_TRY(read_post_processor(member(document, "post_processor"), vocabulary));
  return vocabulary;
}

}  // namespace cromwell::tokenizer
