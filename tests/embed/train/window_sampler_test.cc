#include "embed/train/window_sampler.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "embed/base/philox.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/base/chi_square.h"
#include "tests/embed/train/memory_source.h"

namespace embed {
namespace window_sampler_test {

constexpr uint32_t kIds = 30;

// One center: its id, the ids around it and its negatives.
struct Window {
  uint32_t center;
  Sequence before;
  Sequence after;
  Sequence negatives;

  bool operator==(const Window& other) const {
    return center == other.center && before == other.before &&
           after == other.after && negatives == other.negatives;
  }
};

// A sampler over counts that make low ids frequent.
class Windows {
 public:
  Windows(const WindowOptions& options, double subsample)
      : options_(options),
        subsampler_(*Subsampler::Create(Counts(), subsample)),
        negatives_(*NegativeSampler::Create(Counts(), 0.75)),
        sampler_(options, &subsampler_, &negatives_) {}

  static std::vector<uint64_t> Counts() {
    std::vector<uint64_t> counts(kIds);
    for (uint32_t i = 0; i < kIds; ++i) counts[i] = 100000 / (1 + i * i);
    return counts;
  }

  WindowSampler& sampler() { return sampler_; }

  // All windows of the batch, in order.
  std::vector<Window> Of(uint32_t epoch, const SequenceBatch& batch) {
    std::vector<Window> windows;
    WindowBlock block;
    sampler_.Start(epoch, &batch);
    while (sampler_.Next(&block)) {
      const auto ids = block.ids.begin();
      for (uint32_t i = 0; i < block.size(); ++i) {
        EXPECT_LE(block.begin[i], i);
        EXPECT_GT(block.end[i], i);
        EXPECT_LE(block.end[i], block.size());
        const absl::Span<const uint32_t> drawn = block.NegativesOf(i);
        windows.push_back({block.ids[i],
                           {ids + block.begin[i], ids + i},
                           {ids + i + 1, ids + block.end[i]},
                           {drawn.begin(), drawn.end()}});
      }
    }
    EXPECT_EQ(sampler_.tokens_done(), batch.ids.size());
    return windows;
  }

  // The same of one sequence, read word by word from the stated streams.
  std::vector<Window> Expected(uint32_t epoch, uint64_t number,
                               const Sequence& sequence) const {
    const auto stream = [&](RandomPurpose purpose) {
      return Philox(options_.seed, purpose, epoch, number);
    };
    Philox keeping = stream(RandomPurpose::kSubsampling);
    Sequence kept;
    for (const uint32_t id : sequence) {
      if (subsampler_.keeps_all() || subsampler_.Keeps(id, keeping.Next32())) {
        kept.push_back(id);
      }
    }
    Philox radii = stream(RandomPurpose::kWindows);
    Philox draws = stream(RandomPurpose::kNegatives);
    const size_t pool = PoolSize(kept.size());
    Sequence pooled;
    std::vector<Window> windows;
    const int size = static_cast<int>(kept.size());
    for (int i = 0; i < size; ++i) {
      const double share = radii.Next32() * 0x1.0p-32;
      const int radius = 1 + static_cast<int>(share * options_.window);
      const auto at = kept.begin() + i;
      Window window = {*at,
                       {kept.begin() + std::max(0, i - radius), at},
                       {at + 1, kept.begin() + std::min(size, i + radius + 1)},
                       {}};
      size_t wanted = static_cast<size_t>(options_.negatives);
      if (options_.negatives_per == NegativesPer::kContext) {
        wanted *= window.before.size() + window.after.size();
      }
      for (size_t n = 0; n < wanted; ++n) {
        const size_t place = windows.size() * wanted + n;
        if (options_.negatives_per == NegativesPer::kCenter && place >= pool) {
          window.negatives.push_back(pooled[place % pool]);
          continue;
        }
        const uint32_t words[] = {draws.Next32(), draws.Next32()};
        window.negatives.push_back(0);
        negatives_.Draw(words, absl::MakeSpan(&window.negatives.back(), 1));
        pooled.push_back(window.negatives.back());
      }
      windows.push_back(window);
    }
    return windows;
  }

 private:
  // The least number of draws that is enough, counted up.
  size_t PoolSize(size_t centers) const {
    const size_t each = static_cast<size_t>(options_.negatives);
    const size_t wanted = centers * each;
    size_t pool = 6 * each;
    while (pool * static_cast<size_t>(options_.reuse) < wanted) ++pool;
    while (each > 1 && pool % each == 0) ++pool;
    return options_.reuse == 1 ? wanted : std::min(pool, wanted);
  }

