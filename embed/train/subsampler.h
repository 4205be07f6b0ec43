// Drops frequent ids from a sequence before windows are formed, as word2vec.c:
// an occurrence of an id with share f of all tokens is kept with probability
//   min(1, sqrt(t / f) + t / f),   t the threshold
// (the program's formula; the paper's 1 - sqrt(t / f) is not what it computes).
//
// Immutable: any number of threads may use it.
#ifndef EMBED_TRAIN_SUBSAMPLER_H_
#define EMBED_TRAIN_SUBSAMPLER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace embed {

class Subsampler {
 public:
  // threshold 0 keeps everything. InvalidArgument: negative or not finite.
  static absl::StatusOr<Subsampler> Create(absl::Span<const uint64_t> counts,
                                           double threshold);

  bool keeps_all() const { return limits_.empty(); }
  // Whether an occurrence of `id` with this uniform random word stays. Exact to
  // 2^-32. Not to be called when keeps_all().
  bool Keeps(uint32_t id, uint32_t random_word) const {
    return random_word <= limits_[id];
  }
  // The probability with which an occurrence of `id` stays.
  double KeptShare(uint32_t id) const {
    return keeps_all() ? 1.0 : (limits_[id] + 1.0) / 4294967296.0;
  }

 private:
  std::vector<uint32_t> limits_;  // probability * 2^32 - 1; empty: all kept
};

}  // namespace embed

#endif  // EMBED_TRAIN_SUBSAMPLER_H_
