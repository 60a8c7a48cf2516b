#include "api/sampling_fields.h"

#include <charconv>

#include "api/schema.h"

namespace cromwell::api {

base::Result<engine::Priority> read_priority(const JsonIn& value, const std::string& path) {
  if (value == "interactive") return engine::Priority::kInteractive;
  if (value == "normal") return engine::Priority::kNormal;
  if (value == "background") return engine::Priority::kBackground;
  return wrong_value(path, "\"interactive\", \"normal\" or \"background\"",
                     value.is_string() ? "another string" : std::string(value.type_name()));
}

base::Result<std::vector<engine::LogitBias>> read_logit_bias(const JsonIn& value,
                                                             const std::string& path) {
  if (!value.is_object()) return wrong_value(path, "an object of token ids and numbers", value);
  if (value.size() > kMaxLogitBiases) {
    return wrong_value(path, "at most " + std::to_string(kMaxLogitBiases) + " tokens",
                       std::to_string(value.size()) + " of them");
  }
  std::vector<engine::LogitBias> biases;
  for (const auto& [name, bias] : value.items()) {
    engine::LogitBias one;
    const char* const end = name.data() + name.size();
    const auto read = std::from_chars(name.data(), end, one.token);
    // One spelling for each token, so that none is there twice.
    if (read.ec != std::errc() || one.token < 0 || name != std::to_string(one.token)) {
      return wrong_value(path, "token ids as names", std::string("another name"));
    }
    CROMWELL_ASSIGN(const double number, read_number(bias, path + "." + std::to_string(one.token),
                                                     {-kMaxLogitBias, kMaxLogitBias}));
    one.bias = static_cast<float>(number);
    biases.push_back(one);
  }
  return biases;
}

JsonOut logit_bias_schema() {
  JsonOut bias = schema::number();
  bias["minimum"] = -kMaxLogitBias;
  bias["maximum"] = kMaxLogitBias;
  JsonOut entry = schema::of("object", "Token id -> what is added to its logit.");
  entry["additionalProperties"] = std::move(bias);
  entry["propertyNames"]["pattern"] = "^(0|[1-9][0-9]*)$";
  entry["maxProperties"] = kMaxLogitBiases;
  return entry;
}

base::Result<int> read_mirostat(const JsonIn& value, const std::string& path) {
  if (value == 0 || value == 2) return value.get<int>();
  return wrong_value(path, "0 or 2 (version 1 is not supported)", value);
}

}  // namespace cromwell::api
