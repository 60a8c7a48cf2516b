#include "model/row_shares.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "kernels/ops.h"

namespace cromwell::model {
namespace {

struct Matrix {
  int rows;
  std::size_t row_bytes;
};

std::vector<RowShare> cut(int workers, int tokens, const std::vector<Matrix>& matrices) {
  RowShares shares(workers);
  shares.begin(tokens);
  for (const Matrix& m : matrices) shares.add_matrix(m.rows, m.row_bytes);
  return shares.cut();
}

std::size_t bytes_of(const RowShare& share, const std::vector<Matrix>& matrices) {
  return static_cast<std::size_t>(share.end - share.begin) *
         matrices[static_cast<std::size_t>(share.matrix)].row_bytes;
}

TEST(RowShares, CoverEachRowOnceAndBeginAtMultiplesOfTheAlignment) {
  const std::vector<std::vector<Matrix>> regions = {{{576, 360}, {192, 360}, {192, 472}},
                                                    {{2048, 1152}, {256, 1152}, {256, 1680}},
                                                    {{50000, 1680}},
                                                    {{5, 64}, {1, 64}, {33, 1 << 20}},
                                                    {{5632, 1152}, {5632, 1152}},
                                                    {{49152, 4}}};
  for (const auto& matrices : regions) {
    for (const int workers : {1, 2, 3, 16, 64}) {
      for (const int tokens : {1, 2, 8, 256, 100000}) {
        std::vector<int> covered(matrices.size());
        for (const RowShare& share : cut(workers, tokens, matrices)) {
          int& rows = covered[static_cast<std::size_t>(share.matrix)];
          ASSERT_EQ(share.begin, rows);
          ASSERT_EQ(share.begin % kernels::kRowAlign, 0);
          ASSERT_GT(share.end, share.begin);
          rows = share.end;
        }
        for (std::size_t m = 0; m < matrices.size(); ++m) ASSERT_EQ(covered[m], matrices[m].rows);
      }
    }
  }
}

TEST(RowShares, AreEvenByBytesWhereMatricesAreUnlike) {
  const std::vector<Matrix> matrices = {{2048, 1152}, {256, 1152}, {256, 4608}};
  std::size_t total = 0;
  std::size_t largest = 0;
  for (const RowShare& share : cut(2, 1, matrices)) {
    total += bytes_of(share, matrices);
    largest = std::max(largest, bytes_of(share, matrices));
  }
  EXPECT_LE(largest, total / 4 + 16 * 4608);
}

TEST(RowShares, AreSmallAtTheEnd) {
  const std::vector<Matrix> matrices = {{5632, 1152}, {5632, 1152}};
  const auto shares = cut(2, 1, matrices);
  EXPECT_EQ(shares.front().end, 2816);
  EXPECT_LE(bytes_of(shares.back(), matrices), std::size_t{80} << 10);
}

TEST(RowShares, HaveManyRowsWhereThereAreManyTokens) {
  for (const RowShare& share : cut(2, 256, {{2048, 1152}})) {
    EXPECT_GE(share.end - share.begin, 64);
  }
}

TEST(RowShares, AreOnePerWorkerWhereThereIsLittle) {
  const auto shares = cut(2, 64, {{192, 360}});
  ASSERT_EQ(shares.size(), 2U);
  EXPECT_EQ(shares[0].end, 96);
}

}  // namespace
}  // namespace cromwell::model
