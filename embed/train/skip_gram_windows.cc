#include "embed/train/skip_gram_windows.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "embed/base/aligned_buffer.h"
#include "embed/kernels/window_step.h"
#include "embed/train/group_negatives.h"
#include "embed/train/output_layer.h"
#include "embed/train/part_windows.h"
#include "embed/train/window_sampler.h"

namespace embed {
namespace {

// Centers whose negatives are drawn in one go: in bulk, and still in the
// first-level cache when they are used.
constexpr size_t kCentersPerDraw = 512;
// Groups between asking for rows and using them.
constexpr size_t kCenterGroupsAhead = 2;

// Centers of a bucket with their contexts and negatives, as the kernel wants
// them.
struct CenterGroup {
  CenterGroup(size_t max_centers, size_t max_contexts, size_t negatives)
      : contexts(max_contexts),
        targets(max_centers + negatives),
        weights(max_centers + negatives),
        ranges(max_centers),
        rows(max_contexts + max_centers + negatives) {}

  std::vector<float*> contexts;
  std::vector<float*> targets;       // the centers, then the negatives
  std::vector<float> weights;        // of the targets
  std::vector<ContextRange> ranges;  // of the centers
  std::vector<const float*> rows;    // that no group before has asked for
  size_t num_contexts = 0;
  size_t num_centers = 0;
  size_t num_targets = 0;
  size_t num_rows = 0;
  size_t num_pairs = 0;
};

// Whether the ids, in all, are distinct, those of `a` among themselves being
// so. All are compared: no branch that could be mispredicted.
bool AreDistinct(absl::Span<const uint32_t> a, absl::Span<const uint32_t> b) {
  uint32_t equal = 0;
  for (size_t i = 0; i < b.size(); ++i) {
    for (const uint32_t id : a) equal |= id == b[i] ? 1 : 0;
    for (size_t k = 0; k < i; ++k) equal |= b[k] == b[i] ? 1 : 0;
  }
  return equal == 0;
}

class CenterWorker : public PartWindowsWorker {
 public:
  explicit CenterWorker(const PartedTables& tables)
      : PartWindowsWorker(tables.setup->NewSampler(NegativesPer::kNone)),
        group_centers_(static_cast<size_t>(tables.partition.group_centers)),
        negatives_(tables),
        input_(tables.input),
        output_(tables.output),
        step_(GetWindowStep()) {
    const size_t negatives = static_cast<size_t>(tables.setup->negatives());
    const size_t contexts =
        group_centers_ * (2 * static_cast<size_t>(tables.setup->window()) + 1);
    ring_.assign(kCenterGroupsAhead + 1,
                 CenterGroup(group_centers_, contexts, negatives));
    const size_t scores =
        WindowScratch::ScoresFor(static_cast<int>(contexts),
                                 static_cast<int>(group_centers_ + negatives));
    // A few kilobytes up to some megabytes; the tables are there already.
    scores_ = AlignedBuffer::Create(scores * sizeof(float)).value();
    scratch_.scores = static_cast<float*>(scores_.data());
  }

  void Train(const PairRun& run, TrainStats* stats) override {
    bucket_ = BucketOf(run);
    asked_ = 0;
    const size_t centers = bucket_.centers.size();
    for (size_t first = 0; first < centers; first += kCentersPerDraw) {
      FindGroups(first, std::min(centers, first + kCentersPerDraw));
      // There are never more groups than centers.
      negatives_.Draw(run, first, group_ends_.size());
      const double done =
          static_cast<double>(first) / static_cast<double>(centers);
      stats->examples += TrainGroups(first, run.rate.At(done));
    }
    stats->loss += scratch_.loss.Take();
  }

 private:
  // Cuts the centers first .. last - 1 into groups.
  void FindGroups(size_t first, size_t last) {
    group_ends_.clear();
    size_t begin = first;
    for (size_t c = first + 1; c < last; ++c) {
      if (c - begin == group_centers_ || !Joins(begin, c)) {
        group_ends_.push_back(c);
        begin = c;
      }
    }
    group_ends_.push_back(last);
  }

  // Whether center c can be in the group of the centers begin .. c - 1.
  bool Joins(size_t begin, size_t c) const {
    uint32_t equal = 0;
    for (size_t k = begin; k < c; ++k) {
      equal |= bucket_.centers[k] == bucket_.centers[c] ? 1 : 0;
    }
    return (equal == 0) &
           (bucket_.windows[c].begin < bucket_.windows[c - 1].end);
  }

