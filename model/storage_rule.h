// Which storage type a tensor gets in a model "of type T", and what a file says of it. The rule:
//   * vectors (norms, biases, RoPE factors) are F32, whatever T is: they are small, and the forward
//     pass reads them as floats;
//   * token_embd.weight and output.weight are Q6_K where T has fewer than six bits: the head
//   decides
//     between tokens, and a tied model's embedding is its head;
//   * every other matrix is T;
//   * where a row does not divide into the type's blocks of 256, the nearest type with blocks of 32
//     takes its place (Q2_K, Q3_K -> IQ4_NL, Q4_K -> Q5_0, Q5_K -> Q5_1, Q6_K -> Q8_0), and where
//     it does not divide into 32 either, F16.
// llama.cpp's quantiser falls back the same way.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "kernels/weight_type.h"

namespace cromwell::model {

// shape as in GGUF: [cols, rows, ...]; a vector has one dimension.
kernels::WeightType storage_type(std::string_view tensor, std::span<const std::uint64_t> shape,
                                 kernels::WeightType wanted);

// The value of the key general.file_type (llama.cpp's numbering).
std::uint32_t file_type_number(kernels::WeightType type);

// "Q4_0" in either case. kInvalidRequest that lists what there is.
base::Result<kernels::WeightType> parse_weight_type(std::string_view name);

}  // namespace cromwell::model
