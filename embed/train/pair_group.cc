#include "embed/train/pair_group.h"

#include <algorithm>

#include "embed/base/check.h"

namespace embed {

PairGroup::PairGroup(size_t max_pairs, size_t max_negatives,
                     EmbeddingTable* input, EmbeddingTable* output)
    : input_(input),
      output_(output),
      max_negatives_(max_negatives),
      // One place more than are used: what is left out is written there.
      inputs_(max_pairs + 1),
      counts_(max_pairs + 1),
      firsts_(max_pairs + 1),
      others_(max_pairs + 1),
      owners_(max_pairs + 1),
      negatives_(max_negatives + 1),
      weights_(max_negatives + 1, 1.0f),
      rows_(2 * max_pairs + max_negatives + 1) {}

size_t PairGroup::ScratchFor(size_t max_pairs, size_t max_negatives) {
  return WindowScratch::ScoresFor(static_cast<int>(max_pairs),
                                  static_cast<int>(max_negatives) + 1,
                                  static_cast<int>(max_pairs));
}

void PairGroup::Clear() {
  num_inputs_ = num_pairs_ = num_negatives_ = num_rows_ = 0;
}

void PairGroup::Build(absl::Span<const RowPair> pairs,
                      absl::Span<const uint32_t> negatives) {
  EMBED_DCHECK(pairs.size() < counts_.size());
  Clear();
  if (pairs.empty()) return;
  FindInputs(pairs);
  FindNegatives(negatives, [pairs](uint32_t id) {
    // All are compared: no branch that could be mispredicted, and the compiler
    // takes several at a time.
    uint32_t equal = 0;
    for (const RowPair& pair : pairs) equal |= pair.output == id ? 1 : 0;
    return equal != 0;
  });
  AppendRows(inputs_.data(), num_inputs_);
  AppendRows(firsts_.data(), num_inputs_);
  AppendRows(others_.data(), num_pairs_ - num_inputs_);
  AppendRows(negatives_.data() + 1, num_negatives_);
}

void PairGroup::FindInputs(absl::Span<const RowPair> pairs) {
  // Copies, for the compiler cannot know that what is written is not they.
  float** const inputs = inputs_.data();
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
}

void PairGroup::BuildWindows(const WindowBlock& block,
                             const CenterRange& centers,
                             absl::Span<const uint32_t> negatives) {
  Clear();
  FindContexts(block, centers);
  if (num_pairs_ == 0) return;
  const absl::Span<const uint32_t> ids = absl::MakeConstSpan(block.ids);
  const size_t last = std::min(block.size(), centers.end + centers.window);
  const size_t fresh =
      centers.first == 0 ? 0 : std::min(last, centers.first + centers.window);
  FindOtherRows(ids.subspan(centers.first, centers.end - centers.first),
                ids.subspan(fresh, last - fresh), negatives);
}

void PairGroup::FindContexts(const WindowBlock& block,
                             const CenterRange& centers) {
  const uint32_t* const ids = block.ids.data();
  const uint32_t* const begins = block.begin.data();
  const uint32_t* const ends = block.end.data();
  float** const others = others_.data();
  int* const owners = owners_.data();
  const size_t window = centers.window;
  const size_t last = std::min(block.size(), centers.end + window);
  size_t input = 0;
  size_t other = 0;
  for (size_t t = centers.first - std::min(window, centers.first); t < last;
       ++t) {
    float* first = nullptr;
    size_t count = 0;  // of the context's pairs
    const size_t end = std::min(centers.end, t + window + 1);
    for (size_t c = std::max(centers.first + window, t) - window; c < end;
         ++c) {
      // Written always, counted if center c reaches t and is not the first: no
      // branch to mispredict.
      const bool reaches = (begins[c] <= t) & (t < ends[c]) & (c != t);
      float* const row = output_->row(ids[c]);
      others[other] = row;
      owners[other] = static_cast<int>(input);
      other += (reaches & (count != 0)) ? 1 : 0;
      first = (reaches & (count == 0)) ? row : first;
      count += reaches ? 1 : 0;
    }
    inputs_[input] = input_->row(ids[t]);
    firsts_[input] = first;
    counts_[input] = static_cast<float>(count);
    input += count != 0 ? 1 : 0;
  }
  num_inputs_ = input;
  num_pairs_ = input + other;
}

void PairGroup::BuildApart(const CenterPairs& pairs,
                           absl::Span<const uint32_t> negatives) {
  const size_t count = pairs.contexts.size();
  EMBED_DCHECK(count < counts_.size() && pairs.owners.size() == count);
  Clear();
  if (count == 0) return;
  // The first half of the pairs and the second take turns.
  const size_t half = (count + 1) / 2;
  for (size_t k = 0; k < half; ++k) {
    Put(2 * k, pairs.contexts[k], pairs.owners[k]);
  }
  for (size_t k = half; k < count; ++k) {
    Put(2 * (k - half) + 1, pairs.contexts[k], pairs.owners[k]);
  }
  std::fill_n(counts_.begin(), count, 1.0f);
  num_inputs_ = num_pairs_ = count;
  FindOtherRows(pairs.centers, pairs.fresh, negatives);
}

void PairGroup::Put(size_t i, uint32_t context, uint32_t center) {
  inputs_[i] = input_->row(context);
  firsts_[i] = output_->row(center);
}

void PairGroup::FindOtherRows(absl::Span<const uint32_t> centers,
                              absl::Span<const uint32_t> fresh,
                              absl::Span<const uint32_t> draws) {
  FindNegatives(draws, [centers](uint32_t id) {
    // All are compared, see Build().
    uint32_t equal = 0;
    for (const uint32_t center : centers) equal |= center == id ? 1 : 0;
    return equal != 0;
  });
  for (const uint32_t id : centers) rows_[num_rows_++] = output_->row(id);
  for (const uint32_t id : fresh) rows_[num_rows_++] = input_->row(id);
  AppendRows(negatives_.data() + 1, num_negatives_);
}

template <typename IsPositive>
void PairGroup::FindNegatives(absl::Span<const uint32_t> draws,
                              const IsPositive& is_positive) {
  size_t taken = 0;
  for (const uint32_t id : draws) {
    if (taken == max_negatives_) break;
    if (is_positive(id)) continue;
    ++taken;
    float* const row = output_->row(id);
    size_t same = 1;
    while (same <= num_negatives_ && negatives_[same] != row) ++same;
    if (same <= num_negatives_) {
      weights_[same] += 1.0f;
      continue;
    }
    ++num_negatives_;
    negatives_[num_negatives_] = row;
    weights_[num_negatives_] = 1.0f;
  }
}

void PairGroup::AppendRows(const float* const* rows, size_t count) {
  const float* last = nullptr;
  for (size_t i = 0; i < count; ++i) {
    // Written always, counted if another than the one before.
    rows_[num_rows_] = rows[i];
    num_rows_ += rows[i] != last ? 1 : 0;
    last = rows[i];
  }
}

void PairGroup::Train(WindowStepFunction step, float rate,
                      absl::Span<const float* const> next,
                      WindowScratch* scratch) {
  if (num_pairs_ == 0) return;
  WindowStep group = {inputs_.data(),
                      static_cast<int>(num_inputs_),
                      negatives_.data(),
                      weights_.data(),
                      static_cast<int>(num_negatives_) + 1,
                      input_->stride(),
                      rate,
                      /*num_positives=*/1,
                      next.data(),
                      static_cast<int>(next.size())};
  group.own = firsts_.data();
  group.more = others_.data();
  group.more_contexts = owners_.data();
  group.num_more = static_cast<int>(num_pairs_ - num_inputs_);
  group.context_counts = counts_.data();
  step(group, scratch);
}

}  // namespace embed