  // Trains on the groups found; returns their pairs.
  uint64_t TrainGroups(size_t first, float rate) {
    uint64_t pairs = 0;
    size_t trained = 0;
    for (size_t g = 0; g < group_ends_.size(); ++g) {
      CenterGroup* const group = &ring_[g % ring_.size()];
      Build(g == 0 ? first : group_ends_[g - 1], group_ends_[g],
            negatives_.Of(g), group);
      pairs += group->num_pairs;
      const auto rows = absl::MakeConstSpan(group->rows).first(group->num_rows);
      if (g < kCenterGroupsAhead) {
        PrefetchRows(rows, input_->stride());
      } else {
        Step(ring_[trained++ % ring_.size()], rows, rate);
      }
    }
    while (trained < group_ends_.size()) {
      Step(ring_[trained++ % ring_.size()], {}, rate);
    }
    return pairs;
  }

  // Makes *group that of the centers begin .. end - 1.
  void Build(size_t begin, size_t end, absl::Span<const uint32_t> negatives,
             CenterGroup* group) {
    const size_t num = end - begin;
    size_t low = bucket_.windows[begin].begin;
    size_t high = bucket_.windows[begin].end;
    for (size_t c = begin + 1; c < end; ++c) {
      low = std::min<size_t>(low, bucket_.windows[c].begin);
      high = std::max<size_t>(high, bucket_.windows[c].end);
    }
    group->num_pairs = 0;
    for (size_t c = begin; c < end; ++c) {
      const PartWindows::Range window = bucket_.windows[c];
      const size_t itself = bucket_.same_part ? 1 : 0;
      group->ranges[c - begin] = {
          static_cast<int>(window.begin - low),
          static_cast<int>(window.end - low),
          bucket_.same_part ? static_cast<int>(c - low) : -1};
      group->num_pairs += window.end - window.begin - itself;
    }
    group->num_centers = num;
    group->num_contexts = high - low;
    for (size_t t = low; t < high; ++t) {
      group->contexts[t - low] = input_->row(bucket_.contexts[t]);
    }
    FindTargets(bucket_.centers.subspan(begin, num), negatives, group);
    std::copy_n(group->targets.begin(), group->num_targets,
                group->rows.begin());
    group->num_rows = group->num_targets;
    for (size_t t = std::max(asked_, low); t < high; ++t) {
      group->rows[group->num_rows++] = input_->row(bucket_.contexts[t]);
    }
    asked_ = std::max(asked_, high);
  }

  void FindTargets(absl::Span<const uint32_t> centers,
                   absl::Span<const uint32_t> negatives, CenterGroup* group) {
    size_t size = 0;
    const auto add = [&](uint32_t id) {
      group->targets[size] = output_->row(id);
      group->weights[size++] = 1.0f;
    };
    for (const uint32_t id : centers) add(id);
    if (AreDistinct(centers, negatives)) {
      for (const uint32_t id : negatives) add(id);
      group->num_targets = size;
      return;
    }
    for (const uint32_t id : negatives) {
      const auto first = group->targets.begin();
      const auto last = first + static_cast<ptrdiff_t>(size);
      const auto same =
          static_cast<size_t>(std::find(first, last, output_->row(id)) - first);
      if (same == size) {
        add(id);
      } else if (same >= centers.size()) {
        group->weights[same] += 1.0f;
      }
    }
    group->num_targets = size;
  }

  void Step(const CenterGroup& group, absl::Span<const float* const> next,
            float rate) {
    if (group.num_pairs == 0) return;
    WindowStep step = {group.contexts.data(),
                       static_cast<int>(group.num_contexts),
                       group.targets.data(),
                       group.weights.data(),
                       static_cast<int>(group.num_targets),
                       input_->stride(),
                       rate,
                       static_cast<int>(group.num_centers),
                       next.data(),
                       static_cast<int>(next.size())};
    step.ranges = group.ranges.data();
    step_(step, &scratch_);
  }

  const size_t group_centers_;  // at most in a group
  GroupNegatives negatives_;
  EmbeddingTable* const input_;
  EmbeddingTable* const output_;
  const WindowStepFunction step_;
  PartWindows::Bucket bucket_ = {};
  size_t asked_ = 0;  // contexts of the bucket whose rows have been asked for
  std::vector<size_t> group_ends_;  // of the groups of the centers drawn for
  std::vector<CenterGroup> ring_;
  AlignedBuffer scores_;
  WindowScratch scratch_;
};

}  // namespace

std::unique_ptr<PairTraining::Worker> NewCenterWorker(
    const PartedTables& tables) {
  return std::make_unique<CenterWorker>(tables);
}

}  // namespace embed
