#include "kernels/packed_rows.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/blocks.h"
#include "kernels/kernels.h"

namespace cromwell::kernels {
namespace {

// Where a block that is not whole words has its float16.
std::size_t half_offset(WeightType type) {
  switch (type) {
    case WeightType::kQ3_K:
      return offsetof(BlockQ3_K, d);
    case WeightType::kQ6_K:
      return offsetof(BlockQ6_K, d);
    default:
      return 0;
  }
}

// The kRows rows of one run, `rows` of which exist.
template <std::size_t kRows>
struct Source {
  const std::byte* first;
  std::size_t row_bytes;
  std::size_t rows;

  // The field at `offset` of each row. Returns the end of what it wrote.
  template <class Field>
  std::byte* pack(std::size_t offset, std::byte* to) const {
    for (std::size_t r = 0; r < kRows; ++r, to += sizeof(Field)) {
      Field field = 0;
      if (r < rows) std::memcpy(&field, first + r * row_bytes + offset, sizeof field);
      std::memcpy(to, &field, sizeof field);
    }
    return to;
  }
};

template <class Rows>
std::byte* pack_words(const Rows& rows, std::size_t begin, std::size_t end, std::byte* to) {
  for (std::size_t at = begin; at < end; at += sizeof(std::uint32_t)) {
    to = rows.template pack<std::uint32_t>(at, to);
  }
  return to;
}

template <class Rows>
void pack_run(const Rows& rows, WeightType type, std::byte* to) {
  const std::size_t bytes = weight_type_traits(type)->block_bytes;
  const bool has_half = bytes % sizeof(std::uint32_t) != 0;
  const std::size_t half_at = half_offset(type);
  const std::size_t words_at = has_half && half_at == 0 ? sizeof(half) : 0;
  const std::size_t words_end = words_at + bytes / sizeof(std::uint32_t) * sizeof(std::uint32_t);
  for (std::size_t block = 0; block * bytes < rows.row_bytes; ++block) {
    const std::size_t begin = block * bytes;
    const bool half_first = block % 2 == 1;
    if (has_half && half_first) to = rows.template pack<half>(begin + half_at, to);
    to = pack_words(rows, begin + words_at, begin + words_end, to);
    if (has_half && !half_first) to = rows.template pack<half>(begin + half_at, to);
  }
}

template <std::size_t kRows>
void pack_runs(const WeightMatrix& w, std::size_t begin, std::size_t end, std::byte* packed) {
  for (std::size_t run = begin; run < end; ++run) {
    const std::size_t left = static_cast<std::size_t>(w.rows) - run * kRows;
    pack_run(Source<kRows>{w.data + run * kRows * w.row_bytes, w.row_bytes, std::min(left, kRows)},
             w.type, packed + run * packed_stride(w));
  }
}

}  // namespace

void pack_rows(const WeightMatrix& w, int begin, int end, std::byte* packed) {
  const auto first = static_cast<std::size_t>(begin);
  const auto last = static_cast<std::size_t>(end);
  if (rows_per_run(w.type) == kPackedRows) {
    pack_runs<kPackedRows>(w, first, last, packed);
  } else {
    pack_runs<2 * kPackedRows>(w, first, last, packed);
  }
}

WeightMatrix packed_part(const WeightMatrix& w, int begin, int end) {
  assert(begin % rows_per_run(w.type) == 0);
  WeightMatrix part = w;
  part.data = nullptr;
  part.rows = end - begin;
  part.packed =
      w.packed + static_cast<std::size_t>(begin / rows_per_run(w.type)) * packed_stride(w);
  return part;
}

}  // namespace cromwell::kernels
