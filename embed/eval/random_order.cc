#include "embed/eval/random_order.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace embed {

std::vector<uint32_t> RandomOrder(uint32_t size, uint64_t seed,
                                  RandomPurpose purpose, uint64_t number) {
  std::vector<uint32_t> order(size);
  std::iota(order.begin(), order.end(), 0);
  Philox random(seed, purpose, /*epoch=*/0, number);
  for (uint32_t left = size; left > 1; --left) {
    std::swap(order[left - 1], order[random.Below(left)]);
  }
  return order;
}

std::vector<uint32_t> RandomSample(uint32_t size, uint64_t count, uint64_t seed,
                                   RandomPurpose purpose) {
  std::vector<uint32_t> sample = RandomOrder(size, seed, purpose, 0);
  if (count != 0 && count < size) sample.resize(count);
  std::sort(sample.begin(), sample.end());
  return sample;
}

uint32_t TrainSize(uint32_t size, double share) {
  // 0.7 * 10 is 6.999...: what was meant is 7.
  constexpr double kRounding = 1e-9;
  return static_cast<uint32_t>(std::floor(size * share + kRounding));
}

}  // namespace embed
