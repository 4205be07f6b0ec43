// Bulk words on every CPU target against Philox read word by word.
#include "embed/kernels/random.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "embed/base/philox.h"
#include "embed/kernels/cpu_target.h"
#include "gtest/gtest.h"

namespace embed {
namespace random_test {

constexpr uint32_t kUntouched = 0xABCDEF01;

class RandomTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceCpuTarget(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceCpuTarget("auto").ok()); }
};

INSTANTIATE_TEST_SUITE_P(Targets, RandomTest,
                         testing::ValuesIn(AvailableCpuTargets()),
                         [](const auto& param) { return param.param; });

TEST_P(RandomTest, EqualsPhiloxForAllSizesAndPlaces) {
  const PhiloxStream stream(7, RandomPurpose::kTest, 3, 0xFEDCBA9876543210);
  std::vector<uint32_t> expected;
  Philox random(stream);
  for (int i = 0; i < 200; ++i) expected.push_back(random.Next32());
  for (size_t size = 0; size <= 200; ++size) {
    for (size_t shift = 0; shift < 5; ++shift) {
      std::vector<uint32_t> words(size + 10, kUntouched);
      FillRandom(stream, 0, absl::MakeSpan(words).subspan(shift, size));
      for (size_t i = 0; i < words.size(); ++i) {
        const bool inside = i >= shift && i < shift + size;
        ASSERT_EQ(words[i], inside ? expected[i - shift] : kUntouched)
            << "size " << size << " shift " << shift << " word " << i;
      }
    }
  }
}

// The block number is a counter of 32 bits: after the last comes block 0.
TEST_P(RandomTest, StartsAtAnyBlockAndWrapsAround) {
  const PhiloxStream stream(~uint64_t{0}, RandomPurpose::kTest, 0xFFFFFFFF, 5);
  for (const uint32_t first :
       {1u, 17u, 0x7FFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFEu, 0xFFFFFFF5u}) {
    std::vector<uint32_t> words(101);
    FillRandom(stream, first, absl::MakeSpan(words));
    for (uint32_t i = 0; i < 101; ++i) {
      ASSERT_EQ(words[i], stream.Block(first + i / 4)[i % 4])
          << "first block " << first << " word " << i;
    }
  }
}

// Any number of streams; the sequences use both halves of their words.
TEST_P(RandomTest, FillsManyStreamsAsOneByOne) {
  constexpr size_t kStride = 70;
  std::vector<uint64_t> sequences;
  for (uint64_t i = 0; i < 64; ++i) {
    sequences.push_back(i * 0x123456789ABCDEF ^ i << 31);
  }
  const PhiloxStream any(77, RandomPurpose::kTest, 3, 12345);
  for (size_t count = 0; count <= sequences.size(); ++count) {
    for (const uint32_t block : {0u, 5u, 0xFFFFFFFEu}) {
      for (const uint32_t blocks : {0u, 1u, 2u, 3u}) {
        std::vector<uint32_t> words(4 * 3 * kStride, kUntouched);
        FillRandomOfStreams(any, block, blocks,
                            absl::MakeConstSpan(sequences).subspan(0, count),
                            kStride, words.data());
        for (size_t at = 0; at < words.size(); ++at) {
          const size_t i = at % kStride;
          const auto word = static_cast<uint32_t>(at / kStride);
          uint32_t expected = kUntouched;
          if (i < count && word < 4 * blocks) {
            expected = PhiloxStream(77, RandomPurpose::kTest, 3, sequences[i])
                           .Block(block + word / 4)[word % 4];
          }
          ASSERT_EQ(words[at], expected)
              << count << " streams, stream " << i << " word " << word;
        }
      }
    }
  }
}

}  // namespace random_test
}  // namespace embed
