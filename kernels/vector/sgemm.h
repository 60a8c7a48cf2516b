// Float weights times float activations for any vector width. Rows lie in the lanes, so an output
// is one chain of multiply-adds over k, ascending. Cutting k into panels stores and loads the
// chain's value: neither the blocks nor the number of tokens nor the vector width alters a bit.
//
//   for each block of rows            (its weights stay in L3)
//   for each chunk of tokens, group of panels of k:   copy the activations together  (L2)
//     for each tile of rows, panel of k:   transpose the weights, widened to float    (in L2)
//       for each tile of tokens:   y[tokens, rows] += weights * activations    (in registers)
//
// A tile of kHeight vectors of rows and kTokens tokens keeps its sums in registers; what it reads
// per step, kHeight vectors and kTokens broadcast floats, are fewer loads than the core does beside
// its multiply-adds. While a tile of rows is multiplied the weights of the next come from memory.
// Instantiated only in kernels/<isa>/.
//
// A Weight has: Element (as in the file), kStep and
//   void transpose(const Element* from, std::ptrdiff_t stride, float* to, std::ptrdiff_t to_stride)
//     rows [V::kLanes, kStep], `stride` apart, into kStep rows of V::kLanes floats, `to_stride`
//     apart
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/gemm_blocks.h"
#include "kernels/ops.h"

namespace cromwell::kernels::vector {

// Memory that will be read soon: `rows` runs of `bytes`, `stride` apart.
struct Soon {
  const char* at;
  std::ptrdiff_t stride;
  int rows;
  std::ptrdiff_t bytes;
};

// y[t * y_stride + row] for kT tokens and kH vectors of rows: on from y, or from zero. Fetches
// `soon` bit by bit: more requests at once than the core can have under way would make it wait.
// The loops over sums are unrolled before all else, or the compiler keeps them in memory too.
// w: [depth, kH * V::kLanes], x: [kT, kPanelStride]
template <class V, int kH, int kT>
[[gnu::noinline]] void sgemm_tile(const float* w, const float* x, int depth, bool from_zero,
                                  const Soon& soon, float* y, std::ptrdiff_t y_stride) {
  typename V::Float sums[kT][kH];
#pragma GCC unroll 8
  for (int t = 0; t < kT; ++t) {
#pragma GCC unroll 8
    for (int h = 0; h < kH; ++h) {
      sums[t][h] = from_zero ? V::zero() : V::load(y + t * y_stride + h * V::kLanes);
    }
  }
  const float* x_end = x + depth;
  const int step = soon.rows > 0 ? (depth + soon.rows - 1) / soon.rows : depth;
  for (const char* at = soon.at; x < x_end; at += soon.stride) {
    for (std::ptrdiff_t i = 0; i < soon.bytes; i += 64) V::prefetch(at + i);
    const float* x_pause = x_end - x < step ? x_end : x + step;
    for (; x < x_pause; ++x, w += kH * V::kLanes) {
      typename V::Float weights[kH];
      for (int h = 0; h < kH; ++h) weights[h] = V::load(w + h * V::kLanes);
#pragma GCC unroll 8
      for (int t = 0; t < kT; ++t) {
        const typename V::Float activation = V::broadcast(x[t * kPanelStride]);
#pragma GCC unroll 8
        for (int h = 0; h < kH; ++h) sums[t][h] = V::fma(weights[h], activation, sums[t][h]);
      }
    }
  }
#pragma GCC unroll 8
  for (int t = 0; t < kT; ++t) {
#pragma GCC unroll 8
    for (int h = 0; h < kH; ++h) V::store(y + t * y_stride + h * V::kLanes, sums[t][h]);
  }
}

inline constexpr int smaller(int a, int b) { return a < b ? a : b; }
inline constexpr int divide_up(int a, int b) { return (a + b - 1) / b; }
inline constexpr int round_up(int a, int b) { return divide_up(a, b) * b; }

// `total` in equal parts of at most `most`, each a multiple of `unit`.
inline constexpr int equal_part(int total, int most, int unit) {
  return round_up(divide_up(total, divide_up(total, most)), unit);
}

template <class V, class Weight>
struct Sgemm {
  using Element = typename Weight::Element;
  static constexpr int kLanes = V::kLanes;
  static constexpr int kHeight = V::kSgemmHeight;
  static constexpr int kTokens = V::kSgemmTokens;
  static constexpr int kRows = kHeight * kLanes;
  // With few tokens memory sets the pace, and tiles of weights that stay in L1 cost least.
  static constexpr int kShallow = 96;
  // So few that transposing the weights takes about as long as multiplying them.
  static constexpr int kFewTokens = 2 * kTokens;

