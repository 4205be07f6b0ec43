// Skip-gram whose negatives have the type of what they stand for
// (metapath2vec++).
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "embed/train/skip_gram.h"
#include "embed/train/window_setup.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/base/chi_square.h"
#include "tests/embed/train/memory_source.h"

namespace embed {
namespace grouped_window_test {

// Groups 0 .. 2, 3, 4 .. 9; one id of the last never occurs.
constexpr uint32_t kIds = 10;
const std::vector<uint32_t>& Ends() {
  static const auto& ends = *new std::vector<uint32_t>{3, 4, 10};
  return ends;
}
size_t GroupOf(uint32_t id) { return id < 3 ? 0 : id < 4 ? 1 : 2; }

std::vector<uint64_t> Counts() {
  return {900, 50, 7000, 400, 3000, 20, 0, 600, 600, 1};
}

WindowModelOptions Options() {
  WindowModelOptions options;
  options.window = 3;
  options.subsample = 0;
  options.negative_groups = Ends();
  return options;
}

EmbeddingTable Table() { return *EmbeddingTable::Create(kIds, 8); }

// Counts of negatives by the group of their center.
std::vector<std::vector<uint64_t>> NegativesByGroup(
    const WindowModelOptions& options) {
  EmbeddingTable output = Table();
  const auto setup = *WindowSetup::Create(options, Counts(), &output);
  WindowSampler sampler = setup->NewSampler(NegativesPer::kCenter);
  std::vector<Sequence> sequences;
  for (const Sequence& sequence : RandomSequences(20000, kIds, 3)) {
    sequences.push_back(sequence);
    for (uint32_t& id : sequences.back()) id = id == 6 ? 5 : id;
  }
  const SequenceBatch batch = MakeBatch(0, sequences);
  std::vector<std::vector<uint64_t>> drawn(3, std::vector<uint64_t>(kIds));
  sampler.Start(0, &batch);
  WindowBlock block;
  while (sampler.Next(&block)) {
    for (size_t i = 0; i < block.size(); ++i) {
      EXPECT_EQ(block.NegativesOf(i).size(), 5u);
      for (const uint32_t negative : block.NegativesOf(i)) {
        ++drawn[GroupOf(block.ids[i])][negative];
      }
    }
  }
  return drawn;
}

// Noise within one group, or among all ids.
std::vector<double> Noise(size_t group, bool all) {
  std::vector<double> weights(kIds);
  for (uint32_t id = 0; id < kIds; ++id) {
    if (!all && GroupOf(id) != group) continue;
    const auto count = static_cast<double>(Counts()[id]);
    weights[id] = count == 0 ? 0 : std::pow(count, 0.75);
  }
  return weights;
}

TEST(GroupedWindowTest, NegativesFollowTheNoiseWithinTheGroupOfTheCenter) {
  const auto drawn = NegativesByGroup(Options());
  for (const size_t group : {size_t{0}, size_t{2}}) {
    EXPECT_LT(ChiSquareDeviations(drawn[group], Noise(group, false)), 5);
  }
  for (uint32_t id = 0; id < kIds; ++id) {
    EXPECT_EQ(drawn[1][id] > 0, id == 3);
  }
}

TEST(GroupedWindowTest, WithoutGroupsTheyFollowTheNoiseOfAllIds) {
  WindowModelOptions options = Options();
  options.negative_groups.clear();
  const auto drawn = NegativesByGroup(options);
  for (size_t group = 0; group < 3; ++group) {
    EXPECT_LT(ChiSquareDeviations(drawn[group], Noise(group, true)), 5);
  }
}

// Rows that are never a positive must be moved by centers of their type only.
TEST(GroupedWindowTest, RowsOfOtherTypesStayAsTheyAre) {
  EmbeddingTable input = Table();
  EmbeddingTable output = Table();
  input.FillUniform(1.0f, 1, 1);
  output.FillUniform(1.0f, 2, 1);
  EmbeddingTable before = Table();
  before.FillUniform(1.0f, 2, 1);
  const auto skip_gram =
      *SkipGram::Create(Options(), Counts(), &input, &output);
  const SequenceBatch batch = MakeBatch(0, {{0, 1, 2, 1, 0, 2, 0, 1, 2}});
  TrainStats stats;
  skip_gram->NewWorker()->Train(0, batch, {0.1, 0.1}, &stats);
  for (uint32_t id = 0; id < kIds; ++id) {
    bool same = true;
    for (int i = 0; i < 8; ++i) {
      same = same && output.row(id)[i] == before.row(id)[i];
    }
    EXPECT_EQ(same, id >= 3) << id;
  }
}

TEST(GroupedWindowTest, RefusesWhatItCannotDraw) {
  EmbeddingTable input = Table();
  EmbeddingTable output = Table();
  WindowModelOptions shared = Options();
  shared.share_negatives = 4;
  EXPECT_EQ(SkipGram::Create(shared, Counts(), &input, &output).status().code(),
            absl::StatusCode::kInvalidArgument);
  WindowModelOptions short_groups = Options();
  short_groups.negative_groups.pop_back();
  EXPECT_EQ(
      SkipGram::Create(short_groups, Counts(), &input, &output).status().code(),
      absl::StatusCode::kInvalidArgument);
  const auto skip_gram =
      *SkipGram::Create(Options(), Counts(), &input, &output);
  const absl::Status parts =
      skip_gram->NewPairTraining(PartitionOptions()).status();
  EXPECT_EQ(parts.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(parts.message()), testing::HasSubstr("type"));
}

}  // namespace grouped_window_test
}  // namespace embed
