#include "embed/eval/point_tree.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace embed {
namespace point_tree_test {

std::vector<Point> RandomPoints(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Point> points(count);
  for (Point& point : points) {
    point.x = static_cast<double>(random()) / 4294967296.0 - 0.3;
    point.y = 5 * (static_cast<double>(random()) / 4294967296.0);
  }
  return points;
}

// Every cell is the mean of the points of its leaves and covers them; the
// leaves cover each point once.
TEST(PointTreeTest, CellsAddUp) {
  for (const size_t count : {1u, 2u, 3u, 100u, 5000u}) {
    const std::vector<Point> points = RandomPoints(count, 1);
    PointTree tree;
    tree.Build(points);
    std::vector<uint32_t> order(tree.order().begin(), tree.order().end());
    size_t leaf_at = 0;
    for (uint32_t i = 0; i < tree.cells().size(); ++i) {
      const PointTree::Cell& cell = tree.cells()[i];
      ASSERT_GT(cell.next, i);
      ASSERT_LE(cell.next, tree.cells().size());
      double leaves = 0;
      Point sum;
      for (uint32_t j = i; j < cell.next; ++j) {
        const PointTree::Cell& inner = tree.cells()[j];
        if (inner.next != j + 1) continue;
        leaves += inner.count;
        sum.x += inner.center.x * inner.count;
        sum.y += inner.center.y * inner.count;
        EXPECT_EQ(inner.width_squared, 0);
        const double width = std::sqrt(cell.width_squared);
        EXPECT_LE(std::abs(inner.center.x - cell.center.x), width * 1.000001);
        EXPECT_LE(std::abs(inner.center.y - cell.center.y), width * 1.000001);
      }
      EXPECT_EQ(leaves, cell.count);
      EXPECT_NEAR(sum.x / leaves, cell.center.x, 1e-9);
      EXPECT_NEAR(sum.y / leaves, cell.center.y, 1e-9);
      if (cell.next == i + 1) {
        const auto size = static_cast<size_t>(cell.count);
        ASSERT_LE(leaf_at + size, count);
        if (size == 1) {
          EXPECT_EQ(points[order[leaf_at]].x, cell.center.x);
          EXPECT_EQ(points[order[leaf_at]].y, cell.center.y);
        }
        leaf_at += size;
      }
    }
    EXPECT_EQ(leaf_at, count);
    std::sort(order.begin(), order.end());
    std::vector<uint32_t> all(count);
    std::iota(all.begin(), all.end(), 0);
    EXPECT_EQ(order, all);
  }
}

TEST(PointTreeTest, EqualPointsAreOneCell) {
  PointTree tree;
  tree.Build(std::vector<Point>(1000, Point{3, -1}));
  ASSERT_EQ(tree.cells().size(), 1u);
  EXPECT_EQ(tree.cells()[0].count, 1000);
  EXPECT_EQ(tree.cells()[0].width_squared, 0);
  EXPECT_EQ(tree.cells()[0].center.x, 3);
}

}  // namespace point_tree_test
}  // namespace embed
