// A quadtree over points of the plane, for sums over all points in which far
// ones are taken together (Barnes, Hut 1986). Internal to t-SNE.
//
// A cell is a square; cells lie in one array, each before those inside it, with
// the place of the next cell that is not inside it. A walk over the array needs
// no stack.
#ifndef EMBED_EVAL_POINT_TREE_H_
#define EMBED_EVAL_POINT_TREE_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace embed {

struct Point {
  double x = 0.0;
  double y = 0.0;
};

class PointTree {
 public:
  struct Cell {
    Point center;                // of mass: the mean of its points
    double width_squared = 0.0;  // 0: its points are taken together always
    double count = 0.0;
    uint32_t next = 0;  // the first cell behind those inside
  };

  // Of finite points, at least one; O(n log n). Points in one place, or nearer
  // than 2^-20 of the width of all, are one cell.
  void Build(absl::Span<const Point> points);

  absl::Span<const Cell> cells() const { return cells_; }
  // The points by place: neighbors in it are near each other.
  absl::Span<const uint32_t> order() const { return order_; }

 private:
  static constexpr int kLevels = 20;

  void AddCell(absl::Span<const Point> points, uint32_t begin, uint32_t end,
               int level, double width);

  std::vector<Cell> cells_;
  std::vector<uint32_t> order_;
  std::vector<uint64_t> codes_;  // of order_[i], rising
};

}  // namespace embed

#endif  // EMBED_EVAL_POINT_TREE_H_
