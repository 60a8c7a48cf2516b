#include "clients/cli/model_random.h"

#include <cstdio>
#include <filesystem>

#include "clients/cli/random_vocabulary.h"
#include "model/storage_rule.h"

namespace cromwell::cli {
namespace {

std::string in_millions(std::uint64_t count) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1fM", static_cast<double>(count) / 1e6);
  return text;
}

void print_cost(const RandomJob& job, const model::ModelCost& cost) {
  std::error_code code;
  const auto bytes = std::filesystem::file_size(job.output.path, code);
  const auto giga = [](std::uint64_t flops) { return static_cast<double>(flops) / 1e9; };
  const auto context = static_cast<std::uint64_t>(job.shape.context);
  std::printf("%s: random weights, type %s, seed %llu\n", job.output.path.c_str(), job.type.c_str(),
              static_cast<unsigned long long>(job.seed));
  std::printf("parameters        %llu (%s)\n", static_cast<unsigned long long>(cost.parameters),
              in_millions(cost.parameters).c_str());
  std::printf("bytes             %llu (%.1f MiB)\n", static_cast<unsigned long long>(bytes),
              static_cast<double>(bytes) / (1 << 20));
  std::printf(
      "GFLOP per token   %.3f in the layers, %.3f in the head, attention %.3f at %d positions\n",
      giga(cost.layer_flops), giga(cost.head_flops), giga(cost.position_flops * context),
      job.shape.context);
}

}  // namespace

model::ModelShape named_shape(const std::string& name) {
  if (name == "cromwell") return {};
  return {.layers = 2,
          .hidden = 256,
          .ffn = 512,
          .heads = 4,
          .kv_heads = 2,
          .vocab = 2048,
          .context = 1024};
}

base::Result<> write_random_model(const RandomJob& job) {
  CROMWELL_ASSIGN(const kernels::WeightType type, model::parse_weight_type(job.type));
  CROMWELL_TRY(model::check_shape(job.shape));
  CROMWELL_TRY(check_output(job.output, {}));
  const model::ModelCost cost = model::cost_of(job.shape);
  model::GgufWriter writer;
  CROMWELL_TRY(add_random_vocabulary(job.shape.vocab, writer));
  const Interruption interruption;
  ProgressBar bar;
  model::TensorQuantizer quantizer(thread_count(job.output), interruption.flag());
  const auto done = [&](std::size_t number, std::size_t count) {
    bar.show(number, count, "tensor " + std::to_string(number) + " of " + std::to_string(count));
  };
  model::add_random_model(
      {.shape = job.shape,
       .type = type,
       .seed = job.seed,
       .name = "Cromwell " + in_millions(cost.parameters) + " random (no trained weights)"},
      quantizer, done, writer);
  CROMWELL_TRY(writer.write(job.output.path, when_there(job.output)));
  bar.clear();
  print_cost(job, cost);
  return {};
}

}  // namespace cromwell::cli
