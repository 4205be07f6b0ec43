// In which order the P x P buckets of a round are trained, and which may be
// trained at the same time.
//
// Diagonal d of a round is the P buckets (i, (i + d + shift) mod P), which have
// no part in common. Each part sees its buckets in the order of the diagonals,
// so the result does not depend on who trains them when; but a bucket does not
// wait for the whole diagonal before it, only for the two buckets there that
// share a part with it.
#ifndef EMBED_TRAIN_BUCKET_ORDER_H_
#define EMBED_TRAIN_BUCKET_ORDER_H_

#include <cstdint>
#include <optional>
#include <vector>

namespace embed {

// Not thread-safe.
class BucketOrder {
 public:
  struct Bucket {
    uint32_t i;  // part of the input rows
    uint32_t j;  // part of the output rows
  };

  explicit BucketOrder(uint32_t parts)
      : parts_(parts), inputs_(parts), outputs_(parts), busy_(parts) {}

  // Begins a round.
  void Start(uint32_t shift);
  // A bucket that may be trained now, of the earliest diagonal; nullopt if
  // there is none until another is done.
  std::optional<Bucket> Take();
  // To be called when the bucket taken has been trained.
  void Done(Bucket bucket);
  // Every bucket is done.
  bool finished() const { return left_ == 0; }

 private:
  const uint32_t parts_;
  uint32_t shift_ = 0;
  uint64_t left_ = 0;
  // Buckets done of each part: also the diagonal of its next one.
  std::vector<uint32_t> inputs_;
  std::vector<uint32_t> outputs_;
  std::vector<bool> busy_;  // input part i is in a bucket under way
};

}  // namespace embed

#endif  // EMBED_TRAIN_BUCKET_ORDER_H_