  using Tile = void (*)(const float*, const float*, int, bool, const Soon&, float*, std::ptrdiff_t);

  template <int kH, int kT>
  static Tile find_tile(int tokens) {
    if constexpr (kT > 1) {
      if (tokens < kT) return find_tile<kH, kT - 1>(tokens);
    }
    return sgemm_tile<V, kH, kT>;
  }
  template <int kH>
  static Tile find_tile(int height, int tokens) {
    if constexpr (kH > 1) {
      if (height < kH) return find_tile<kH - 1>(height, tokens);
    }
    return find_tile<kH, kTokens>(tokens);
  }

  // One place in the matrix of weights.
  struct Piece {
    const Element* at;  // [rows, depth], `stride` apart
    std::ptrdiff_t stride;
    int rows;
    int depth;
  };

  // Part i of n of a piece.
  static Soon part(const Piece& w, int i, int n) {
    const int begin = w.rows * i / n;
    const int rows = w.rows * (i + 1) / n - begin;
    if (rows == 0) return {};
    return {reinterpret_cast<const char*>(w.at + begin * w.stride),
            w.stride * static_cast<std::ptrdiff_t>(sizeof(Element)), rows,
            w.depth * static_cast<std::ptrdiff_t>(sizeof(Element))};
  }

  // The piece transposed: [depth, height * kLanes]. Lanes past the last row are zero. Fetches the
  // piece at `soon`, if it is not null, in the same order.
  static void transpose(const Piece& w, const Element* soon, float* to) {
    constexpr int kLine = 64 / static_cast<int>(sizeof(Element));
    const int height = divide_up(w.rows, kLanes);
    const std::ptrdiff_t to_stride = std::ptrdiff_t{height} * kLanes;
    for (int r = 0; r < w.rows; r += kLanes) {
      const Element* from = w.at + r * w.stride;
      int k = 0;
      if (w.rows - r >= kLanes) {
        for (; k + Weight::kStep <= w.depth; k += Weight::kStep) {
          if (soon != nullptr && k % kLine == 0) {
            const Element* at = soon + r * w.stride + k;
            for (int i = 0; i < kLanes; ++i) {
              V::prefetch(reinterpret_cast<const char*>(at + i * w.stride));
            }
          }
          Weight::transpose(from + k, w.stride, to + k * to_stride + r, to_stride);
        }
      }
      for (; k < w.depth; k += Weight::kStep) {
        transpose_partial(from + k, w.stride, smaller(w.rows - r, kLanes),
                          smaller(w.depth - k, Weight::kStep), to + k * to_stride + r, to_stride);
      }
    }
  }

  static void transpose_partial(const Element* from, std::ptrdiff_t stride, int rows, int depth,
                                float* to, std::ptrdiff_t to_stride) {
    Element part[kLanes * Weight::kStep] = {};
    for (int r = 0; r < rows; ++r) {
      for (int k = 0; k < depth; ++k) part[r * Weight::kStep + k] = from[r * stride + k];
    }
    Weight::transpose(part, Weight::kStep, to, to_stride);
  }

  // One tile of rows times all tokens of the chunk. x: [tokens, kPanelStride]
  static void multiply(const float* w, const Piece& piece, const float* x, int tokens,
                       bool from_zero, const Piece& next, float* y, std::ptrdiff_t y_stride) {
    const int height = divide_up(piece.rows, kLanes);
    const int tiles = divide_up(tokens, kTokens);
    for (int i = 0; i < tiles; ++i) {
      const int t = i * kTokens;
      const int n = smaller(tokens - t, kTokens);
      const Tile tile = find_tile<kHeight>(height, n);
      const float* from = x + std::ptrdiff_t{t} * kPanelStride;
      float* to = y + t * y_stride;
      const Soon soon = part(next, i, tiles);
      if (piece.rows == height * kLanes) {
        tile(w, from, piece.depth, from_zero, soon, to, y_stride);
      } else {
        multiply_partial(tile, w, piece, from, n, from_zero, soon, to, y_stride);
      }
    }
  }

