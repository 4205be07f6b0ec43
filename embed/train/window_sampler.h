// Turns sequences into windows with negatives: everything random of skip-gram,
// made in bulk before the arithmetic starts.
//
// Of each sequence, in this order:
//   1. frequent ids are dropped (Subsampler), so windows reach over the gaps;
//   2. each kept token, as a center, gets a radius uniform on 1 .. window, or
//      the window itself (WindowOptions::fixed);
//   3. it gets `negatives` draws of the noise distribution: once a center when
//      its contexts share them, or once for each of its contexts, or not at
//      all. A draw may serve several centers of its sequence (WindowOptions).
// The draws come from the streams (seed, purpose, epoch, sequence number), so
// they do not depend on batches or threads.
#ifndef EMBED_TRAIN_WINDOW_SAMPLER_H_
#define EMBED_TRAIN_WINDOW_SAMPLER_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/base/philox.h"
#include "embed/train/negative_sampler.h"
#include "embed/train/sequence_source.h"
#include "embed/train/subsampler.h"

namespace embed {

enum class NegativesPer { kCenter, kContext, kNone };

struct WindowOptions {
  int window = 5;
  int negatives = 5;
  NegativesPer negatives_per = NegativesPer::kCenter;
  uint64_t seed = 1;
  // With kCenter: consecutive centers of a sequence that have one draw
  // together, with the first of them; the others have none.
  int centers_per_draw = 1;
  // With kCenter: the centers of a sequence of w negatives in all take them in
  // turn from w / reuse draws, again and again, so a draw serves `reuse`
  // centers; each is a draw of the noise distribution as before. A row that is
  // fetched once is then in the cache for the next times. Draws are never fewer
  // than six centers take (short sequences reuse less), and not a multiple of
  // `negatives`: the same ones do not meet again in one center.
  int reuse = 1;
  bool fixed = false;  // every radius is `window`
};

// Some whole sequences, prepared. Token i, as a center, has the contexts
// ids[begin[i]] .. ids[end[i] - 1] without ids[i] itself, and the negatives
// negatives[negatives_end[i - 1] .. negatives_end[i]) (from 0 for i = 0).
struct WindowBlock {
  size_t size() const { return ids.size(); }
  absl::Span<const uint32_t> NegativesOf(size_t i) const {
    const size_t first = i == 0 ? 0 : negatives_end[i - 1];
    return absl::MakeConstSpan(negatives).subspan(first,
                                                  negatives_end[i] - first);
  }

  std::vector<uint32_t> ids;
  std::vector<uint32_t> begin;
  std::vector<uint32_t> end;
  std::vector<uint32_t> negatives;
  std::vector<uint64_t> negatives_end;
};

// One per thread.
class WindowSampler {
 public:
  // Tokens after which a block is closed: enough for prefetching to run on
  // between sequences, little enough to stay in the first-level cache.
  static constexpr size_t kBlockTokens = 512;

  // Both samplers must outlive this. Negatives in groups need kCenter (or
  // kNone) and one center per draw: the center is their positive.
  WindowSampler(const WindowOptions& options, const Subsampler* subsampler,
                const NegativeSampler* negative_sampler);

  // Begins with the first sequence of `batch`, which must outlive the calls of
  // Next().
  void Start(uint32_t epoch, const SequenceBatch* batch);

  // Replaces *block by the next sequences. False: there are none left.
  bool Next(WindowBlock* block);

  // Tokens of the batch that Next() has gone past, dropped ones included.
  uint64_t tokens_done() const { return tokens_done_; }

 private:
  void AppendKept(absl::Span<const uint32_t> sequence, uint64_t number,
                  WindowBlock* block);
  void AppendWindows(size_t first, uint64_t number, WindowBlock* block);
  // How often the center at `place` of its sequence, with so many contexts,
  // draws its negatives.
  size_t DrawsOf(size_t place, size_t contexts) const;
  // Draws from which `wanted` negatives of one sequence are taken.
  size_t PoolSize(size_t wanted) const;
  void AppendNegatives(size_t first, uint64_t number, WindowBlock* block);
  // `count` words of the stream for `purpose` of sequence `number`.
  absl::Span<const uint32_t> Words(RandomPurpose purpose, uint64_t number,
                                   size_t count);

  const WindowOptions options_;
  const Subsampler* const subsampler_;
  const NegativeSampler* const negative_sampler_;
  uint32_t epoch_ = 0;
  const SequenceBatch* batch_ = nullptr;
  size_t next_sequence_ = 0;
  uint64_t tokens_done_ = 0;
  std::vector<uint32_t> words_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_WINDOW_SAMPLER_H_
