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
        widest_(2 * static_cast<size_t>(tables.setup->window()) + 1),
        negatives_(tables),
        windows_(group_centers_),
        centers_(group_centers_),
        ends_(group_centers_),
        // Places to spare, see CopyContexts().
        contexts_((group_centers_ + 1) * widest_),
        owners_(contexts_.size()),
        fresh_(contexts_.size()),
        steps_(group_centers_ * (widest_ - 1),
               static_cast<size_t>(tables.setup->negatives()), tables.input,
               tables.output) {}

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
      std::fill(ends_.begin(), ends_.end(), 0);
      for (size_t g = 0; g < groups; ++g) {
        const CenterPairs pairs = FindPairs(first + g, first + left, groups);
        steps_.Next()->BuildApart(pairs, negatives_.Of(g));
        steps_.Push(run.rate.At(done));
        stats->examples += pairs.contexts.size();
      }
    }
    steps_.Finish();
    stats->loss += steps_.TakeLoss();
  }

 private:
  // The pairs of the centers first, first + step, ... < end. Fresh contexts are
  // those behind the windows of the call before.
  CenterPairs FindPairs(size_t first, size_t end, size_t step) {
    // Read before any window is gone through: each would wait for the cache.
    size_t number = 0;
    for (size_t c = first; c < end; c += step) {
      windows_[number] = bucket_.windows[c];
      centers_[number] = bucket_.centers[c];
      __builtin_prefetch(bucket_.contexts.data() + windows_[number].begin);
      ++number;
    }
    size_t pairs = 0;
    size_t fresh = 0;
    for (size_t k = 0; k < number; ++k) {
      const PartWindows::Range window = windows_[k];
      const size_t itself = first + k * step;
      std::fill_n(owners_.data() + pairs, widest_, centers_[k]);
      if (bucket_.same_part) {
        pairs += CopyContexts(window.begin, itself, &contexts_[pairs]);
        pairs += CopyContexts(itself + 1, window.end, &contexts_[pairs]);
      } else {
        pairs += CopyContexts(window.begin, window.end, &contexts_[pairs]);
      }
      fresh += CopyContexts(std::clamp(ends_[k], window.begin, window.end),
                            window.end, &fresh_[fresh]);
      ends_[k] = window.end;
    }
    return {absl::MakeConstSpan(contexts_).first(pairs),
            absl::MakeConstSpan(owners_).first(pairs),
            absl::MakeConstSpan(centers_).first(number),
            absl::MakeConstSpan(fresh_).first(fresh)};
  }

  // Copies the contexts at begin .. end - 1, and what else follows up to the
  // widest window: no CPU foresees how long each is, and wrong guesses would
  // cost more. Returns how many they are.
  size_t CopyContexts(size_t begin, size_t end, uint32_t* out) const {
    const size_t size = end - begin;
    const bool room = begin + widest_ <= bucket_.contexts.size();
    std::copy_n(bucket_.contexts.data() + begin, room ? widest_ : size, out);
    return size;
  }

  const size_t group_centers_;
  const size_t widest_;  // window, the center included
  GroupNegatives negatives_;
  // Of a group: its centers, their windows, where the windows before ended, and
  // its pairs.
  std::vector<PartWindows::Range> windows_;
  std::vector<uint32_t> centers_;
  std::vector<uint32_t> ends_;
  std::vector<uint32_t> contexts_;
  std::vector<uint32_t> owners_;
  std::vector<uint32_t> fresh_;
  GroupSteps steps_;
  PartWindows::Bucket bucket_ = {};
};

}  // namespace

std::unique_ptr<PairTraining::Worker> NewSpreadWorker(
    const PartedTables& tables) {
  return std::make_unique<SpreadWorker>(tables);
}

}  // namespace embed
