// Against the windows of the sampler, taken one by one.
#include "embed/train/part_windows.h"

#include <algorithm>
#include <vector>

#include "embed/train/window_sampler.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/train/memory_source.h"

namespace embed {
namespace part_windows_test {

using testing::ElementsAreArray;
using testing::IsEmpty;

constexpr uint32_t kIds = 50;

// The centers of part j in their order, each followed by the tokens of part i
// in its window.
std::vector<std::vector<uint32_t>> Expected(
    const std::vector<WindowBlock>& blocks, RowParts parts, uint32_t i,
    uint32_t j) {
  std::vector<std::vector<uint32_t>> centers;
  for (const WindowBlock& block : blocks) {
    for (size_t c = 0; c < block.size(); ++c) {
      if (parts.PartOf(block.ids[c]) != j) continue;
      std::vector<uint32_t> row = {block.ids[c]};
      for (size_t t = block.begin[c]; t < block.end[c]; ++t) {
        if (parts.PartOf(block.ids[t]) == i) row.push_back(block.ids[t]);
      }
      centers.push_back(row);
    }
  }
  return centers;
}

std::vector<std::vector<uint32_t>> Found(const PartWindows& windows, uint32_t i,
                                         uint32_t j) {
  std::vector<std::vector<uint32_t>> centers;
  EXPECT_EQ(windows.windows(i, j).size(), windows.tokens(j).size());
  for (size_t c = 0; c < windows.tokens(j).size(); ++c) {
    std::vector<uint32_t> row = {windows.tokens(j)[c]};
    const PartWindows::Range range = windows.windows(i, j)[c];
    for (uint32_t t = range.begin; t < range.end; ++t) {
      row.push_back(windows.tokens(i)[t]);
    }
    centers.push_back(row);
  }
  return centers;
}

TEST(PartWindowsTest, HasTheWindowsOfTheBlocks) {
  const Subsampler subsampler =
      *Subsampler::Create(std::vector<uint64_t>(kIds, 1), 0);
  const NegativeSampler noise =
      *NegativeSampler::Create(std::vector<uint64_t>(kIds, 1), 1);
  for (const uint32_t count : {1, 2, 8}) {
    const RowParts parts(count);
    PartWindows windows(parts);  // reused
    for (const size_t sequences : {120, 7, 0}) {
      MemorySource source(RandomSequences(sequences, kIds, 3), 200);
      SequenceBatch batch;
      ASSERT_TRUE(source.Read(0, 0, &batch).ok());
      WindowSampler sampler({4, 0, NegativesPer::kNone, 1}, &subsampler,
                            &noise);
      sampler.Start(0, &batch);
      windows.Clear();
      std::vector<WindowBlock> blocks(1);
      while (sampler.Next(&blocks.back())) {
        windows.Append(blocks.back());
        blocks.emplace_back();
      }
      blocks.pop_back();
      EXPECT_EQ(blocks.size() > 2, sequences == 120);
      for (uint32_t i = 0; i < count; ++i) {
        for (uint32_t j = 0; j < count; ++j) {
          EXPECT_THAT(Found(windows, i, j),
                      ElementsAreArray(Expected(blocks, parts, i, j)));
        }
      }
    }
    EXPECT_THAT(windows.tokens(0), IsEmpty());
  }
}

}  // namespace part_windows_test
}  // namespace embed
