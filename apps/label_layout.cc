#include "apps/label_layout.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "apps/common/text_width.h"
#include "embed/base/utf8.h"

namespace embed {

std::string Shortened(absl::string_view text, size_t limit) {
  absl::string_view rest = text;
  for (size_t i = 0; i + 1 < limit && !rest.empty(); ++i) {
    rest.remove_prefix(DecodeUtf8(rest).bytes);
  }
  if (rest.empty() || rest.size() == DecodeUtf8(rest).bytes) {
    return std::string(text);
  }
  return std::string(text.substr(0, text.size() - rest.size())) + "\u2026";
}

void LabelLayout::Reserve(double x, double y, double radius) {
  dots_.push_back({x, y, {x - radius, y - radius, x + radius, y + radius}});
}

bool LabelLayout::IsFree(const Box& box, double x, double y) const {
  if (!box.Inside(area_)) return false;
  for (const Box& other : taken_) {
    if (box.Overlaps(other)) return false;
  }
  for (const Dot& dot : dots_) {
    // Its own dot may be touched, not covered: the places are beside it.
    if ((dot.x != x || dot.y != y) && box.Overlaps(dot.box)) return false;
  }
  return true;
}

std::optional<LabelLayout::Place> LabelLayout::Add(double x, double y,
                                                   double radius,
                                                   absl::string_view name,
                                                   bool far) {
  constexpr double kGap = 2;
  constexpr int kDirections = 16;
  constexpr double kPi = 3.14159265358979323846;
  const double width = TextWidth(name, font_size_);
  const double height = 1.2 * font_size_;
  const int rings = far ? 11 : 1;
  for (int ring = 0; ring < rings; ++ring) {
    const double away = radius + kGap + ring * height;
    for (int turn = 0; turn < kDirections; ++turn) {
      // To the right first, then by turns below and above.
      const int step = turn % 2 == 0 ? turn / 2 : -(turn + 1) / 2;
      const double angle = 2 * kPi * step / kDirections;
      // -1, 0 and 1: the box is left of, over and right of the dot; one of the
      // two is -1 or 1 always, so that it does not lie on it.
      const double dx = std::clamp(1.5 * std::cos(angle), -1.0, 1.0);
      const double dy = std::clamp(1.5 * std::sin(angle), -1.0, 1.0);
      const double left = x + dx * away + (dx - 1) / 2 * width;
      const double top = y + dy * away + (dy - 1) / 2 * height;
      const Box box = {left, top, left + width, top + height};
      if (!IsFree(box, x, y)) continue;
      taken_.push_back(box);
      return Place{box, ring > 0};
    }
  }
  return std::nullopt;
}

}  // namespace embed
