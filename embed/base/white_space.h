// Unicode white space in UTF-8 text: the characters with the White_Space
// property of Unicode 15, and NUL, which stands where a program cut its
// records.
#ifndef EMBED_BASE_WHITE_SPACE_H_
#define EMBED_BASE_WHITE_SPACE_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/strings/string_view.h"

namespace embed {

enum class ByteClass : uint8_t {
  kOther,
  kBlank,     // ASCII white space but the line feed, and NUL
  kLineFeed,  //
  kMayBlank,  // lead byte of the white space characters beyond ASCII
};

constexpr ByteClass ClassOf(uint8_t byte) {
  if (byte == '\n') return ByteClass::kLineFeed;
  if (byte == ' ' || byte == 0 || (byte >= '\t' && byte <= '\r')) {
    return ByteClass::kBlank;
  }
  if (byte == 0xC2 || (byte >= 0xE1 && byte <= 0xE3)) {
    return ByteClass::kMayBlank;
  }
  return ByteClass::kOther;
}

struct ByteClassTable {
  constexpr ByteClassTable() {
    for (int i = 0; i < 256; ++i) classes[i] = ClassOf(static_cast<uint8_t>(i));
  }
  ByteClass operator[](char byte) const {
    return classes[static_cast<uint8_t>(byte)];
  }
  ByteClass classes[256] = {};
};
inline constexpr ByteClassTable kByteClasses;

// The length in bytes of the white space character beyond ASCII that starts at
// `text` (size >= 1), 0 if it is none: U+0085, U+00A0, U+1680, U+2000 ..
// U+200A, U+2028, U+2029, U+202F, U+205F, U+3000.
size_t WideWhiteSpaceLength(const char* text, size_t size);

// The length of the white space character of any kind that starts at `text`.
inline size_t WhiteSpaceLength(const char* text, size_t size) {
  switch (kByteClasses[*text]) {
    case ByteClass::kOther:
      return 0;
    case ByteClass::kMayBlank:
      return WideWhiteSpaceLength(text, size);
    default:
      return 1;
  }
}

// The parts of `text` between white space characters of any kind, none empty.
std::vector<absl::string_view> SplitAtWhiteSpace(absl::string_view text);

// Whether a white space character of any kind is in `text`.
bool HasWhiteSpace(absl::string_view text);

// The first byte of [text, end) whose class is not kOther, or `end`. Eight
// bytes at a time, as the end of a word is what a byte-wise loop mispredicts.
inline const char* SkipOrdinaryBytes(const char* text, const char* end) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighBits = kOnes << 7;
  // The high bit of each zero byte, and perhaps of bytes above the first one.
  const auto zero_bytes = [](uint64_t x) {
    return (x - kOnes) & ~x & kHighBits;
  };
  for (; end - text >= 8; text += 8) {
    uint64_t bytes;
    std::memcpy(&bytes, text, 8);
    // Control characters and the blank (bytes below 0x21), then lead bytes.
    uint64_t found = (bytes - 0x21 * kOnes) & ~bytes & kHighBits;
    if ((bytes & kHighBits) != 0) {
      found |= zero_bytes(bytes ^ 0xC2 * kOnes) |
               zero_bytes((bytes & 0xFC * kOnes) ^ 0xE0 * kOnes);
    }
    while (found != 0) {
      const char* candidate = text + (__builtin_ctzll(found) >> 3);
      if (kByteClasses[*candidate] != ByteClass::kOther) return candidate;
      found &= found - 1;
    }
  }
  while (text != end && kByteClasses[*text] == ByteClass::kOther) ++text;
  return text;
}

}  // namespace embed

#endif  // EMBED_BASE_WHITE_SPACE_H_
