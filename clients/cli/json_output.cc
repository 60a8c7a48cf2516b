#include "clients/cli/json_output.h"

#include <cstdio>

#include "clients/cli/commands.h"

namespace cromwell::cli {

using nlohmann::ordered_json;

void print_json(const ordered_json& object) {
  const std::string text = object.dump(2, ' ', false, ordered_json::error_handler_t::replace);
  std::printf("%s\n", text.c_str());
}

ordered_json error_json(const base::Error& error) {
  ordered_json object = {{"message", error.message}};
  if (!error.param.empty()) object["code"] = error.param;
  return object;
}

int report_as(bool json, const base::Error& error) {
  if (!json) return report(error);
  print_json({{"error", error_json(error)}});
  return kFailed;
}

}  // namespace cromwell::cli
