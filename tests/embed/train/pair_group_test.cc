// Against the stated loss: a small step down its numerical gradient.
#include "embed/train/pair_group.h"

#include <algorithm>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/kernels/double_rows.h"

namespace embed {
namespace {

using testing::ElementsAre;

constexpr size_t kMaxPairs = 16;
constexpr size_t kMaxNegatives = 5;
constexpr int kDim = 20;

class PairGroupTest : public testing::Test {
 protected:
  PairGroupTest()
      : input_(*EmbeddingTable::Create(20, kDim)),
        output_(*EmbeddingTable::Create(20, kDim)),
        group_(kMaxPairs, kMaxNegatives, &input_, &output_),
        scores_(*AlignedBuffer::Create(
            PairGroup::ScratchFor(kMaxPairs, kMaxNegatives) * sizeof(float))) {
    input_.FillUniform(0.5f, 11, 1);
    output_.FillUniform(0.5f, 12, 1);
    scratch_.scores = static_cast<float*>(scores_.data());
  }

  // `counted`: the draws that shall count.
  void ExpectStep(const std::vector<RowPair>& pairs,
                  const std::vector<uint32_t>& draws,
                  const std::vector<uint32_t>& counted) {
    constexpr float kRate = 1e-4f;
    DoubleRows x = ToDouble(input_);
    DoubleRows y = ToDouble(output_);
    const auto loss = [&] {
      double sum = 0;
      for (const RowPair& pair : pairs) {
        sum += Softplus(-Dot(x[pair.input], y[pair.output]));
        for (const uint32_t n : counted) {
          sum += Softplus(Dot(x[pair.input], y[n]));
        }
      }
      return sum;
    };
    const double expected = loss();
    const DoubleRows x_gradient = NumericGradient(loss, &x);
    const DoubleRows y_gradient = NumericGradient(loss, &y);
    group_.Build(pairs, draws);
    group_.Train(GetWindowStep(), kRate, {}, &scratch_);
    EXPECT_NEAR(scratch_.loss.Take(), expected, 1e-5 * (1 + expected));
    // Rounding of rows up to 0.5 over the rate, and order rate for rows that
    // occur several times.
    for (size_t r = 0; r < x.size(); ++r) {
      for (size_t k = 0; k < kDim; ++k) {
        ASSERT_NEAR((x[r][k] - input_.row(r)[k]) / kRate, x_gradient[r][k],
                    3e-3);
        ASSERT_NEAR((y[r][k] - output_.row(r)[k]) / kRate, y_gradient[r][k],
                    3e-3);
      }
    }
  }

  EmbeddingTable input_;
  EmbeddingTable output_;
  PairGroup group_;
  AlignedBuffer scores_;
  WindowScratch scratch_;
};

TEST_F(PairGroupTest, DescendsTheStatedLoss) {
  ExpectStep({{1, 2}, {1, 3}, {4, 2}, {5, 6}, {1, 7}}, {10, 11, 12, 13, 14},
             {10, 11, 12, 13, 14});
}

TEST_F(PairGroupTest, CountsADrawAsOftenAsItWasDrawn) {
  ExpectStep({{1, 2}, {3, 4}}, {10, 11, 10, 10, 12}, {10, 11, 10, 10, 12});
}

TEST_F(PairGroupTest, ReplacesDrawsThatArePositivesBySpareOnes) {
  ExpectStep({{1, 2}, {3, 4}}, {4, 10, 2, 11, 12, 13, 14},
             {10, 11, 12, 13, 14});
}

TEST_F(PairGroupTest, MakesDoWithFewerNegativesOrNone) {
  ExpectStep({{1, 2}, {3, 4}}, {4, 10, 2, 2, 4, 4}, {10});
  ExpectStep({{1, 2}, {1, 4}}, {4, 4, 2}, {});
  ExpectStep({{1, 2}}, {}, {});
}

TEST_F(PairGroupTest, TakesNoMoreThanItsNegatives) {
  ExpectStep({{1, 2}}, {10, 11, 12, 13, 14, 15, 16}, {10, 11, 12, 13, 14});
}

TEST_F(PairGroupTest, NamesItsRows) {
  group_.Build(std::vector<RowPair>{{1, 2}, {1, 3}, {4, 2}},
               std::vector<uint32_t>{9, 3, 8});
  EXPECT_THAT(
      group_.rows(),
      ElementsAre(input_.row(1), input_.row(4), output_.row(2), output_.row(2),
                  output_.row(3), output_.row(9), output_.row(8)));
  group_.Build({}, {});
  EXPECT_TRUE(group_.rows().empty());
  group_.Train(GetWindowStep(), 0.1f, {}, &scratch_);
  EXPECT_EQ(scratch_.loss.Take(), 0.0);
}

}  // namespace
}  // namespace embed
