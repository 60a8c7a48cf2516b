// Packed rows: a matrix rearranged so that sixteen rows lie side by side, as the kernels put them
// into lanes. The bytes are those of the file in another order:
//
//   [rows / 16] runs, each [blocks of a row] of 16 blocks; a block's words of four bytes follow one
//   another, of each all sixteen rows. A block that is not whole words has one float16 besides:
//   all sixteen lie behind the words in blocks 0, 2, .., and before them in blocks 1, 3, ...
//
//   Q4_0:  | words of block 0 | d of 0 | d of 1 | words of block 1 | ...  so words are 64-byte
//   aligned
//          0                256      288      320                576
//
// A float matrix has an element where others have a word: a run is [cols, 16] or, of 16 bits,
// [cols, 32], so that a column is a cache line there as well.
//
// A pass then reads memory in one ascending run, and a word of sixteen rows is one load instead of
// sixteen and a transposition. Rows that fill up the last run are zero. Pure; any thread.
#pragma once

#include <cstddef>

#include "kernels/weight_type.h"

namespace cromwell::kernels {

inline constexpr int kPackedRows = 16;

[[gnu::always_inline]] inline constexpr int rows_per_run(WeightType type) {
  const bool is_narrow = type == WeightType::kF16 || type == WeightType::kBF16;
  return is_narrow ? 2 * kPackedRows : kPackedRows;
}
// From one run to the next, in bytes.
[[gnu::always_inline]] inline constexpr std::size_t packed_stride(const WeightMatrix& w) {
  return (static_cast<std::size_t>(rows_per_run(w.type)) * w.row_bytes + 63) / 64 * 64;
}
[[gnu::always_inline]] inline int packed_runs(const WeightMatrix& w) {
  return (w.rows + rows_per_run(w.type) - 1) / rows_per_run(w.type);
}
[[gnu::always_inline]] inline std::size_t packed_bytes(const WeightMatrix& w) {
  return static_cast<std::size_t>(packed_runs(w)) * packed_stride(w);
}
// Runs [begin, end) to their places behind `packed`, where the first of all lies: 64-byte aligned.
void pack_rows(const WeightMatrix& w, int begin, int end, std::byte* packed);

// Rows [begin, end) of a packed matrix, begin a multiple of rows_per_run, as a matrix that is there
// only packed.
WeightMatrix packed_part(const WeightMatrix& w, int begin, int end);

}  // namespace cromwell::kernels
