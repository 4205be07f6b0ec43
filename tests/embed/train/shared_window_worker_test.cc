// Against the loss of its groups in double, and against WindowWorker where
// groups are single centers.
#include "embed/train/shared_window_worker.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "embed/train/cbow.h"
#include "embed/train/skip_gram.h"
#include "embed/train/window_worker.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/kernels/double_rows.h"
#include "tests/embed/train/memory_source.h"

namespace embed {
namespace shared_window_worker_test {

using testing::HasSubstr;

constexpr uint32_t kIds = 40;
constexpr int kDim = 24;

class SharedWindowWorkerTest : public testing::Test {
 protected:
  SharedWindowWorkerTest()
      : source_(RandomSequences(60, kIds, 3), 60),
        input_(*EmbeddingTable::Create(kIds, kDim)),
        output_(*EmbeddingTable::Create(kIds, kDim)) {
    EXPECT_TRUE(source_.Read(0, 0, &batch_).ok());
    Fill();
  }
  void Fill() {
    input_.FillUniform(0.5f, 1, 1);
    output_.FillUniform(0.5f, 2, 1);
  }
  std::unique_ptr<WindowSetup> SetupFor(int share_negatives) {
    WindowModelOptions options;
    options.window = 3;
    options.share_negatives = share_negatives;
    return *WindowSetup::Create(options, source_.Counts(kIds), &output_);
  }
  TrainStats Train(Objective::Worker* worker, double rate) {
    TrainStats stats;
    worker->Train(1, batch_, {rate, rate}, &stats);
    return stats;
  }

  MemorySource source_;
  EmbeddingTable input_;
  EmbeddingTable output_;
  SequenceBatch batch_;
};

TEST_F(SharedWindowWorkerTest, SingleCentersAreTheWindowsOfWindowWorker) {
  constexpr double kRate = 1e-3;
  const std::unique_ptr<WindowSetup> setup = SetupFor(1);
  WindowWorker windows(setup.get(), &input_);
  const TrainStats expected = Train(&windows, kRate);
  const DoubleRows x = ToDouble(input_);
  const DoubleRows y = ToDouble(output_);
  Fill();
  SharedWindowWorker shared(setup.get(), &input_, &output_);
  const TrainStats stats = Train(&shared, kRate);
  EXPECT_EQ(stats.examples, expected.examples);
  EXPECT_NEAR(stats.loss, expected.loss, 1e-4 * expected.loss);
  // Only the order of updates within a window differs: rate^2 times the
  // windows a row is in, some hundreds.
  EXPECT_LT(LargestDifference(input_, x), 1e-3);
  EXPECT_LT(LargestDifference(output_, y), 1e-3);
  EXPECT_GT(
      LargestDifference(input_, ToDouble(*EmbeddingTable::Create(kIds, kDim))),
      0.1);
}

// The loss of centers first .. end - 1, which share `negatives`.
double GroupLoss(const WindowBlock& block, size_t first, size_t end,
                 const DoubleRows& x, const DoubleRows& y) {
  std::set<uint32_t> centers(block.ids.begin() + static_cast<ptrdiff_t>(first),
                             block.ids.begin() + static_cast<ptrdiff_t>(end));
  double loss = 0;
  for (size_t i = first; i < end; ++i) {
    for (size_t c = block.begin[i]; c < block.end[i]; ++c) {
      if (c == i) continue;
      loss += Softplus(-Dot(x[block.ids[c]], y[block.ids[i]]));
      for (const uint32_t n : block.NegativesOf(first)) {
        if (centers.count(n) == 0) loss += Softplus(Dot(x[block.ids[c]], y[n]));
      }
    }
  }
  return loss;
}

TEST_F(SharedWindowWorkerTest, GroupsConsecutiveCentersOfASequence) {
  for (const int share : {2, 5}) {
    const std::unique_ptr<WindowSetup> setup = SetupFor(share);
    SharedWindowWorker worker(setup.get(), &input_, &output_);
    const TrainStats stats = Train(&worker, 0.0);  // moves nothing

    const DoubleRows x = ToDouble(input_);
    const DoubleRows y = ToDouble(output_);
    WindowSampler sampler = setup->NewSampler(NegativesPer::kCenter);
    sampler.Start(1, &batch_);
    WindowBlock block;
    double expected = 0;
    while (sampler.Next(&block)) {
      std::vector<size_t> starts;
      for (size_t i = 0; i < block.size(); ++i) {
        if (!block.NegativesOf(i).empty()) starts.push_back(i);
      }
      starts.push_back(block.size());
      EXPECT_EQ(starts[0], 0);
      for (size_t g = 0; g + 1 < starts.size(); ++g) {
        EXPECT_LE(starts[g + 1] - starts[g], static_cast<size_t>(share));
        expected += GroupLoss(block, starts[g], starts[g + 1], x, y);
      }
    }
    EXPECT_NEAR(stats.loss, expected, 1e-5 * expected);
  }
}

TEST_F(SharedWindowWorkerTest, IsForPlainSkipGramOnly) {
  WindowModelOptions options;
  options.share_negatives = 4;
  const std::vector<uint64_t> counts = source_.Counts(kIds);
  EXPECT_TRUE(SkipGram::Create(options, counts, &input_, &output_).ok());
  const auto message = [](const auto& result) {
    return std::string(result.status().message());
  };
  EXPECT_THAT(message(Cbow::Create(options, CbowGradient::kExact, counts,
                                   &input_, &output_)),
              HasSubstr("share_negatives is 4, but CBOW"));
  options.optimizer.kind = OptimizerKind::kAdaGrad;
  EXPECT_THAT(message(SkipGram::Create(options, counts, &input_, &output_)),
              HasSubstr("plain SGD"));
  options.optimizer = {};
  options.loss = OutputLoss::kHierarchicalSoftmax;
  EXPECT_THAT(message(SkipGram::Create(options, counts, &input_, &output_)),
              HasSubstr("softmax has no negatives"));
  options.loss = OutputLoss::kNegativeSampling;
  options.share_negatives = 0;
  EXPECT_THAT(message(SkipGram::Create(options, counts, &input_, &output_)),
              HasSubstr("share_negatives is 0"));
}

}  // namespace shared_window_worker_test
}  // namespace embed
