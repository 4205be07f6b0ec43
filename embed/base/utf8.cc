#include "embed/base/utf8.h"

#include <cstring>

namespace embed {
namespace {

struct LeadByte {
  uint32_t length;  // of the whole sequence; 0: no sequence starts like this
  uint8_t second_low;
  uint8_t second_high;
};

// The bounds of the second byte shut out overlong forms (E0, F0), surrogates
// (ED) and values above U+10FFFF (F4): Unicode 15, table 3-7.
LeadByte ClassifyLead(uint8_t lead) {
  if (lead < 0xC2) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

bool IsContinuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

Utf8Sequence Bad(uint32_t bytes) {
  return {kReplacementCharacter, bytes, false};
}

// The number of leading ASCII bytes, rounded down to whole blocks at first.
size_t AsciiPrefix(const char* text, size_t size) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  size_t i = 0;
  for (; i + 32 <= size; i += 32) {
    uint64_t words[4];
    std::memcpy(words, text + i, sizeof(words));
    if (((words[0] | words[1] | words[2] | words[3]) & kHighBits) != 0) break;
  }
  while (i < size && static_cast<uint8_t>(text[i]) < 0x80) ++i;
  return i;
}

}  // namespace

Utf8Sequence DecodeUtf8(absl::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return {first, 1, true};
  const LeadByte lead = ClassifyLead(first);
  if (lead.length == 0 || text.size() < 2 || byte(1) < lead.second_low ||
      byte(1) > lead.second_high) {
    return Bad(1);
  }
  // The lead byte carries 7 - length bits.
  uint32_t value = first & (0x7F >> lead.length);
  value = value << 6 | (byte(1) & 0x3F);
  for (uint32_t i = 2; i < lead.length; ++i) {
    if (i >= text.size() || !IsContinuation(byte(i))) return Bad(i);
    value = value << 6 | (byte(i) & 0x3F);
  }
  return {value, lead.length, true};
}

size_t ValidUtf8Prefix(absl::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const uint8_t first = static_cast<uint8_t>(text[i]);
    if (first < 0x80) {
      i += AsciiPrefix(text.data() + i, text.size() - i);
      continue;
    }
    // Most Chinese: three bytes whose second one has no special bounds.
    if (first > 0xE0 && first < 0xED && i + 3 <= text.size() &&
        IsContinuation(static_cast<uint8_t>(text[i + 1])) &&
        IsContinuation(static_cast<uint8_t>(text[i + 2]))) {
      i += 3;
      continue;
    }
    const Utf8Sequence sequence = DecodeUtf8(text.substr(i));
    if (!sequence.valid) return i;
    i += sequence.bytes;
  }
  return i;
}

void AppendUtf8(uint32_t code_point, std::string* text) {
  const auto append = [text](uint32_t byte) {
    text->push_back(static_cast<char>(byte));
  };
  if (code_point < 0x80) {
    append(code_point);
    return;
  }
  if (code_point < 0x800) {
    append(0xC0 | code_point >> 6);
  } else {
    if (code_point < 0x10000) {
      append(0xE0 | code_point >> 12);
    } else {
      append(0xF0 | code_point >> 18);
      append(0x80 | (code_point >> 12 & 0x3F));
    }
    append(0x80 | (code_point >> 6 & 0x3F));
  }
  append(0x80 | (code_point & 0x3F));
}

uint64_t RepairUtf8(absl::string_view text, std::string* repaired) {
  repaired->clear();
  uint64_t bad = 0;
  while (true) {
    const size_t valid = ValidUtf8Prefix(text);
    repaired->append(text.data(), valid);
    text.remove_prefix(valid);
    if (text.empty()) return bad;
    AppendUtf8(kReplacementCharacter, repaired);
    text.remove_prefix(DecodeUtf8(text).bytes);
    ++bad;
  }
}

uint64_t CountBadUtf8Bytes(absl::string_view text) {
  uint64_t bad = 0;
  while (true) {
    text.remove_prefix(ValidUtf8Prefix(text));
    if (text.empty()) return bad;
    const uint32_t bytes = DecodeUtf8(text).bytes;
    bad += bytes;
    text.remove_prefix(bytes);
  }
}

}  // namespace embed
