#include "embed/train/pair_group.h"

#include <algorithm>

#include "embed/base/check.h"

namespace embed {
namespace {

bool HasOutput(absl::Span<const RowPair> pairs, uint32_t id) {
  // All are compared: no branch that could be mispredicted, and the compiler
  // takes several at a time.
  uint32_t equal = 0;
  for (const RowPair& pair : pairs) equal |= pair.output == id ? 1 : 0;
  return equal != 0;
}

}  // namespace

PairGroup::PairGroup(size_t max_pairs, size_t max_negatives,
                     EmbeddingTable* input, EmbeddingTable* output)
    : input_(input),
      output_(output),
      max_negatives_(max_negatives),
      rows_(2 * max_pairs + max_negatives + 1),
      owners_(max_pairs + 1),
      counts_(max_pairs),
      weights_(max_negatives + 1, 1.0f) {}

size_t PairGroup::ScratchFor(size_t max_pairs, size_t max_negatives) {
  return WindowScratch::ScoresFor(static_cast<int>(max_pairs),
                                  static_cast<int>(max_negatives) + 1,
                                  static_cast<int>(max_pairs));
}

void PairGroup::Build(absl::Span<const RowPair> pairs,
                      absl::Span<const uint32_t> negatives) {
  EMBED_DCHECK(pairs.size() <= counts_.size());
  num_inputs_ = num_pairs_ = num_negatives_ = 0;
  if (pairs.empty()) return;
  FindInputs(pairs);
  FindPositives(pairs);
  FindNegatives(pairs, negatives);
}

void PairGroup::FindInputs(absl::Span<const RowPair> pairs) {
  size_t input = 0;
  counts_[0] = 0.0f;
  uint32_t last = pairs[0].input;
  for (const RowPair& pair : pairs) {
    // Another input if it is not the last pair's: no branch to mispredict.
    const bool same = pair.input == last;
    input += same ? 0 : 1;
    last = pair.input;
    rows_[input] = input_->row(last);
    counts_[input] = (same ? counts_[input] : 0.0f) + 1.0f;
  }
  num_inputs_ = input + 1;
}

void PairGroup::FindPositives(absl::Span<const RowPair> pairs) {
  float** const firsts = rows_.data() + num_inputs_;
  float** const others = firsts + num_inputs_;
  size_t input = 0;
  size_t other = 0;
  uint32_t last = pairs[0].input;
  bool first = true;
  for (const RowPair& pair : pairs) {
    first |= pair.input != last;
    last = pair.input;
    // Written to both places, counted in one.
    float* const row = output_->row(pair.output);
    input += first ? 1 : 0;
    firsts[input - 1] = first ? row : firsts[input - 1];
    others[other] = row;
    owners_[other] = static_cast<int>(input) - 1;
    other += first ? 0 : 1;
    first = false;
  }
  num_pairs_ = pairs.size();
}

void PairGroup::FindNegatives(absl::Span<const RowPair> pairs,
                              absl::Span<const uint32_t> draws) {
  float** const rows = rows_.data() + num_inputs_ + num_pairs_;
  size_t taken = 0;
  for (const uint32_t id : draws) {
    if (taken == max_negatives_) break;
    if (HasOutput(pairs, id)) continue;
    ++taken;
    float* const row = output_->row(id);
    float** const same = std::find(rows, rows + num_negatives_, row);
    if (same != rows + num_negatives_) {
      weights_[static_cast<size_t>(same - rows) + 1] += 1.0f;
      continue;
    }
    rows[num_negatives_] = row;
    ++num_negatives_;
    weights_[num_negatives_] = 1.0f;
  }
}

void PairGroup::Train(WindowStepFunction step, float rate,
                      absl::Span<const float* const> next,
                      WindowScratch* scratch) {
  if (num_pairs_ == 0) return;
  float** const firsts = rows_.data() + num_inputs_;
  float** const negatives = firsts + num_pairs_;
  WindowStep group = {rows_.data(),
                      static_cast<int>(num_inputs_),
                      negatives - 1,  // the place of the first positives
                      weights_.data(),
                      static_cast<int>(num_negatives_) + 1,
                      input_->stride(),
                      rate,
                      /*num_positives=*/1,
                      next.data(),
                      static_cast<int>(next.size())};
  group.own = firsts;
  group.more = firsts + num_inputs_;
  group.more_contexts = owners_.data();
  group.num_more = static_cast<int>(num_pairs_ - num_inputs_);
  group.context_counts = counts_.data();
  step(group, scratch);
}

}  // namespace embed
