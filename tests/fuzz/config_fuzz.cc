// libFuzzer target: any bytes as a configuration file, read to the end, as SIGHUP does.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/configuration.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cromwell::server;
  setenv("HOME", "/home/user", 1);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ConfigSources sources{.config_file = "/etc/cromwell/cromwell.toml", .home = "/home/user"};
  auto options = make_options(sources, text);
  if (!options) return 0;
  if (options->roots == std::vector<std::string>{"."}) options->roots = {"/current"};
  // What is shown of it reads back as the same.
  const auto again = make_options(sources, describe(*options, sources, text));
  if (!again || !changed_options(*options, *again).empty()) std::abort();
  return 0;
}
