#include "embed/base/white_space.h"

namespace embed {

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

}  // namespace embed
