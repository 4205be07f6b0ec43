// Against the stated loss: a small step down its numerical gradient.
#include "embed/train/pair_group.h"

#include <algorithm>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/kernels/double_rows.h"

namespace embed {
namespace pair_group_test {

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
    ExpectStep(
        pairs, [&] { group_.Build(pairs, draws); }, counted);
  }

  // build() makes group_ that of the pairs.
  template <typename Build>
  void ExpectStep(const std::vector<RowPair>& pairs, const Build& build,
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
    build();
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
  EXPECT_THAT(group_.rows(),
              ElementsAre(input_.row(1), input_.row(4), output_.row(2),
                          output_.row(3), output_.row(9), output_.row(8)));
  group_.Build({}, {});
  EXPECT_TRUE(group_.rows().empty());
  group_.Train(GetWindowStep(), 0.1f, {}, &scratch_);
  EXPECT_EQ(scratch_.loss.Take(), 0.0);
}

// Three centers: one with four pairs, one with none, one with one.
TEST_F(PairGroupTest, PairsApartAreThoseGiven) {
  const std::vector<uint32_t> contexts = {1, 3, 4, 5, 3};
  const std::vector<uint32_t> owners = {2, 2, 2, 2, 6};
  const std::vector<uint32_t> centers = {2, 7, 6};
  const std::vector<uint32_t> fresh = {5, 3};
  const auto build = [&] {
    group_.BuildApart({contexts, owners, centers, fresh},
                      std::vector<uint32_t>{7, 10, 2, 11, 11, 6, 12});
  };
  ExpectStep({{1, 2}, {3, 2}, {4, 2}, {5, 2}, {3, 6}}, build, {10, 11, 11, 12});
  EXPECT_EQ(group_.num_pairs(), 5u);
  EXPECT_THAT(group_.rows(),
              ElementsAre(output_.row(2), output_.row(7), output_.row(6),
                          input_.row(5), input_.row(3), output_.row(10),
                          output_.row(11), output_.row(12)));
  group_.BuildApart({{}, {}, centers, fresh}, std::vector<uint32_t>{10});
  EXPECT_EQ(group_.num_pairs(), 0u);
  EXPECT_TRUE(group_.rows().empty());
}

// Two sentences of random windows and of ids, no three neighbors of which have
// one twice: as pairs they would be one input.
WindowBlock RandomWindows(uint32_t window) {
  constexpr uint32_t kSentence = 13;
  WindowBlock block;
  uint32_t random = 7;
  uint32_t id = 0;
  for (uint32_t t = 0; t < 2 * kSentence; ++t) {
    random = random * 1664525 + 1013904223;
    const uint32_t radius = 1 + (random >> 16) % window;
    const uint32_t first = t / kSentence * kSentence;
    id = (id + 1 + (random >> 24) % 5) % 12;
    block.ids.push_back(id);
    block.begin.push_back(t - std::min(radius, t - first));
    block.end.push_back(std::min(first + kSentence, t + radius + 1));
  }
  return block;
}

// All pairs (context, center) of the centers, context by context.
std::vector<RowPair> PairsOf(const WindowBlock& block, const CenterRange& of) {
  std::vector<RowPair> pairs;
  for (size_t t = 0; t < block.size(); ++t) {
    for (size_t c = of.first; c < of.end; ++c) {
      if (t != c && block.begin[c] <= t && t < block.end[c]) {
        pairs.push_back({block.ids[t], block.ids[c]});
      }
    }
  }
  return pairs;
}

TEST_F(PairGroupTest, WindowsAreTheirPairs) {
  const std::vector<uint32_t> draws = {15, 3, 16, 15, 17, 18, 19};
  for (const uint32_t window : {1, 2, 5}) {
    const WindowBlock block = RandomWindows(window);
    for (size_t first = 0; first < block.size(); ++first) {
      for (const size_t centers : {1, 3, 8}) {
        const CenterRange range = {
            first, std::min(block.size(), first + centers), window};
        const std::vector<RowPair> pairs = PairsOf(block, range);
        const size_t most = 2 * window * centers;
        DoubleRows x[2];
        DoubleRows y[2];
        double loss[2];
        for (const bool windows : {false, true}) {
          input_.FillUniform(0.5f, 11, 1);
          output_.FillUniform(0.5f, 12, 1);
          PairGroup group(most, kMaxNegatives, &input_, &output_);
          if (windows) {
            group.BuildWindows(block, range, draws);
          } else {
            group.Build(pairs, draws);
          }
          EXPECT_EQ(group.num_pairs(), pairs.size());
          AlignedBuffer scores = *AlignedBuffer::Create(
              PairGroup::ScratchFor(most, kMaxNegatives) * sizeof(float));
          WindowScratch scratch;
          scratch.scores = static_cast<float*>(scores.data());
          group.Train(GetWindowStep(), 0.1f, {}, &scratch);
          x[windows] = ToDouble(input_);
          y[windows] = ToDouble(output_);
          loss[windows] = scratch.loss.Take();
        }
        EXPECT_EQ(loss[0], loss[1]);
        EXPECT_EQ(x[0], x[1]);
        EXPECT_EQ(y[0], y[1]);
      }
    }
  }
}

// Each row once a block, but for the centers and negatives.
TEST_F(PairGroupTest, NamesTheContextsThatAreNew) {
  const WindowBlock block = RandomWindows(2);
  PairGroup group(20, kMaxNegatives, &input_, &output_);
  const std::vector<uint32_t> draws = {15};
  std::vector<const float*> contexts;
  for (size_t first = 0; first < block.size(); first += 5) {
    const size_t end = std::min(block.size(), first + 5);
    group.BuildWindows(block, {first, end, 2}, draws);
    const auto rows = group.rows();
    ASSERT_GE(rows.size(), end - first + 1);
    for (size_t c = first; c < end; ++c) {
      EXPECT_EQ(rows[c - first], output_.row(block.ids[c]));
    }
    EXPECT_EQ(rows.back(), output_.row(15));
    contexts.insert(contexts.end(),
                    rows.begin() + static_cast<ptrdiff_t>(end - first),
                    rows.end() - 1);
  }
  ASSERT_EQ(contexts.size(), block.size());
  for (size_t t = 0; t < block.size(); ++t) {
    EXPECT_EQ(contexts[t], input_.row(block.ids[t]));
  }
}

}  // namespace pair_group_test
}  // namespace embed