  const WindowOptions options_;
  const Subsampler subsampler_;
  const NegativeSampler negatives_;
  WindowSampler sampler_;
};

std::vector<WindowOptions> AllOptions() {
  return {{5, 5, NegativesPer::kCenter, 1},
          {1, 0, NegativesPer::kCenter, 2},
          {10, 3, NegativesPer::kContext, 3},
          {2, 0, NegativesPer::kContext, 4},
          {5, 5, NegativesPer::kCenter, 5, 1, 4},
          {5, 1, NegativesPer::kCenter, 6, 1, 2},
          {3, 4, NegativesPer::kContext, 7, 1, 4}};
}

// Windows lie within their sequence, formed of what subsampling leaves.
TEST(WindowSamplerTest, EqualsReadingTheStreamsWordByWord) {
  const std::vector<Sequence> sequences = RandomSequences(100, kIds, 5);
  for (const WindowOptions& options : AllOptions()) {
    for (const double subsample : {0.0, 1e-2}) {
      Windows windows(options, subsample);
      std::vector<Window> expected;
      for (size_t i = 0; i < sequences.size(); ++i) {
        const auto more = windows.Expected(3, 1000 + i, sequences[i]);
        expected.insert(expected.end(), more.begin(), more.end());
      }
      EXPECT_EQ(windows.Of(3, MakeBatch(1000, sequences)), expected);
    }
  }
}

TEST(WindowSamplerTest, DoesNotDependOnTheCutIntoBatches) {
  const std::vector<Sequence> sequences = RandomSequences(60, kIds, 6);
  for (const WindowOptions& options : AllOptions()) {
    Windows windows(options, 1e-2);
    const std::vector<Window> whole = windows.Of(1, MakeBatch(7, sequences));
    std::vector<Window> parts;
    for (size_t i = 0; i < sequences.size(); ++i) {
      const auto part = windows.Of(1, MakeBatch(7 + i, {sequences[i]}));
      parts.insert(parts.end(), part.begin(), part.end());
    }
    EXPECT_EQ(whole, parts);
    EXPECT_FALSE(whole == windows.Of(2, MakeBatch(7, sequences)));
    EXPECT_FALSE(whole == windows.Of(1, MakeBatch(8, sequences)));
  }
}

TEST(WindowSamplerTest, RadiiAreUniform) {
  for (const int window : {1, 2, 5, 10}) {
    Windows windows({window, 0, NegativesPer::kCenter, 1}, 0);
    const Sequence sequence(60000, 1);
    const auto all = windows.Of(0, MakeBatch(0, {sequence}));
    ASSERT_EQ(all.size(), sequence.size());
    std::vector<uint64_t> radii(static_cast<size_t>(window));
    const size_t edge = static_cast<size_t>(window);
    for (size_t i = edge; i + edge < all.size(); ++i) {
      ASSERT_EQ(all[i].before.size(), all[i].after.size());
      ++radii.at(all[i].before.size() - 1);
    }
    if (window == 1) continue;
    EXPECT_LT(ChiSquareDeviations(radii, std::vector<double>(edge, 1)), 5);
  }
}

TEST(WindowSamplerTest, FixedWindowsPairAllThatTheyReach) {
  WindowOptions options;
  options.fixed = true;
  for (const int window : {1, 3, 1000}) {
    options.window = window;
    Windows windows(options, 0);
    SequenceBatch batch;
    batch.Clear(0);
    std::multiset<std::pair<uint32_t, uint32_t>> expected;
    for (const uint32_t size : {1u, 2u, 7u, 30u}) {
      for (uint32_t i = 0; i < size; ++i) {
        batch.ids.push_back(i);
        for (uint32_t j = 0; j < size; ++j) {
          const int distance = std::abs(static_cast<int>(i - j));
          if (i != j && distance <= window) expected.insert({i, j});
        }
      }
      batch.EndSequence();
    }
    std::multiset<std::pair<uint32_t, uint32_t>> pairs;
    for (const Window& one : windows.Of(0, batch)) {
      for (const uint32_t id : one.before) pairs.insert({one.center, id});
      for (const uint32_t id : one.after) pairs.insert({one.center, id});
    }
    EXPECT_EQ(pairs, expected) << window;
  }
}

TEST(WindowSamplerTest, NegativesFollowTheNoiseDistribution) {
  Windows windows({5, 5, NegativesPer::kCenter, 1}, 0);
  std::vector<uint64_t> drawn(kIds);
  for (const Window& window :
       windows.Of(0, MakeBatch(0, {Sequence(100000, 1)}))) {
    for (const uint32_t id : window.negatives) ++drawn.at(id);
  }
  std::vector<double> weights;
  for (const uint64_t count : Windows::Counts()) {
    weights.push_back(std::pow(static_cast<double>(count), 0.75));
  }
  EXPECT_LT(ChiSquareDeviations(drawn, weights), 5);
}

// Each draw serves the stated number of centers, never two within six, and no
// two centers have the same set of draws.
TEST(WindowSamplerTest, ReusedNegativesAreSpread) {
  constexpr size_t kCenters = 400;
  constexpr size_t kNegatives = 5;
  constexpr int kReuse = 4;
  constexpr size_t kManyIds = 1000000;  // so that draws tell themselves apart
  const std::vector<uint64_t> counts(kManyIds, 1);
  const Subsampler subsampler = *Subsampler::Create(counts, 0);
  const NegativeSampler negatives = *NegativeSampler::Create(counts, 0.75);
  WindowSampler sampler({5, kNegatives, NegativesPer::kCenter, 1, 1, kReuse},
                        &subsampler, &negatives);
  const SequenceBatch batch = MakeBatch(0, {Sequence(kCenters, 1)});
  sampler.Start(0, &batch);
  WindowBlock block;
  ASSERT_TRUE(sampler.Next(&block));
  ASSERT_EQ(block.negatives.size(), kCenters * kNegatives);
  std::map<uint32_t, std::vector<size_t>> centers_of;
  std::set<std::multiset<uint32_t>> sets;
  for (size_t i = 0; i < kCenters; ++i) {
    const absl::Span<const uint32_t> own = block.NegativesOf(i);
    sets.emplace(own.begin(), own.end());
    for (const uint32_t id : own) centers_of[id].push_back(i);
  }
  EXPECT_EQ(sets.size(), kCenters);
  size_t served_as_stated = 0;
  for (const auto& [id, centers] : centers_of) {
    if (centers.size() == kReuse) ++served_as_stated;
    for (size_t k = 1; k < centers.size(); ++k) {
      EXPECT_GE(centers[k] - centers[k - 1], 6u);
    }
  }
  EXPECT_NEAR(static_cast<double>(centers_of.size()),
              1.0 * kCenters * kNegatives / kReuse, 2);
  EXPECT_GE(served_as_stated, centers_of.size() - 5);
}

// Whole sequences, until a block has enough tokens.
TEST(WindowSamplerTest, BlocksHoldWholeSequences) {
  constexpr uint32_t kEnough = WindowSampler::kBlockTokens;
  const std::vector<uint32_t> sizes = {0,       kEnough,     0,    1, 1, 0,
                                       kEnough, kEnough - 1, 2000, 3, 0};
  std::vector<Sequence> sequences;
  for (const uint32_t size : sizes) sequences.emplace_back(size, 4);
  const SequenceBatch batch = MakeBatch(0, sequences);
  Windows windows({5, 2, NegativesPer::kCenter, 1}, 0);
  windows.sampler().Start(0, &batch);
  WindowBlock block;
  std::vector<size_t> blocks;
  std::vector<uint64_t> done;
  while (windows.sampler().Next(&block)) {
    blocks.push_back(block.size());
    done.push_back(windows.sampler().tokens_done());
    EXPECT_EQ(block.negatives.size(), 2 * block.size());
  }
  EXPECT_THAT(blocks, testing::ElementsAre(kEnough, 2 + kEnough,
                                           kEnough - 1 + 2000, 3));
  EXPECT_THAT(done, testing::ElementsAre(512, 1026, 3537, 3540));
}

TEST(WindowSamplerTest, MayHaveNothingToDo) {
  Windows windows({5, 5, NegativesPer::kContext, 1}, 0);
  EXPECT_TRUE(windows.Of(0, MakeBatch(0, {})).empty());
  EXPECT_TRUE(windows.Of(0, MakeBatch(0, {{}, {}})).empty());
  const auto lone = windows.Of(0, MakeBatch(0, {{3}}));
  ASSERT_EQ(lone.size(), 1u);
  EXPECT_EQ(lone[0], (Window{3, {}, {}, {}}));
}

// All of a batch may be dropped; the sampler goes past it and says so.
TEST(WindowSamplerTest, GoesPastSequencesDroppedAsAWhole) {
  Windows windows({5, 5, NegativesPer::kCenter, 1}, 1e-12);
  const std::vector<Sequence> frequent(2000, Sequence{0});
  EXPECT_TRUE(windows.Of(0, MakeBatch(0, frequent)).empty());
}

}  // namespace window_sampler_test
}  // namespace embed
