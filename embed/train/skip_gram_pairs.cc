#include "embed/train/skip_gram_pairs.h"

#include <algorithm>
#include <vector>

#include "absl/types/span.h"
#include "embed/base/philox.h"
#include "embed/kernels/random.h"
#include "embed/train/group_steps.h"
#include "embed/train/pair_buckets.h"
#include "embed/train/window_sampler.h"

namespace embed {
namespace {

// Groups whose negatives are drawn in one go: in bulk, and still in the
// first-level cache when they are used. A multiple of 4, to begin on a block of
// the random stream.
constexpr size_t kGroupsPerDraw = 32;
// A group ends early where its inputs have many positives.
constexpr size_t kPairsPerInput = 4;

// Draws of a group that is to have so many negatives: some to spare for those
// that are a positive of the group.
size_t DrawsOf(size_t negatives) {
  return negatives == 0 ? 0 : negatives + std::max<size_t>(negatives / 4, 1);
}

class PairWorker : public PairTraining::Worker {
 public:
  explicit PairWorker(const PartedTables& tables)
      : seed_(tables.setup->seed()),
        window_(static_cast<size_t>(tables.setup->window())),
        sampler_(tables.setup->NewSampler(NegativesPer::kNone)),
        part_negatives_(tables.negatives),
        group_inputs_(static_cast<size_t>(tables.partition.group_inputs)),
        passes_(static_cast<size_t>(tables.partition.group_passes)),
        draws_(DrawsOf(static_cast<size_t>(tables.setup->negatives()))),
        steps_(group_inputs_ * kPairsPerInput,
               static_cast<size_t>(tables.setup->negatives()), tables.input,
               tables.output) {}

  void Emit(uint32_t epoch, const SequenceBatch& batch, PairChunk* chunk,
            TrainStats* stats) override {
    size_t count = 0;
    sampler_.Start(epoch, &batch);
    while (sampler_.Next(&block_)) count += PutPairs(count);
    stats->tokens += batch.ids.size();
    static_cast<PairBuckets*>(chunk)->Sort(
        absl::MakeConstSpan(pairs_).first(count), part_negatives_.parts());
  }

  void Train(const PairRun& run, TrainStats* stats) override {
    const absl::Span<const RowPair> pairs =
        static_cast<const PairBuckets*>(run.chunk)->bucket(run.input_part,
                                                           run.output_part);
    FindGroups(pairs);
    for (size_t first = 0; first < group_ends_.size();
         first += kGroupsPerDraw) {
      const size_t count = std::min(kGroupsPerDraw, group_ends_.size() - first);
      DrawNegatives(run, first, count);
      for (size_t g = 0; g < count; ++g) {
        steps_.Next()->Build(Group(pairs, first + g), Negatives(g));
        const double done = static_cast<double>(group_ends_[first + g]) /
                            static_cast<double>(pairs.size());
        steps_.Push(run.rate.At(done));
      }
    }
    steps_.Finish();
    stats->examples += pairs.size();
    stats->loss += steps_.TakeLoss();
  }

 private:
  // Puts the pairs of block_ at place `begin`; returns how many there are.
  size_t PutPairs(size_t begin) {
    const size_t span = 2 * window_ + 1;  // offsets of a center from a context
    const size_t most = begin + block_.size() * span;
    if (pairs_.size() < most) pairs_.resize(most + most / 2);
    RowPair* const first = pairs_.data() + begin;
    RowPair* out = first;
    // The offsets of centers from their contexts are taken in passes over the
    // block, so that a context meets few of its centers, and itself, in one
    // group: all would be pushed from the same negatives.
    for (size_t pass = 0; pass < passes_; ++pass) {
      out = PutOffsets(pass * span / passes_, (pass + 1) * span / passes_, out);
    }
    return static_cast<size_t>(out - first);
  }

  // Puts the pairs of a context t and a center c with low <= c - t + window <
  // high at `out`; returns the end.
  RowPair* PutOffsets(size_t low, size_t high, RowPair* out) const {
    const size_t size = block_.size();
    const uint32_t* const ids = block_.ids.data();
    const uint32_t* const begins = block_.begin.data();
    const uint32_t* const ends = block_.end.data();
    for (size_t t = 0; t < size; ++t) {
      const size_t begin = std::max(t + low, window_) - window_;
      const size_t end = std::min(size + window_, std::max(t + high, window_));
      for (size_t c = begin; c + window_ < end; ++c) {
        // Written always, counted if center c reaches t: no branch to
        // mispredict.
        *out = {ids[t], ids[c]};
        out += (begins[c] <= t) & (t < ends[c]) & (c != t);
      }
    }
    return out;
  }

  // Cuts the pairs of a run into groups.
  void FindGroups(absl::Span<const RowPair> pairs) {
    group_ends_.clear();
    const size_t most = group_inputs_ * kPairsPerInput;
    size_t begin = 0;
    size_t inputs = 1;
    for (size_t i = 1; i < pairs.size(); ++i) {
      inputs += pairs[i].input != pairs[i - 1].input ? 1 : 0;
      if (inputs > group_inputs_ || i - begin == most) {
        group_ends_.push_back(i);
        begin = i;
        inputs = 1;
      }
    }
    if (!pairs.empty()) group_ends_.push_back(pairs.size());
  }

  // Those of `count` groups of the run from `first` on.
  void DrawNegatives(const PairRun& run, size_t first, size_t count) {
    negatives_.clear();
    if (!part_negatives_.CanDraw(run.output_part)) return;
    const size_t per_group = draws_ * NegativeSampler::kWordsPerDraw;
    words_.resize(count * per_group);
    negatives_.resize(count * draws_);
    const PhiloxStream stream(seed_, RandomPurpose::kGroupNegatives, run.epoch,
                              run.number);
    FillRandom(stream, static_cast<uint32_t>(first * per_group / 4),
               absl::MakeSpan(words_));
    part_negatives_.Draw(run.output_part, words_, absl::MakeSpan(negatives_));
  }

  // The pairs of group g of the run.
  absl::Span<const RowPair> Group(absl::Span<const RowPair> pairs,
                                  size_t g) const {
    const size_t begin = g == 0 ? 0 : group_ends_[g - 1];
    return pairs.subspan(begin, group_ends_[g] - begin);
  }
  // The negatives of the g-th of the groups drawn for.
  absl::Span<const uint32_t> Negatives(size_t g) const {
    if (negatives_.empty()) return {};
    return absl::MakeConstSpan(negatives_).subspan(g * draws_, draws_);
  }

  const uint64_t seed_;
  const size_t window_;
  WindowSampler sampler_;
  const PartNegatives& part_negatives_;
  const size_t group_inputs_;
  const size_t passes_;
  const size_t draws_;  // of negatives a group
  GroupSteps steps_;
  WindowBlock block_;
  // Those of the last batch come first: what is behind them is not cleared, for
  // that would take longer than to make them.
  std::vector<RowPair> pairs_;
  std::vector<size_t> group_ends_;  // of the run being trained
  std::vector<uint32_t> words_;
  std::vector<uint32_t> negatives_;
};

}  // namespace

std::unique_ptr<PairTraining::Worker> NewPairWorker(
    const PartedTables& tables) {
  return std::make_unique<PairWorker>(tables);
}

}  // namespace embed
