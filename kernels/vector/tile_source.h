// Where the weights of a tile of rows come from: the file, or packed rows. To the unpackers both
// are Rows; how words are loaded from them is kernels/<isa>/lanes.h. Instantiated only in
// kernels/<isa>/, with V a type of that folder alone: what is compiled for one instruction set must
// not serve another.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/blocks.h"
#include "kernels/packed_rows.h"

namespace cromwell::kernels::vector {

// The same block of consecutive rows: as it lies in the file ...
struct Rows {
  const std::uint8_t* first;
  std::ptrdiff_t stride;  // bytes from row to row

  [[gnu::always_inline]] const std::uint8_t* at(int row, int offset) const {
    return first + row * stride + offset;
  }
};

// ... or among sixteen packed rows, from row `lane` on (kernels/packed_rows.h).
struct PackedRows {
  const std::uint8_t* words;   // where a word at offset 0 would lie
  const std::uint8_t* halves;  // of the float16 that is no part of a word
  int lane;

  // The word at `offset` of the block of each row, row after row.
  [[gnu::always_inline]] const std::uint8_t* word(int offset) const {
    return words + kPackedRows * offset + 4 * lane;
  }
  [[gnu::always_inline]] const std::uint8_t* half() const { return halves + 2 * lane; }
};

// Part `part` of `parts` of the cache lines of a run of `bytes` from `from` on: many at once would
// wait for each other. Inlined always: a call that only prefetches g++ would drop.
template <void (*kFetch)(const void*)>
[[gnu::always_inline]] inline void fetch_part(const std::uint8_t* from, std::ptrdiff_t bytes,
                                              int part, int parts) {
  const std::ptrdiff_t lines = (bytes + 63) / 64;
  for (std::ptrdiff_t i = lines * part / parts; i < lines * (part + 1) / parts; ++i) {
    kFetch(from + 64 * i);
  }
}

// The rows of a tile, kVectors high, of which `n` exist.
template <class V, class Rows, class Block, int kVectors>
struct TileSource;

template <class V, class Block, int kVectors>
struct TileSource<V, Rows, Block, kVectors> {
  static constexpr int kLanes = V::kLanes;
  static constexpr int kRows = kVectors * kLanes;
  static constexpr std::ptrdiff_t kBlockBytes = sizeof(Block);
  // How far ahead of the tile in work memory is read: a part of a second-level cache.
  static constexpr std::ptrdiff_t kRowsAhead = 64;

  const std::uint8_t* first;
  std::ptrdiff_t stride;
  int n;

  TileSource(const WeightMatrix& w, int row, int rows)
      : first(reinterpret_cast<const std::uint8_t*>(w.data) +
              row * static_cast<std::ptrdiff_t>(w.row_bytes)),
        stride(static_cast<std::ptrdiff_t>(w.row_bytes)),
        n(rows) {}

  // The rows of a tile are more streams than the hardware follows, but together they are one run
  // of bytes: while a tile is multiplied, one some way ahead is fetched from front to back.
  [[gnu::always_inline]] void prefetch(std::ptrdiff_t index, int part, int parts) const {
    const std::uint8_t* next = first + kRowsAhead * stride + index * kRows * kBlockBytes;
    fetch_part<V::prefetch_l2>(next, kRows * kBlockBytes, part, parts);
  }

  // A tile that is not full is filled up with copies of its first row, whose results nobody
  // stores.
  struct Copies {
    Block blocks[kRows];
  };
  [[gnu::noinline, gnu::cold]] Rows copy(std::ptrdiff_t index, Copies& copies) const {
    const Rows from{first + index * kBlockBytes, stride};
    for (int r = 0; r < kRows; ++r) {
      __builtin_memcpy(&copies.blocks[r], from.at(r < n ? r : 0, 0), sizeof(Block));
    }
    return {reinterpret_cast<const std::uint8_t*>(copies.blocks), kBlockBytes};
  }

  // Block `index` of the rows in vector h.
  [[gnu::always_inline]] Rows rows(int h, std::ptrdiff_t index, Copies& copies) const {
    const Rows all = n < kRows ? copy(index, copies) : Rows{first + index * kBlockBytes, stride};
    return {all.at(h * kLanes, 0), all.stride};
  }
};

template <class V, class Block, int kVectors>
struct TileSource<V, PackedRows, Block, kVectors> {
  static constexpr int kLanes = V::kLanes;
  static constexpr std::ptrdiff_t kBlockBytes = kPackedRows * sizeof(Block);

  static constexpr std::ptrdiff_t kHalfBytes = kPackedRows * sizeof(half);
  // What is wanted so much later is fetched now: the hardware follows a run only within a page.
  static constexpr std::ptrdiff_t kAhead = (4096 + kBlockBytes - 1) / kBlockBytes;  // blocks

  const std::uint8_t* first;  // of the sixteen that hold `row`
  std::ptrdiff_t stride;      // bytes from sixteen to sixteen
  std::ptrdiff_t blocks;      // of a row
  int lane;                   // of the first row
  int n;

  struct Copies {};  // rows that do not exist are there all the same, as zeros

  TileSource(const WeightMatrix& w, int row, int rows)
      : first(reinterpret_cast<const std::uint8_t*>(w.packed) +
              row / kPackedRows * static_cast<std::ptrdiff_t>(packed_stride(w))),
        stride(static_cast<std::ptrdiff_t>(packed_stride(w))),
        blocks(static_cast<std::ptrdiff_t>(w.row_bytes / sizeof(Block))),
        lane(row % kPackedRows),
        n(rows) {}

  [[gnu::always_inline]] int row_of(int h) const {
    return kLanes == kPackedRows ? h * kLanes : lane + h * kLanes;
  }
  [[gnu::always_inline]] const std::uint8_t* block(int h, std::ptrdiff_t index) const {
    return first + row_of(h) / kPackedRows * stride + index * kBlockBytes;
  }

  // The block that is wanted kAhead blocks after `index`: behind the tile's last the next tile's.
  [[gnu::always_inline]] const std::uint8_t* ahead(int h, std::ptrdiff_t index) const {
    const std::ptrdiff_t wanted = index + kAhead;
    return wanted < blocks ? block(h, wanted) : block(h + kVectors, wanted - blocks);
  }
  // Into the first level: fetched into the second, passes of 8 to 16 tokens take up to twice as
  // long at times.
  [[gnu::always_inline]] void prefetch(std::ptrdiff_t index, int part, int parts) const {
    for (int h = 0; h < kVectors; ++h) {
      fetch_part<V::prefetch>(ahead(h, index), kBlockBytes, part, parts);
    }
  }

  [[gnu::always_inline]] PackedRows rows(int h, std::ptrdiff_t index, Copies&) const {
    const std::uint8_t* begin = block(h, index);
    const int lane_of_row = row_of(h) % kPackedRows;
    if constexpr (sizeof(Block) % 4 == 0) return {begin, nullptr, lane_of_row};
    const bool half_first = index % 2 == 1;
    const std::uint8_t* words = half_first ? begin + kHalfBytes : begin;
    const std::uint8_t* halves = half_first ? begin : begin + kBlockBytes - kHalfBytes;
    if constexpr (offsetof(Block, d) == 0) words -= kHalfBytes;  // offsets count it too
    return {words, halves, lane_of_row};
  }
};

}  // namespace cromwell::kernels::vector
