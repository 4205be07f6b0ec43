// Counter-based random numbers: Philox 4x32 with 10 rounds (Salmon, Moraes,
// Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
//
// A stream is named by (seed, purpose, epoch, sequence) and nothing else, so a
// draw never depends on the thread that makes it, on the time or on an address.
// Word i of a stream is word i % 4 of Philox block i / 4.
#ifndef EMBED_BASE_PHILOX_H_
#define EMBED_BASE_PHILOX_H_

#include <array>
#include <cstdint>

namespace embed {

// What a stream is used for. Values are part of every result: never renumber.
enum class RandomPurpose : uint32_t {
  kInitialRows = 1,
  kSubsampling = 2,
  kWindows = 3,
  kNegatives = 4,
  kWalkSteps = 5,
  kWalkStarts = 6,
  kRotation = 7,
  kTest = 8,
  kGroupNegatives = 9,
  kEdgeDraws = 10,
  kBaskets = 11,
  kDataSplits = 20,
  kHeldOutEdges = 21,
  kNonEdges = 22,
};

// The multipliers and key increments of the paper (its table 2), and the
// rounds.
inline constexpr uint32_t kPhiloxMultiplier0 = 0xD2511F53;
inline constexpr uint32_t kPhiloxMultiplier1 = 0xCD9E8D57;
inline constexpr uint32_t kPhiloxWeyl0 = 0x9E3779B9;
inline constexpr uint32_t kPhiloxWeyl1 = 0xBB67AE85;
inline constexpr int kPhiloxRounds = 10;

// Names one stream; cheap to make and to copy.
struct PhiloxStream {
  // epoch and sequence select disjoint counters; seed and purpose the key.
  PhiloxStream(uint64_t seed, RandomPurpose purpose, uint32_t epoch,
               uint64_t sequence);

  // Block `block` (words 4 block .. 4 block + 3) of this stream.
  std::array<uint32_t, 4> Block(uint32_t block) const;

  std::array<uint32_t, 2> key;
  // counter[0] is the block number, [1] the epoch, [2..3] the sequence.
  std::array<uint32_t, 4> counter;
};

// The Philox 4x32-10 function itself.
std::array<uint32_t, 4> Philox4x32(std::array<uint32_t, 4> counter,
                                   std::array<uint32_t, 2> key);

// Reads a stream word by word; at most 2^34 words. Not thread-safe: each thread
// makes its own. Bulk reading: FillRandom() in embed/kernels/random.h.
class Philox {
 public:
  explicit Philox(const PhiloxStream& stream) : stream_(stream) {}
  Philox(uint64_t seed, RandomPurpose purpose, uint32_t epoch,
         uint64_t sequence)
      : stream_(seed, purpose, epoch, sequence) {}

  uint32_t Next32() {
    if (used_ == 4) {
      words_ = stream_.Block(block_++);
      used_ = 0;
    }
    return words_[used_++];
  }
  uint64_t Next64() {
    const uint64_t high = Next32();
    return high << 32 | Next32();
  }
  // Uniform on [0, 1), a multiple of 2^-53.
  double NextDouble() {
    return static_cast<double>(Next64() >> 11) * 0x1.0p-53;
  }
  // Uniform on [0, bound), exactly (Lemire 2019: multiply, reject the few low
  // products that would favour some results). bound >= 1.
  uint32_t Below(uint32_t bound) {
    uint64_t product = static_cast<uint64_t>(Next32()) * bound;
    if (static_cast<uint32_t>(product) < bound) {
      const uint32_t threshold = -bound % bound;
      while (static_cast<uint32_t>(product) < threshold) {
        product = static_cast<uint64_t>(Next32()) * bound;
      }
    }
    return static_cast<uint32_t>(product >> 32);
  }

 private:
  PhiloxStream stream_;
  std::array<uint32_t, 4> words_ = {};
  uint32_t block_ = 0;
  int used_ = 4;
};

}  // namespace embed

#endif  // EMBED_BASE_PHILOX_H_
