#include "embed/base/utf8.h"

#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"

namespace embed {
namespace utf8_test {

// Everything that starts a well-formed sequence and is not one itself.
const std::set<std::string>& AllStarts() {
  static const auto* const starts = [] {
    auto* set = new std::set<std::string>;
    // The last byte does not matter: one code point in 64 has all starts.
    for (uint32_t c = 0; c <= 0x10FFFF; c += c < 0x800 ? 1 : 64) {
      if (c >= 0xD800 && c <= 0xDFFF) continue;
      const std::string bytes = NaiveEncode(c);
      for (size_t n = 1; n < bytes.size(); ++n) set->insert(bytes.substr(0, n));
    }
    return set;
  }();
  return *starts;
}

// True if some code point is written exactly like this.
bool NaiveIsCharacter(const std::string& bytes) {
  const size_t n = bytes.size();
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  uint32_t value = n == 1 ? byte(0) : byte(0) & (0x7Fu >> n);
  for (size_t i = 1; i < n; ++i) value = value * 64 + byte(i) % 64;
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  return !surrogate && value <= 0x10FFFF && NaiveEncode(value) == bytes;
}

// Unicode's definition, word for word.
std::string NaiveRepair(std::string text, uint64_t* bad) {
  std::string result;
  *bad = 0;
  while (!text.empty()) {
    size_t take = 0;
    for (size_t n = 1; n <= 4 && n <= text.size(); ++n) {
      if (NaiveIsCharacter(text.substr(0, n))) take = n;
    }
    if (take > 0) {
      result += text.substr(0, take);
    } else {
      take = 1;
      for (size_t n = 2; n <= 3 && n <= text.size(); ++n) {
        if (AllStarts().count(text.substr(0, n)) > 0) take = n;
      }
      ++*bad;
      result += "\xEF\xBF\xBD";
    }
    text.erase(0, take);
  }
  return result;
}

TEST(Utf8Test, DecodesEveryCodePoint) {
  for (uint32_t c = 0; c <= 0x10FFFF; ++c) {
    const std::string bytes = NaiveEncode(c);
    const Utf8Sequence got = DecodeUtf8(bytes);
    const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    ASSERT_EQ(got.valid, !surrogate) << c;
    ASSERT_EQ(IsValidUtf8(bytes), !surrogate) << c;
    if (surrogate) continue;
    ASSERT_EQ(got.code_point, c);
    ASSERT_EQ(got.bytes, bytes.size());
    std::string again;
    AppendUtf8(c, &again);
    ASSERT_EQ(again, bytes);
  }
}

TEST(Utf8Test, RepairsAllCombinationsOfBoundaryBytesAsUnicodeSays) {
  const std::string alphabet =
      "A\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xEC\xED\xEE\xEF"
      "\xF0\xF1\xF4\xF5\xFF";
  const size_t n = alphabet.size();
  for (size_t i = 0; i < n * n * n * n; ++i) {
    const std::string text = {alphabet[i % n], alphabet[i / n % n],
                              alphabet[i / n / n % n], alphabet[i / n / n / n]};
    uint64_t naive_bad;
    const std::string naive = NaiveRepair(text, &naive_bad);
    std::string repaired;
    ASSERT_EQ(RepairUtf8(text, &repaired), naive_bad) << i;
    ASSERT_EQ(repaired, naive) << i;
    ASSERT_EQ(IsValidUtf8(text), naive_bad == 0) << i;
  }
}

TEST(Utf8Test, RepairsTheExampleOfTheStandard) {
  // Unicode 15, table 3-11.
  std::string repaired;
  const uint64_t bad =
      RepairUtf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", &repaired);
  EXPECT_EQ(bad, 4u);
  EXPECT_EQ(repaired, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\x41");
}

TEST(Utf8Test, RejectsTheKnownBadForms) {
  const std::vector<std::string> bad = {
      "\xC0\xAF",                  // overlong '/'
      "\xE0\x80\xAF",              // overlong, three bytes
      "\xF0\x80\x80\xAF",          // overlong, four bytes
      "\xED\xA0\x80",              // surrogate
      "\xED\xA0\x80\xED\xB0\x80",  // CESU-8 pair
      "\xF4\x90\x80\x80",          // above U+10FFFF
      "\xF8\x88\x80\x80\x80",      // five bytes
      "\xE4\xB8",                  // cut off
      "\x80",                      // continuation alone
      "\xFF\xFE",
  };
  for (const std::string& text : bad) {
    EXPECT_FALSE(IsValidUtf8(text));
    EXPECT_EQ(ValidUtf8Prefix("abc" + text), 3u);
    EXPECT_EQ(CountBadUtf8Bytes("abc" + text + "xyz"), text.size());
  }
}

TEST(Utf8Test, FindsABadByteAtEveryPlaceOfALongText) {
  for (size_t size = 1; size < 100; ++size) {
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\xFF';
      ASSERT_EQ(ValidUtf8Prefix(text), at);
      std::string repaired;
      ASSERT_EQ(RepairUtf8(text, &repaired), 1u);
      ASSERT_EQ(repaired.size(), size + 2);
      ASSERT_EQ(CountBadUtf8Bytes(text), 1u);
    }
  }
}

}  // namespace utf8_test
}  // namespace embed
