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
      firsts_(max_pairs),
      others_(max_pairs + 1),
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
  FindNegatives(pairs, negatives);
}

void PairGroup::FindInputs(absl::Span<const RowPair> pairs) {
  // Copies, for the compiler cannot know that what is written is not they.
  float** const inputs = rows_.data();
  float** const firsts = firsts_.data();
  float** const others = others_.data();
  int* const owners = owners_.data();
  float* const counts = counts_.data();
  size_t input = 0;
  size_t other = 0;
  uint32_t last = pairs[0].input;
  float* first = nullptr;  // of the input
  float count = 0;         // of the input's pairs
  for (const RowPair& pair : pairs) {
    // Another input if it is not the last pair's. All places are written, and
    // some counted: no branch to mispredict.
    input += pair.input != last ? 1 : 0;
    count = pair.input != last ? 0.0f : count;
    last = pair.input;
    float* const row = output_->row(pair.output);
    const bool is_first = count == 0;
    first = is_first ? row : first;
    count += 1;
    inputs[input] = input_->row(last);
    firsts[input] = first;
    counts[input] = count;
    others[other] = row;
    owners[other] = static_cast<int>(input);
    other += is_first ? 0 : 1;
  }
  num_inputs_ = input + 1;
  num_pairs_ = pairs.size();
  std::copy_n(firsts, num_inputs_, inputs + num_inputs_);
  std::copy_n(others, other, inputs + 2 * num_inputs_);
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
