#include "embed/eval/point_tree.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace embed {
namespace {

// The bits of a place, with a free one before each.
uint64_t SpreadBits(uint64_t bits) {
  bits = (bits | bits << 16) & 0x0000FFFF0000FFFF;
  bits = (bits | bits << 8) & 0x00FF00FF00FF00FF;
  bits = (bits | bits << 4) & 0x0F0F0F0F0F0F0F0F;
  bits = (bits | bits << 2) & 0x3333333333333333;
  return (bits | bits << 1) & 0x5555555555555555;
}

}  // namespace

void PointTree::Build(absl::Span<const Point> points) {
  Point low = points[0];
  Point high = points[0];
  for (const Point& point : points) {
    low = {std::min(low.x, point.x), std::min(low.y, point.y)};
    high = {std::max(high.x, point.x), std::max(high.y, point.y)};
  }
  const double width = std::max(high.x - low.x, high.y - low.y);
  constexpr double kCells = uint64_t{1} << kLevels;
  const double scale = width > 0 ? kCells / width : 0;
  const auto place = [&](double value, double from) {
    return static_cast<uint64_t>(std::min((value - from) * scale, kCells - 1));
  };
  std::vector<std::pair<uint64_t, uint32_t>> sorted(points.size());
  for (size_t i = 0; i < points.size(); ++i) {
    sorted[i] = {SpreadBits(place(points[i].x, low.x)) |
                     SpreadBits(place(points[i].y, low.y)) << 1,
                 static_cast<uint32_t>(i)};
  }
  std::sort(sorted.begin(), sorted.end());
  order_.resize(points.size());
  codes_.resize(points.size());
  for (size_t i = 0; i < points.size(); ++i) {
    codes_[i] = sorted[i].first;
    order_[i] = sorted[i].second;
  }
  cells_.clear();
  AddCell(points, 0, static_cast<uint32_t>(points.size()), kLevels, width);
}

// The points order_[begin .. end), which share all but the lowest 2 * level
// bits of their codes.
void PointTree::AddCell(absl::Span<const Point> points, uint32_t begin,
                        uint32_t end, int level, double width) {
  // Levels at which nothing is divided are passed over.
  while (level > 0 && codes_[begin] >> 2 * (level - 1) ==
                          codes_[end - 1] >> 2 * (level - 1)) {
    --level;
    width /= 2;
  }
  const size_t place = cells_.size();
  cells_.emplace_back();
  const double count = end - begin;
  Point sum;
  if (level == 0) {
    for (uint32_t i = begin; i < end; ++i) {
      sum.x += points[order_[i]].x;
      sum.y += points[order_[i]].y;
    }
  } else {
    const int shift = 2 * (level - 1);
    for (uint32_t first = begin; first < end;) {
      uint32_t last = first + 1;
      const uint64_t quarter = codes_[first] >> shift;
      while (last < end && codes_[last] >> shift == quarter) ++last;
      const size_t inner = cells_.size();
      AddCell(points, first, last, level - 1, width / 2);
      sum.x += cells_[inner].center.x * cells_[inner].count;
      sum.y += cells_[inner].center.y * cells_[inner].count;
      first = last;
    }
  }
  Cell& cell = cells_[place];
  cell.center = {sum.x / count, sum.y / count};
  cell.width_squared = level == 0 ? 0 : width * width;
  cell.count = count;
  cell.next = static_cast<uint32_t>(cells_.size());
}

}  // namespace embed
