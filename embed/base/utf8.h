// UTF-8 (RFC 3629): decoding, validation, and repair of bad sequences.
//
// A bad sequence is a "maximal subpart" (Unicode 15, section 3.9, "U+FFFD
// Substitution of Maximal Subparts"): the longest start of a well-formed
// sequence that the bytes offer, or one byte where not even that is there. So
// every bad sequence is 1 to 3 bytes, and a lead byte is never swallowed by the
// sequence before it: cutting a text before any lead byte leaves its repair
// unchanged.
#ifndef EMBED_BASE_UTF8_H_
#define EMBED_BASE_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace embed {

constexpr uint32_t kReplacementCharacter = 0xFFFD;

// U+FEFF, which all readers of text pass over once, at the very start.
constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// What is to be written before a text that begins with `start`, so that its own
// U+FEFF is not passed over: a mark, or nothing where it begins otherwise.
inline absl::string_view MarkBefore(absl::string_view start) {
  const bool marked = start.substr(0, kByteOrderMark.size()) == kByteOrderMark;
  return marked ? kByteOrderMark : absl::string_view();
}

struct Utf8Sequence {
  uint32_t code_point;  // kReplacementCharacter for a bad sequence
  uint32_t bytes;       // 1 .. 4 (bad: 1 .. 3)
  bool valid;
};

// The sequence that `text` (not empty) starts with. Overlong forms, surrogates
// and values above U+10FFFF are bad.
Utf8Sequence DecodeUtf8(absl::string_view text);

// The length in bytes of the longest valid start of `text`; text.size() if all
// of it is valid. ASCII is checked 32 bytes at a time.
size_t ValidUtf8Prefix(absl::string_view text);

inline bool IsValidUtf8(absl::string_view text) {
  return ValidUtf8Prefix(text) == text.size();
}

// Appends the UTF-8 form of a code point (not a surrogate, at most U+10FFFF).
void AppendUtf8(uint32_t code_point, std::string* text);

// Sets *repaired to `text` with each bad sequence replaced by U+FFFD. Returns
// how many there were.
uint64_t RepairUtf8(absl::string_view text, std::string* repaired);

// The number of bytes of `text` that belong to bad sequences.
uint64_t CountBadUtf8Bytes(absl::string_view text);

}  // namespace embed

#endif  // EMBED_BASE_UTF8_H_
