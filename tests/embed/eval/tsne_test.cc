#include "embed/eval/tsne.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"
#include "tests/embed/eval/random_table.h"

namespace embed {
namespace tsne_test {

using ::testing::HasSubstr;

double SquaredDistance(const MatrixView& rows, uint64_t a, uint64_t b) {
  double sum = 0;
  for (int i = 0; i < rows.dim; ++i) {
    const double difference = rows.row(a)[static_cast<size_t>(i)] -
                              rows.row(b)[static_cast<size_t>(i)];
    sum += difference * difference;
  }
  return sum;
}

NeighborGraph NearestNeighbors(const MatrixView& rows, size_t k) {
  NeighborGraph graph;
  for (uint64_t i = 0; i < rows.rows; ++i) {
    std::vector<std::pair<double, uint32_t>> all;
    for (uint64_t j = 0; j < rows.rows; ++j) {
      if (j == i) continue;
      all.push_back({SquaredDistance(rows, i, j), static_cast<uint32_t>(j)});
    }
    std::sort(all.begin(), all.end());
    for (size_t j = 0; j < std::min(k, all.size()); ++j) {
      graph.ids.push_back(all[j].second);
      graph.squared_distances.push_back(static_cast<float>(all[j].first));
    }
    graph.offsets.push_back(graph.ids.size());
  }
  return graph;
}

std::vector<Point> RandomPlaces(size_t count, double width) {
  std::mt19937 random(7);
  std::vector<Point> places(count);
  for (Point& place : places) {
    place.x = width * (static_cast<double>(random()) / 4294967296.0);
    place.y = width * (static_cast<double>(random()) / 4294967296.0);
  }
  return places;
}

// 40 rows in each of five far corners.
EmbeddingTable Clusters() {
  EmbeddingTable table = RandomTable(200, 8, 3);
  for (uint64_t i = 0; i < 200; ++i) table.row(i)[i % 5] += 6;
  return table;
}

// KL of the places, all pairs, in double.
double Divergence(const Affinities& p, const std::vector<Point>& places) {
  const auto weight = [&](size_t i, size_t j) {
    const double dx = places[i].x - places[j].x;
    const double dy = places[i].y - places[j].y;
    return 1 / (1 + dx * dx + dy * dy);
  };
  double z = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    for (size_t j = 0; j < places.size(); ++j) z += i == j ? 0 : weight(i, j);
  }
  double sum = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    for (uint64_t at = p.offsets[i]; at < p.offsets[i + 1]; ++at) {
      const double value = p.values[at];
      if (value > 0) sum += value * std::log(value * z / weight(i, p.ids[at]));
    }
  }
  return sum;
}

TEST(TsneAffinitiesTest, HaveThePerplexityAndSumToOne) {
  const EmbeddingTable table = RandomTable(120, 6, 1);
  const NeighborGraph graph = NearestNeighbors(table.view(), 45);
  const auto p = NeighborAffinities(graph, 15, 2);
  ASSERT_TRUE(p.ok()) << p.status();
  const double total = std::accumulate(p->values.begin(), p->values.end(), 0.0);
  EXPECT_NEAR(total, 1, 1e-5);
  // Symmetric, no point with itself, ids rising.
  for (uint32_t i = 0; i < 120; ++i) {
    for (uint64_t at = p->offsets[i]; at < p->offsets[i + 1]; ++at) {
      const uint32_t j = p->ids[at];
      EXPECT_NE(i, j);
      if (at > p->offsets[i]) {
        EXPECT_GT(j, p->ids[at - 1]);
      }
      const auto begin = p->ids.begin() + static_cast<long>(p->offsets[j]);
      const auto end = p->ids.begin() + static_cast<long>(p->offsets[j + 1]);
      const auto back = std::lower_bound(begin, end, i);
      ASSERT_TRUE(back != end && *back == i);
      EXPECT_EQ(p->values[static_cast<size_t>(back - p->ids.begin())],
                p->values[at]);
    }
  }
}

