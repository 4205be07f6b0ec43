// Random orders that are written down, for splits of evaluation data.
#ifndef EMBED_EVAL_RANDOM_ORDER_H_
#define EMBED_EVAL_RANDOM_ORDER_H_

#include <cstdint>
#include <vector>

#include "embed/base/philox.h"

namespace embed {

// 0 .. size - 1 in an order drawn uniformly from all (Fisher-Yates), named by
// (seed, purpose, number). O(size).
std::vector<uint32_t> RandomOrder(uint32_t size, uint64_t seed,
                                  RandomPurpose purpose, uint64_t number);

// `count` different numbers of 0 .. size - 1, rising, every set as probable as
// any other; all of them for a count of 0 or of at least `size`. O(size).
std::vector<uint32_t> RandomSample(uint32_t size, uint64_t count, uint64_t seed,
                                   RandomPurpose purpose);

// Of an order, the first floor(share * size) are for training and the others
// for testing; the same order with a larger share trains on more of the same.
uint32_t TrainSize(uint32_t size, double share);

}  // namespace embed

#endif  // EMBED_EVAL_RANDOM_ORDER_H_
