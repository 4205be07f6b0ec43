#include "apps/common/text_width.h"

#include <cstdint>

#include "embed/base/utf8.h"

namespace embed {
namespace {

// In parts of the font size.
double Advance(uint32_t code_point) {
  constexpr uint32_t kFirstWide = 0x1100;  // Hangul, Han and all after them
  if (code_point >= kFirstWide) return 1.02;
  if (code_point == 'm' || code_point == 'w') return 0.86;
  if (code_point == 'W' || code_point == 'M') return 0.97;
  if (code_point >= 'A' && code_point <= 'Z') return 0.74;
  if (code_point == 'i' || code_point == 'l' || code_point == 'j' ||
      code_point == '.' || code_point == ',') {
    return 0.33;
  }
  return 0.6;
}

}  // namespace

double TextWidth(absl::string_view text, double font_size) {
  double width = 0;
  while (!text.empty()) {
    const Utf8Sequence next = DecodeUtf8(text);
    width += Advance(next.code_point);
    text.remove_prefix(next.bytes);
  }
  return width * font_size;
}

}  // namespace embed