TEST(TsneAffinitiesTest, SameAsSklearn) {
  const TempFolder folder;
  const EmbeddingTable table = RandomTable(60, 4, 1);
  const PythonAnswer answer = AskPython(
      folder, "sklearn",
      absl::StrCat(
          "import numpy as np\nfrom sklearn.manifold._t_sne import "
          "_joint_probabilities_nn\nfrom sklearn.neighbors import "
          "NearestNeighbors\nx = ",
          NumpyArray(table.view()),
          "\nd = NearestNeighbors(n_neighbors=30).fit(x)"
          ".kneighbors_graph(mode='distance')\nd.data **= 2\n"
          "answer(*_joint_probabilities_nn(d, 10, 0).toarray().ravel())\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  const auto p = NeighborAffinities(NearestNeighbors(table.view(), 30), 10, 1);
  ASSERT_TRUE(p.ok()) << p.status();
  ASSERT_EQ(answer.numbers.size(), 3600u);
  std::vector<double> dense(3600);
  for (size_t i = 0; i < 60; ++i) {
    for (uint64_t at = p->offsets[i]; at < p->offsets[i + 1]; ++at) {
      dense[i * 60 + p->ids[at]] = p->values[at];
    }
  }
  // scikit-learn stops at 1e-5 of the entropy, and has float32 distances.
  for (size_t i = 0; i < 3600; ++i) {
    EXPECT_NEAR(dense[i], answer.numbers[i], 2e-5 * (1.0 / 60));
  }
}

// With theta 0, finite differences of the divergence; with 0.5, near to it.
TEST(TsneGradientTest, IsTheDerivativeOfTheDivergence) {
  const EmbeddingTable table = Clusters();
  const Affinities p =
      *NeighborAffinities(NearestNeighbors(table.view(), 30), 10, 1);
  std::vector<Point> places = RandomPlaces(200, 5);
  PointTree tree;
  const TsneForces exact = TsneGradient(p, places, 1, 0, 1, &tree);
  EXPECT_NEAR(TsneDivergence(p, places, exact.z, 2), Divergence(p, places),
              1e-9);
  constexpr double kStep = 1e-5;
  for (const size_t i : {0u, 17u, 199u}) {
    for (double Point::*axis : {&Point::x, &Point::y}) {
      const double before = places[i].*axis;
      places[i].*axis = before + kStep;
      const double higher = Divergence(p, places);
      places[i].*axis = before - kStep;
      const double lower = Divergence(p, places);
      places[i].*axis = before;
      EXPECT_NEAR(exact.gradient[i].*axis, (higher - lower) / (2 * kStep),
                  1e-8);
    }
  }
  const TsneForces near = TsneGradient(p, places, 1, 0.5, 3, &tree);
  double error = 0;
  double size = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    error += std::hypot(near.gradient[i].x - exact.gradient[i].x,
                        near.gradient[i].y - exact.gradient[i].y);
    size += std::hypot(exact.gradient[i].x, exact.gradient[i].y);
  }
  EXPECT_LT(error, 0.03 * size);
  EXPECT_NEAR(near.z, exact.z, 0.005 * exact.z);
}

// scikit-learn's own divergence of the same places and affinities.
TEST(TsneDivergenceTest, SameAsSklearn) {
  const TempFolder folder;
  const Affinities p =
      *NeighborAffinities(NearestNeighbors(Clusters().view(), 30), 10, 1);
  const std::vector<Point> places = RandomPlaces(200, 5);
  std::string text = "p, y = np.zeros((200, 200)), np.zeros((200, 2))\n";
  for (size_t i = 0; i < 200; ++i) {
    absl::StrAppendFormat(&text, "y[%d] = %.17g, %.17g\n", i, places[i].x,
                          places[i].y);
    for (uint64_t at = p.offsets[i]; at < p.offsets[i + 1]; ++at) {
      absl::StrAppendFormat(&text, "p[%d, %d] = %.9g\n", i, p.ids[at],
                            p.values[at]);
    }
  }
  const PythonAnswer answer = AskPython(
      folder, "sklearn",
      absl::StrCat("import numpy as np\nfrom scipy.spatial.distance import "
                   "squareform\nfrom sklearn.manifold._t_sne import "
                   "_kl_divergence\n",
                   text,
                   "answer(_kl_divergence(y.ravel(), squareform(p), 1, 200, "
                   "2)[0])\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  ASSERT_EQ(answer.numbers.size(), 1u);
  PointTree tree;
  const double z = TsneGradient(p, places, 1, /*theta=*/0, 1, &tree).z;
  EXPECT_NEAR(TsneDivergence(p, places, z, 1), answer.numbers[0], 1e-6);
}

TEST(TsneTest, KeepsClustersApart) {
  const EmbeddingTable table = Clusters();
  const NeighborGraph graph = NearestNeighbors(table.view(), 30);
  TsneOptions options;
  options.perplexity = 10;
  options.steps = 400;
  options.threads = 2;
  std::vector<Point> start;
  for (uint64_t i = 0; i < 200; ++i) {
    start.push_back({table.row(i)[0], table.row(i)[1]});
  }
  int calls = 0;
  double last = 0;
  const auto places =
      Tsne(graph, start, options, [&](int step, int steps, double divergence) {
        EXPECT_EQ(step, ++calls);
        EXPECT_EQ(steps, 400);
        last = divergence;
        return true;
      });
  ASSERT_TRUE(places.ok()) << places.status();
  EXPECT_EQ(calls, 400);
  EXPECT_LT(last, 0.6);
  int same = 0;
  for (size_t i = 0; i < 200; ++i) {
    size_t nearest = i == 0 ? 1 : 0;
    const auto distance = [&](size_t j) {
      return std::hypot((*places)[i].x - (*places)[j].x,
                        (*places)[i].y - (*places)[j].y);
    };
    for (size_t j = 0; j < 200; ++j) {
      if (j != i && distance(j) < distance(nearest)) nearest = j;
    }
    same += i % 5 == nearest % 5 ? 1 : 0;
  }
  EXPECT_EQ(same, 200);
  // The same for any number of threads.
  options.threads = 1;
  const auto again = Tsne(graph, start, options, nullptr);
  for (size_t i = 0; i < 200; ++i) {
    EXPECT_EQ((*places)[i].x, (*again)[i].x);
    EXPECT_EQ((*places)[i].y, (*again)[i].y);
  }
}

// The divergence that scikit-learn comes to with as many steps.
TEST(TsneTest, GetsAsLowAsSklearn) {
  const TempFolder folder;
  const EmbeddingTable table = Clusters();
  const PythonAnswer answer = AskPython(
      folder, "sklearn",
      absl::StrCat(
          "import numpy as np\nfrom sklearn.manifold import TSNE\nx = ",
          NumpyArray(table.view()),
          "\nt = TSNE(perplexity=10, n_iter=750, init='pca', "
          "learning_rate='auto').fit(x)\nanswer(t.kl_divergence_)\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  TsneOptions options;
  options.perplexity = 10;
  const NeighborGraph graph = NearestNeighbors(table.view(), 30);
  std::vector<Point> start;
  for (uint64_t i = 0; i < 200; ++i) {
    start.push_back({table.row(i)[0], table.row(i)[1]});
  }
  double last = 0;
  ASSERT_TRUE(Tsne(graph, start, options, [&](int, int, double divergence) {
                last = divergence;
                return true;
              }).ok());
  ASSERT_EQ(answer.numbers.size(), 1u);
  EXPECT_LT(last, answer.numbers[0] + 0.05);
}

TEST(TsneTest, RefusesWhatCannotBe) {
  const NeighborGraph graph = NearestNeighbors(RandomTable(9, 2, 1).view(), 3);
  const std::vector<Point> start(9);
  const auto message = [&](const TsneOptions& options) {
    return std::string(Tsne(graph, start, options, nullptr).status().message());
  };
  TsneOptions options;
  options.theta = 0.8;
  EXPECT_THAT(message(options), HasSubstr("theta is 0.8"));
  options = {};
  options.perplexity = 0.5;
  EXPECT_THAT(message(options), HasSubstr("perplexity is 0.5"));
  options = {};
  options.steps = 0;
  EXPECT_THAT(message(options), HasSubstr("steps is 0"));
  EXPECT_FALSE(Tsne(graph, RandomPlaces(8, 1), {}, nullptr).ok());
  EXPECT_EQ(Tsne(graph, start, {}, [](int, int, double) { return false; })
                .status()
                .code(),
            absl::StatusCode::kCancelled);
  NeighborGraph bad = graph;
  bad.ids[4] = 9;
  EXPECT_FALSE(NeighborAffinities(bad, 2, 1).ok());
  bad = graph;
  bad.squared_distances[0] = -1;
  EXPECT_FALSE(NeighborAffinities(bad, 2, 1).ok());
}

// All in one place, and two points: still finite places, apart.
TEST(TsneTest, EqualStartsPart) {
  const NeighborGraph graph = NearestNeighbors(RandomTable(12, 2, 1).view(), 5);
  TsneOptions options;
  options.perplexity = 3;
  options.steps = 50;
  const auto places =
      Tsne(graph, std::vector<Point>(12, Point{1, 1}), options, nullptr);
  ASSERT_TRUE(places.ok());
  for (size_t i = 0; i < 12; ++i) {
    EXPECT_TRUE(std::isfinite((*places)[i].x));
    EXPECT_NE((*places)[i].x, (*places)[(i + 1) % 12].x);
  }
}

}  // namespace tsne_test
}  // namespace embed
