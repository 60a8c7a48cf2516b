#include "model/storage_rule.h"

#include <algorithm>
#include <cctype>

namespace cromwell::model {
namespace {

using kernels::WeightType;

constexpr WeightType kTypes[] = {
    WeightType::kF32,  WeightType::kF16,    WeightType::kBF16, WeightType::kQ8_0, WeightType::kQ6_K,
    WeightType::kQ5_K, WeightType::kQ5_1,   WeightType::kQ5_0, WeightType::kQ4_K, WeightType::kQ4_1,
    WeightType::kQ4_0, WeightType::kIQ4_NL, WeightType::kQ3_K, WeightType::kQ2_K};

// With its scales Q5_1 takes 6.0 bits a weight, Q6_K 6.6.
bool has_under_six_bits(WeightType type) {
  const kernels::WeightTypeTraits& traits = *kernels::weight_type_traits(type);
  return 16 * traits.block_bytes < 13 * traits.block_size;
}

// The type of blocks of 32 that stands in for one of blocks of 256.
WeightType stand_in(WeightType type) {
  switch (type) {
    case WeightType::kQ2_K:
    case WeightType::kQ3_K:
      return WeightType::kIQ4_NL;
    case WeightType::kQ4_K:
      return WeightType::kQ5_0;
    case WeightType::kQ5_K:
      return WeightType::kQ5_1;
    case WeightType::kQ6_K:
      return WeightType::kQ8_0;
    default:
      return type;
  }
}

}  // namespace

WeightType storage_type(std::string_view tensor, std::span<const std::uint64_t> shape,
                        WeightType wanted) {
  if (shape.size() < 2) return WeightType::kF32;
  const bool is_head = tensor == "token_embd.weight" || tensor == "output.weight";
  WeightType type = is_head && has_under_six_bits(wanted) ? WeightType::kQ6_K : wanted;
  const auto fits = [&](WeightType t) {
    return shape[0] % kernels::weight_type_traits(t)->block_size == 0;
  };
  if (!fits(type)) type = stand_in(type);
  return fits(type) ? type : WeightType::kF16;
}

std::uint32_t file_type_number(WeightType type) {
  switch (type) {
    case WeightType::kF32:
      return 0;
    case WeightType::kF16:
      return 1;
    case WeightType::kQ4_0:
      return 2;
    case WeightType::kQ4_1:
      return 3;
    case WeightType::kQ8_0:
      return 7;
    case WeightType::kQ5_0:
      return 8;
    case WeightType::kQ5_1:
      return 9;
    case WeightType::kQ2_K:
      return 10;
    case WeightType::kQ3_K:  // of the mixtures: the small one, which is closest to a single type
      return 11;
    case WeightType::kQ4_K:
      return 14;
    case WeightType::kQ5_K:
      return 16;
    case WeightType::kQ6_K:
      return 18;
    case WeightType::kIQ4_NL:
      return 25;
    case WeightType::kBF16:
      return 32;
  }
  return 0;
}

base::Result<WeightType> parse_weight_type(std::string_view name) {
  const auto same = [](char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) ==
           std::toupper(static_cast<unsigned char>(b));
  };
  std::string names;
  for (const WeightType type : kTypes) {
    const std::string_view known = kernels::weight_type_traits(type)->name;
    if (std::equal(known.begin(), known.end(), name.begin(), name.end(), same)) return type;
    names += names.empty() ? "" : ", ";
    names += known;
  }
  return base::Error{base::ErrorCode::kInvalidRequest,
                     "type \"" + std::string(name) + "\" is unknown, expected one of " + names,
                     "type"};
}

}  // namespace cromwell::model
