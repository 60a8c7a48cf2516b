// MetadataReader: the numbers of one architecture's keys, checked against their limits. Every
// failure is an Error that names file and key. Used while a file is read; no state of its own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "model/gguf.h"

namespace cromwell::model {

class MetadataReader {
 public:
  MetadataReader(const GgufFile& file, std::string architecture)
      : file_(file), architecture_(std::move(architecture)) {}

  const GgufFile& file() const { return file_; }
  // "llama.block_count" for "block_count".
  std::string key(std::string_view suffix) const {
    return architecture_ + "." + std::string(suffix);
  }
  base::Error error(const std::string& key, const std::string& what) const;

  // least <= value <= most, of the whole key `name`.
  base::Result<int> number(const std::string& name, int least, int most,
                           std::optional<std::uint64_t> absent = {}) const;
  base::Result<int> multiple(const std::string& name, int of, int most) const;
  // A number that is finite and above 0 as a float, too.
  base::Result<double> positive(const std::string& name, std::optional<double> absent = {}) const;
  // An integer, a float or a bool as 0 or 1.
  base::Result<double> any_number(const std::string& name) const;

 private:
  const GgufFile& file_;
  const std::string architecture_;
};

// Text of a file in quotes, made fit for a message.
std::string quoted(std::string_view text);
// A number for a message: 1e-60, where std::to_string says 0.000000.
std::string number_text(double value);

}  // namespace cromwell::model
