#include "embed/train/window_sampler.h"

#include <algorithm>

#include "embed/kernels/random.h"
#include "embed/train/negative_pool.h"

namespace embed {

WindowSampler::WindowSampler(const WindowOptions& options,
                             const Subsampler* subsampler,
                             const NegativeSampler* negative_sampler)
    : options_(options),
      subsampler_(subsampler),
      negative_sampler_(negative_sampler) {}

void WindowSampler::Start(uint32_t epoch, const SequenceBatch* batch) {
  epoch_ = epoch;
  batch_ = batch;
  next_sequence_ = 0;
  tokens_done_ = 0;
}

bool WindowSampler::Next(WindowBlock* block) {
  block->ids.clear();
  block->begin.clear();
  block->end.clear();
  block->negatives.clear();
  block->negatives_end.clear();
  while (block->size() < kBlockTokens &&
         next_sequence_ < batch_->num_sequences()) {
    const absl::Span<const uint32_t> sequence =
        batch_->sequence(next_sequence_);
    const uint64_t number = batch_->first_sequence + next_sequence_;
    const size_t first = block->size();
    AppendKept(sequence, number, block);
    AppendWindows(first, number, block);
    AppendNegatives(first, number, block);
    tokens_done_ += sequence.size();
    ++next_sequence_;
  }
  return !block->ids.empty();
}

absl::Span<const uint32_t> WindowSampler::Words(RandomPurpose purpose,
                                                uint64_t number, size_t count) {
  if (words_.size() < count) words_.resize(count);
  const absl::Span<uint32_t> words(words_.data(), count);
  FillRandom(PhiloxStream(options_.seed, purpose, epoch_, number), 0, words);
  return words;
}

void WindowSampler::AppendKept(absl::Span<const uint32_t> sequence,
                               uint64_t number, WindowBlock* block) {
  std::vector<uint32_t>& ids = block->ids;
  if (subsampler_->keeps_all()) {
    ids.insert(ids.end(), sequence.begin(), sequence.end());
    return;
  }
  const absl::Span<const uint32_t> words =
      Words(RandomPurpose::kSubsampling, number, sequence.size());
  const size_t first = ids.size();
  ids.resize(first + sequence.size());
  uint32_t* out = ids.data() + first;
  for (size_t i = 0; i < sequence.size(); ++i) {
    // Written always, counted when kept: no branch to mispredict.
    *out = sequence[i];
    out += subsampler_->Keeps(sequence[i], words[i]) ? 1 : 0;
  }
  ids.resize(static_cast<size_t>(out - ids.data()));
}

void WindowSampler::AppendWindows(size_t first, uint64_t number,
                                  WindowBlock* block) {
  const size_t last = block->size();
  const absl::Span<const uint32_t> words =
      Words(RandomPurpose::kWindows, number, last - first);
  block->begin.resize(last);
  block->end.resize(last);
  for (size_t i = first; i < last; ++i) {
    const size_t radius = options_.fixed
                              ? static_cast<size_t>(options_.window)
                              : 1 + ((uint64_t{words[i - first]} *
                                      static_cast<uint64_t>(options_.window)) >>
                                     32);
    block->begin[i] = static_cast<uint32_t>(i - std::min(radius, i - first));
    block->end[i] = static_cast<uint32_t>(std::min(last, i + radius + 1));
  }
}

size_t WindowSampler::DrawsOf(size_t place, size_t contexts) const {
  switch (options_.negatives_per) {
    case NegativesPer::kCenter:
      return place % static_cast<size_t>(options_.centers_per_draw) == 0 ? 1
                                                                         : 0;
    case NegativesPer::kContext:
      return contexts;
    case NegativesPer::kNone:
      return 0;
  }
  return 0;
}

size_t WindowSampler::PoolSize(size_t wanted) const {
  if (options_.negatives_per != NegativesPer::kCenter) return wanted;
  return NegativePoolSize(wanted, static_cast<size_t>(options_.negatives),
                          static_cast<size_t>(options_.reuse));
}

void WindowSampler::AppendNegatives(size_t first, uint64_t number,
                                    WindowBlock* block) {
  const size_t last = block->size();
  const size_t negatives = static_cast<size_t>(options_.negatives);
  block->negatives_end.resize(last);
  const size_t drawn = block->negatives.size();
  size_t end = drawn;
  for (size_t i = first; i < last; ++i) {
    end += negatives * DrawsOf(i - first, block->end[i] - block->begin[i] - 1);
    block->negatives_end[i] = end;
  }
  block->negatives.resize(end);
  const size_t pool = PoolSize(end - drawn);
  negative_sampler_->DrawFor(
      absl::MakeConstSpan(block->ids).subspan(first),
      Words(RandomPurpose::kNegatives, number,
            pool * NegativeSampler::kWordsPerDraw),
      absl::MakeSpan(block->negatives).subspan(drawn, pool));
  uint32_t* const ids = block->negatives.data();
  for (size_t i = drawn + pool; i < end; ++i) ids[i] = ids[i - pool];
}

}  // namespace embed
