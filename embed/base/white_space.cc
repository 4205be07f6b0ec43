#include "embed/base/white_space.h"

namespace embed {
namespace {

// The first white space character at or after `begin`, text.size() if none is.
size_t FindWhiteSpace(absl::string_view text, size_t begin) {
  const char* const end = text.data() + text.size();
  const char* at = SkipOrdinaryBytes(text.data() + begin, end);
  while (at != end &&
         WhiteSpaceLength(at, static_cast<size_t>(end - at)) == 0) {
    at = SkipOrdinaryBytes(at + 1, end);
  }
  return static_cast<size_t>(at - text.data());
}

}  // namespace

size_t WideWhiteSpaceLength(const char* text, size_t size) {
  const auto byte = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  if (size < 2) return 0;
  if (byte(0) == 0xC2) return byte(1) == 0x85 || byte(1) == 0xA0 ? 2 : 0;
  if (size < 3) return 0;
  const uint32_t tail = static_cast<uint32_t>(byte(1)) << 8 | byte(2);
  switch (byte(0)) {
    case 0xE1:
      return tail == 0x9A80 ? 3 : 0;
    case 0xE2:
      return (tail >= 0x8080 && tail <= 0x808A) || tail == 0x80A8 ||
                     tail == 0x80A9 || tail == 0x80AF || tail == 0x819F
                 ? 3
                 : 0;
    case 0xE3:
      return tail == 0x8080 ? 3 : 0;
    default:
      return 0;
  }
}

std::vector<absl::string_view> SplitAtWhiteSpace(absl::string_view text) {
  std::vector<absl::string_view> parts;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = FindWhiteSpace(text, begin);
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    if (end == text.size()) break;
    begin = end + WhiteSpaceLength(text.data() + end, text.size() - end);
  }
  return parts;
}

bool HasWhiteSpace(absl::string_view text) {
  return FindWhiteSpace(text, 0) < text.size();
}

}  // namespace embed
