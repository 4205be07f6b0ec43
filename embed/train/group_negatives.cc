#include "embed/train/group_negatives.h"

#include <algorithm>

#include "embed/base/philox.h"
#include "embed/kernels/random.h"
#include "embed/train/negative_pool.h"
#include "embed/train/negative_sampler.h"

namespace embed {
namespace {

// Groups that take negatives from one pool in turn: its rows stay in the
// second-level cache.
constexpr size_t kGroupsPerPool = 32;

}  // namespace

GroupNegatives::GroupNegatives(const PartedTables& tables)
    : seed_(tables.setup->seed()),
      negatives_(static_cast<size_t>(tables.setup->negatives())),
      reuse_(static_cast<size_t>(tables.setup->reuse_negatives())),
      part_negatives_(tables.negatives) {}

void GroupNegatives::Draw(const PairRun& run, size_t first, size_t groups) {
  drawn_.clear();
  if (negatives_ == 0 || !part_negatives_.CanDraw(run.output_part)) return;
  size_t draws = 0;
  for (size_t g = 0; g < groups; g += kGroupsPerPool) {
    draws += PoolSize(groups - g);
  }
  words_.resize(draws * NegativeSampler::kWordsPerDraw);
  pools_.resize(draws);
  const PhiloxStream stream(seed_, RandomPurpose::kGroupNegatives, run.epoch,
                            run.number);
  // There are never more draws than negatives.
  const size_t words = first * negatives_ * NegativeSampler::kWordsPerDraw;
  FillRandom(stream, static_cast<uint32_t>(words / 4), absl::MakeSpan(words_));
  part_negatives_.Draw(run.output_part, words_, absl::MakeSpan(pools_));
  drawn_.resize(groups * negatives_);
  const uint32_t* pool = pools_.data();
  for (size_t g = 0; g < groups; g += kGroupsPerPool) {
    const size_t end = std::min(groups, g + kGroupsPerPool) * negatives_;
    uint32_t* const ids = drawn_.data();
    const size_t size = PoolSize(groups - g);
    std::copy(pool, pool + size, ids + g * negatives_);
    for (size_t k = g * negatives_ + size; k < end; ++k) {
      ids[k] = ids[k - size];
    }
    pool += size;
  }
}

size_t GroupNegatives::PoolSize(size_t groups) const {
  return NegativePoolSize(std::min(kGroupsPerPool, groups) * negatives_,
                          negatives_, reuse_);
}

}  // namespace embed
