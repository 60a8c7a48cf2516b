#include "model/metadata_reader.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

namespace cromwell::model {

std::string quoted(std::string_view text) {
  std::string out = printable(text);
  out.insert(out.begin(), '"');
  out.push_back('"');
  return out;
}

std::string number_text(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", value);
  return text.data();
}

base::Error MetadataReader::error(const std::string& key, const std::string& what) const {
  return {base::ErrorCode::kBadModel, file_.path() + ": key " + key + ": " + what, key};
}

base::Result<int> MetadataReader::number(const std::string& name, int least, int most,
                                         std::optional<std::uint64_t> absent) const {
  CROMWELL_ASSIGN(const std::uint64_t value, file_.integer(name, absent));
  if (value < static_cast<std::uint64_t>(least) || value > static_cast<std::uint64_t>(most)) {
    return error(name, "is " + std::to_string(value) + ", expected " + std::to_string(least) +
                           " to " + std::to_string(most));
  }
  return static_cast<int>(value);
}

base::Result<int> MetadataReader::multiple(const std::string& name, int of, int most) const {
  CROMWELL_ASSIGN(const int value, number(name, of, most));
  if (value % of != 0) {
    return error(name,
                 "is " + std::to_string(value) + ", expected a multiple of " + std::to_string(of));
  }
  return value;
}

base::Result<double> MetadataReader::positive(const std::string& name,
                                              std::optional<double> absent) const {
  CROMWELL_ASSIGN(const double value, file_.real(name, absent));
  const auto used = static_cast<float>(value);
  if (!std::isfinite(used) || used <= 0) {
    return error(name, "is " + number_text(value) + ", expected more than 0 and at most " +
                           number_text(std::numeric_limits<float>::max()) + ", as a float");
  }
  return value;
}

base::Result<double> MetadataReader::any_number(const std::string& name) const {
  if (const auto value = file_.boolean(name)) return *value ? 1.0 : 0.0;
  if (const auto value = file_.real(name)) return *value;
  CROMWELL_ASSIGN(const std::uint64_t value, file_.integer(name));
  return static_cast<double>(value);
}

}  // namespace cromwell::model
