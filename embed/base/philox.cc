#include "embed/base/philox.h"

namespace embed {
namespace {

// Finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection, so that for
// one purpose two seeds never share a key.
uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

}  // namespace

std::array<uint32_t, 4> Philox4x32(std::array<uint32_t, 4> counter,
                                   std::array<uint32_t, 2> key) {
  for (int round = 0; round < kPhiloxRounds; ++round) {
    const uint64_t product0 = uint64_t{kPhiloxMultiplier0} * counter[0];
    const uint64_t product1 = uint64_t{kPhiloxMultiplier1} * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<uint32_t>(product0)};
    key[0] += kPhiloxWeyl0;
    key[1] += kPhiloxWeyl1;
  }
  return counter;
}

PhiloxStream::PhiloxStream(uint64_t seed, RandomPurpose purpose, uint32_t epoch,
                           uint64_t sequence) {
  const uint64_t mixed =
      Mix(Mix(seed + 0x9E3779B97F4A7C15) ^ static_cast<uint64_t>(purpose));
  key = {static_cast<uint32_t>(mixed), static_cast<uint32_t>(mixed >> 32)};
  counter = {0, epoch, static_cast<uint32_t>(sequence),
             static_cast<uint32_t>(sequence >> 32)};
}

std::array<uint32_t, 4> PhiloxStream::Block(uint32_t block) const {
  std::array<uint32_t, 4> c = counter;
  c[0] = block;
  return Philox4x32(c, key);
}

}  // namespace embed