  // The last rows, fewer than the lanes: y's place is too narrow, so the tile has its own.
  static void multiply_partial(Tile tile, const float* w, const Piece& piece, const float* x,
                               int tokens, bool from_zero, const Soon& soon, float* y,
                               std::ptrdiff_t y_stride) {
    alignas(64) float own[kTokens * kRows] = {};
    for (int t = 0; t < tokens && !from_zero; ++t) {
      for (int r = 0; r < piece.rows; ++r) own[t * kRows + r] = y[t * y_stride + r];
    }
    tile(w, x, piece.depth, from_zero, soon, own, kRows);
    for (int t = 0; t < tokens; ++t) {
      for (int r = 0; r < piece.rows; ++r) y[t * y_stride + r] = own[t * kRows + r];
    }
  }

  // What one call computes: the product's operands and the part of it that is under way.
  const WeightMatrix& w;
  const float* x;  // [tokens, w.cols]
  float* y;
  std::ptrdiff_t y_stride;
  float* panel;  // [panels of a group, tokens, kPanelStride]

  Piece piece(int row, int row_end, int k, int k_end, int depth) const {
    return {
        reinterpret_cast<const Element*>(w.data + static_cast<std::size_t>(row) * w.row_bytes) + k,
        static_cast<std::ptrdiff_t>(w.row_bytes / sizeof(Element)), smaller(row_end - row, kRows),
        smaller(k_end - k, depth)};
  }

  // Rows [row_begin, row_end) of tokens [token, token + tokens), inputs [k_begin, k_end): as many
  // as the panel holds in pieces of panel_depth.
  void multiply_group(int row_begin, int row_end, int token, int tokens, int k_begin, int k_end,
                      int panel_depth) {
    for (int k = k_begin; k < k_end; k += panel_depth) {
      float* to = panel + std::ptrdiff_t{(k - k_begin) / panel_depth} * tokens * kPanelStride;
      copy(token, tokens, k, smaller(panel_depth, k_end - k), to);
    }
    alignas(64) float tile[kRows * (kPanelDepth + Weight::kStep)];
    const int depth = tokens <= kTokens ? smaller(panel_depth, kShallow) : panel_depth;
    for (int row = row_begin; row < row_end; row += kRows) {
      for (int k = k_begin; k < k_end;) {
        const int in_panel = (k - k_begin) % panel_depth;
        const int panel_end = smaller(k - in_panel + panel_depth, k_end);
        const Piece now = piece(row, row_end, k, panel_end, depth);
        const float* from =
            panel + std::ptrdiff_t{(k - k_begin) / panel_depth} * tokens * kPanelStride + in_panel;
        float* to = y + token * y_stride + row;
        const bool from_zero = k == 0;
        k += now.depth;
        const bool same_rows = k < k_end;
        const int next_row = same_rows ? row : row + kRows;
        const Piece next = next_row < row_end
                               ? piece(next_row, row_end, same_rows ? k : k_begin, k_end, depth)
                               : Piece{};
        const bool few = tokens <= kFewTokens;
        transpose(now, few ? next.at : nullptr, tile);
        multiply(tile, now, from, tokens, from_zero, few ? Piece{} : next, to, y_stride);
      }
    }
  }

  void copy(int token, int tokens, int k, int depth, float* to) const {
    for (int t = 0; t < tokens; ++t) {
      const float* from = x + static_cast<std::ptrdiff_t>(token + t) * w.cols + k;
      for (int i = 0; i < depth; ++i) to[t * kPanelStride + i] = from[i];
    }
  }

  void multiply_rows(int row_begin, int row_end, int tokens, const GemmBlocks& blocks) {
    const int chunk =
        equal_part(tokens, blocks.panel_floats / kPanelStride / kTokens * kTokens, kTokens);
    const int panel_depth = equal_part(w.cols, kPanelDepth, Weight::kStep);
    for (int token = 0; token < tokens; token += chunk) {
      const int n = smaller(tokens - token, chunk);
      const int group = blocks.panel_floats / (n * kPanelStride) * panel_depth;
      for (int k = 0; k < w.cols; k += group) {
        multiply_group(row_begin, row_end, token, n, k, smaller(w.cols, k + group), panel_depth);
      }
    }
  }

  static void matmul(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                     int row_end, float* y, int y_stride) {
    alignas(64) float panel[kMaxPanelFloats];
    Sgemm product{w, x.f32, y, y_stride, panel};
    const GemmBlocks& blocks = gemm_blocks();
    const auto block_rows = static_cast<int>(blocks.weight_bytes / w.row_bytes);
    const int step = round_up(block_rows < 1 ? 1 : block_rows, kRows);
    for (int row = row_begin; row < row_end; row += step) {
      product.multiply_rows(row, smaller(row_end, row + step), tokens, blocks);
    }
  }
};

}  // namespace cromwell::kernels::vector
