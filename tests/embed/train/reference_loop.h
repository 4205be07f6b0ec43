// The loop of a single training thread, spelled out, for slow reference
// trainers in double.
#ifndef EMBED_TESTS_EMBED_TRAIN_REFERENCE_LOOP_H_
#define EMBED_TESTS_EMBED_TRAIN_REFERENCE_LOOP_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "embed/train/skip_gram.h"
#include "embed/train/trainer.h"
#include "embed/train/window_sampler.h"
#include "gtest/gtest.h"

namespace embed {

// Calls visit(block, i, rate) for every token i that is left of the source's
// sequences, in the order of training.
template <class Visit>
void ForEachCenter(SequenceSource* source, const TrainerOptions& training,
                   const WindowModelOptions& options,
                   NegativesPer negatives_per,
                   const std::vector<uint64_t>& counts, const Visit& visit) {
  const Subsampler subsampler = *Subsampler::Create(counts, options.subsample);
  const NegativeSampler negative_sampler =
      *NegativeSampler::Create(counts, options.noise_exponent);
  WindowSampler sampler(
      {options.window, options.negatives, negatives_per, options.seed},
      &subsampler, &negative_sampler);
  const double chunks = static_cast<double>(source->num_chunks());
  const auto rate_at = [&](double chunk) {
    const double done = chunk / (chunks * training.epochs);
    return training.learning_rate * std::max(training.min_rate_ratio, 1 - done);
  };
  double chunks_done = 0;
  SequenceBatch batch;
  WindowBlock block;
  for (uint32_t epoch = 0; epoch < training.epochs; ++epoch) {
    for (uint64_t chunk = 0; chunk < source->num_chunks(); ++chunk) {
      ASSERT_TRUE(source->Read(epoch, chunk, &batch).ok());
      const double first = rate_at(chunks_done);
      const double last = rate_at(++chunks_done);
      sampler.Start(epoch, &batch);
      // A block has the rate of its first token.
      double share = 0;
      while (sampler.Next(&block)) {
        for (size_t i = 0; i < block.size(); ++i) {
          visit(block, i, first + (last - first) * share);
        }
        share = static_cast<double>(sampler.tokens_done()) /
                static_cast<double>(batch.ids.size());
      }
    }
  }
}

}  // namespace embed

#endif  // EMBED_TESTS_EMBED_TRAIN_REFERENCE_LOOP_H_
