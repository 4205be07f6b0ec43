#include "embed/train/skip_gram_spread.h"

#include <algorithm>
#include <vector>

#include "absl/types/span.h"
#include "embed/train/group_negatives.h"
#include "embed/train/group_steps.h"
#include "embed/train/part_windows.h"
#include "embed/train/window_sampler.h"

namespace embed {
namespace {

// Groups of a block: their negatives, drawn in one go, are still in the
// first-level cache when they are used.
constexpr size_t kGroupsOfBlock = 128;

class SpreadWorker : public PartWindowsWorker {
 public:
  explicit SpreadWorker(const PartedTables& tables)
      : PartWindowsWorker(tables.setup->NewSampler(NegativesPer::kNone)),
        group_centers_(static_cast<size_t>(tables.partition.group_centers)),
        negatives_(tables),
        windows_(group_centers_),
        centers_(group_centers_),
        pairs_(group_centers_ * 2 *
                   static_cast<size_t>(tables.setup->window()) +
               1),
        steps_(pairs_.size(), static_cast<size_t>(tables.setup->negatives()),
               tables.input, tables.output) {}

  void Train(const PairRun& run, TrainStats* stats) override {
    bucket_ = BucketOf(run);
    const size_t centers = bucket_.centers.size();
    const size_t size = group_centers_ * kGroupsOfBlock;
    for (size_t first = 0; first < centers; first += size) {
      const size_t left = std::min(size, centers - first);
      const size_t groups = (left + group_centers_ - 1) / group_centers_;
      negatives_.Draw(run, first / group_centers_, groups);
      const double done =
          static_cast<double>(first) / static_cast<double>(centers);
      for (size_t g = 0; g < groups; ++g) {
        const size_t pairs = FindPairs(first + g, first + left, groups);
        steps_.Next()->Build(absl::MakeConstSpan(pairs_).first(pairs),
                             negatives_.Of(g));
        steps_.Push(run.rate.At(done));
        stats->examples += pairs;
      }
    }
    steps_.Finish();
    stats->loss += steps_.TakeLoss();
  }

 private:
  // Puts the pairs of the centers first, first + step, ... < end at pairs_;
  // returns how many there are.
  size_t FindPairs(size_t first, size_t end, size_t step) {
    // Read before any window is gone through: how long it is no CPU foresees,
    // and each wrong guess would wait for the cache as well.
    size_t number = 0;
    for (size_t c = first; c < end; c += step) {
      windows_[number] = bucket_.windows[c];
      centers_[number] = bucket_.centers[c];
      __builtin_prefetch(bucket_.contexts.data() + windows_[number].begin);
      ++number;
    }
    RowPair* out = pairs_.data();
    for (size_t k = 0; k < number; ++k) {
      const size_t itself =
          bucket_.same_part ? first + k * step : bucket_.contexts.size();
      for (size_t t = windows_[k].begin; t < windows_[k].end; ++t) {
        // Written always, counted when another: no branch to mispredict.
        *out = {bucket_.contexts[t], centers_[k]};
        out += t != itself ? 1 : 0;
      }
    }
    return static_cast<size_t>(out - pairs_.data());
  }

  const size_t group_centers_;
  GroupNegatives negatives_;
  // Of a group: its centers, their windows, and its pairs with a place to
  // spare.
  std::vector<PartWindows::Range> windows_;
  std::vector<uint32_t> centers_;
  std::vector<RowPair> pairs_;
  GroupSteps steps_;
  PartWindows::Bucket bucket_ = {};
};

}  // namespace

std::unique_ptr<PairTraining::Worker> NewSpreadWorker(
    const PartedTables& tables) {
  return std::make_unique<SpreadWorker>(tables);
}

}  // namespace embed
