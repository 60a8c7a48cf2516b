#include "clients/cli/model_quantize.h"

#include <cstdio>
#include <filesystem>

#include "model/gguf.h"
#include "model/quantize_file.h"
#include "model/storage_rule.h"

namespace cromwell::cli {
namespace {

const char* name_of(kernels::WeightType type) { return kernels::weight_type_traits(type)->name; }

// The tensors' lines as they come, the bar below them, the sums at the end.
class Table {
 public:
  void add(const model::QuantizedTensor& done) {
    bar_.clear();
    if (done.number == 1) {
      std::printf("%-40s %8s %8s %14s %12s\n", "tensor", "from", "to", "bytes", "error (rms)");
    }
    std::printf("%-40s %8s %8s %14llu %12.6f\n", model::printable(done.tensor->name).c_str(),
                name_of(done.tensor->type), name_of(done.type),
                static_cast<unsigned long long>(done.bytes), done.loss.relative_rms());
    std::fflush(stdout);
    bar_.show(done.number, done.count, model::printable(done.tensor->name));
    total_ += done.loss;
    requantized_ = requantized_ || (done.tensor->type != done.type &&
                                    kernels::weight_type_traits(done.tensor->type)->block_size > 1);
  }

  void finish(const QuantizeJob& job) {
    bar_.clear();
    std::error_code code;
    const auto before = std::filesystem::file_size(job.input, code);
    const auto after = std::filesystem::file_size(job.output.path, code);
    std::printf("%s: %.1f MiB from %.1f MiB, error %.6f of the weights' rms\n",
                job.output.path.c_str(), static_cast<double>(after) / (1 << 20),
                static_cast<double>(before) / (1 << 20), total_.relative_rms());
    if (requantized_) {
      std::fprintf(stderr,
                   "cromwell: note: the input was quantised already; errors are counted from it, "
                   "not from the weights it was made of\n");
    }
  }

 private:
  ProgressBar bar_;
  model::Loss total_;
  bool requantized_ = false;
};

}  // namespace

base::Result<> quantize_model(const QuantizeJob& job) {
  CROMWELL_ASSIGN(const kernels::WeightType type, model::parse_weight_type(job.type));
  CROMWELL_TRY(check_output(job.output, job.input));
  CROMWELL_ASSIGN(const auto file, model::GgufFile::open(job.input));
  const Interruption interruption;
  model::TensorQuantizer quantizer(thread_count(job.output), interruption.flag());
  Table table;
  CROMWELL_TRY(model::quantize_file(*file, type, job.output.path, when_there(job.output), quantizer,
                                    [&](const model::QuantizedTensor& done) { table.add(done); }));
  table.finish(job);
  return {};
}

}  // namespace cromwell::cli
