// LINE against the gradient of its published loss, in double, and on a graph
// whose communities it must find.
#include "embed/train/line.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "embed/base/philox.h"
#include "embed/train/hogwild_schedule.h"
#include "embed/train/row_pairs.h"
#include "embed/train/trainer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/base/chi_square.h"
#include "tests/embed/kernels/double_rows.h"
#include "tests/embed/train/memory_source.h"

namespace embed {
namespace line_test {

using ::testing::HasSubstr;

constexpr uint32_t kVertices = 12;

// Tables of one training.
struct Tables {
  Tables(LineOrder order, int dim, float radius)
      : layout(*LineLayout::Create(order, dim)),
        vertices(*MakeLineVertices(layout, kVertices, 3, 1)),
        contexts(*EmbeddingTable::Create(kVertices, layout.dim())) {
    contexts.FillUniform(radius, 5, 1);
    // Larger than they start, for gradients that are not all the same.
    for (uint64_t i = 0; i < kVertices * vertices.stride(); ++i) {
      vertices.data()[i] *= 2 * radius * static_cast<float>(layout.dim());
    }
  }

  std::unique_ptr<Line> Create(const LineOptions& options,
                               const std::vector<double>& degrees) {
    auto line = Line::Create(layout, options, degrees, &vertices,
                             layout.has_second() ? &contexts : nullptr);
    EXPECT_TRUE(line.ok()) << line.status();
    return std::move(*line);
  }

  LineLayout layout;
  EmbeddingTable vertices;
  EmbeddingTable contexts;
};

std::vector<double> Degrees() { return {9, 4, 4, 3, 1, 1, 1, 7, 2, 0, 5, 5}; }

// The negatives that the header names, drawn one by one.
std::vector<uint32_t> NegativesOf(const LineOptions& options, uint32_t epoch,
                                  uint64_t first, size_t examples) {
  const NegativeSampler sampler =
      *NegativeSampler::OfFrequencies(Degrees(), options.noise_exponent);
  Philox random(options.seed, RandomPurpose::kNegatives, epoch, first);
  std::vector<uint32_t> negatives(examples *
                                  static_cast<size_t>(options.negatives));
  for (uint32_t& negative : negatives) {
    const uint32_t words[] = {random.Next32(), random.Next32()};
    sampler.Draw(words, absl::MakeSpan(&negative, 1));
  }
  return negatives;
}

// Vectors of one order in double: numbers [column, column + dim) of each row.
DoubleRows Columns(const EmbeddingTable& table, int column, int dim) {
  DoubleRows rows(table.rows());
  for (uint64_t r = 0; r < table.rows(); ++r) {
    rows[r].assign(table.row(r) + column, table.row(r) + column + dim);
  }
  return rows;
}

// A row of either table: order 1 has one, order 2 two.
struct DoubleTables {
  DoubleRow& output(uint32_t id) { return shared ? x[id] : y[id]; }
  const DoubleRow& output(uint32_t id) const { return shared ? x[id] : y[id]; }

  bool shared;
  DoubleRows x;
  DoubleRows y;
};

// The loss of equation 7 of an edge with its negatives.
double EdgeLoss(const DoubleTables& tables, absl::Span<const uint32_t> edge,
                absl::Span<const uint32_t> negatives) {
  const DoubleRow& u = tables.x[edge[0]];
  double loss = Softplus(-Dot(u, tables.output(edge[1])));
  for (const uint32_t n : negatives) loss += Softplus(Dot(u, tables.output(n)));
  return loss;
}

// A step along the exact gradient.
void Descend(DoubleTables* tables, absl::Span<const uint32_t> edge,
             absl::Span<const uint32_t> negatives, double rate) {
  DoubleTables before = *tables;
  const auto move = [&](uint32_t target, double label) {
    const DoubleRow u = before.x[edge[0]];
    const DoubleRow y = before.output(target);
    const double g = rate * (label - Sigmoid(Dot(u, y)));
    AddTimes(g, y, &tables->x[edge[0]]);
    AddTimes(g, u, &tables->output(target));
  };
  move(edge[1], 1);
  for (const uint32_t n : negatives) move(n, 0);
}

DoubleTables TablesOf(const Tables& tables, bool first_order) {
  const int dim = tables.layout.dim();
  const int column = first_order ? 0 : tables.layout.second_column();
  return {first_order, Columns(tables.vertices, column, dim),
          first_order ? DoubleRows() : Columns(tables.contexts, 0, dim)};
}

double LargestDifference(const DoubleTables& a, const DoubleTables& b) {
  double largest = 0;
  for (const auto& [left, right] :
       {std::pair(&a.x, &b.x), std::pair(&a.y, &b.y)}) {
    for (size_t r = 0; r < left->size(); ++r) {
      for (size_t k = 0; k < (*left)[r].size(); ++k) {
        largest = std::max(largest, std::abs((*left)[r][k] - (*right)[r][k]));
      }
    }
  }
  return largest;
}

// Edges of all kinds: a self-loop, one twice, one both ways.
std::vector<Sequence> Edges() {
  std::vector<Sequence> edges = {{0, 1}, {2, 2}, {7, 3}, {3, 7}, {7, 3}};
  Philox random(4, RandomPurpose::kTest, 0, 0);
  while (edges.size() < 300) {
    edges.push_back({random.Below(kVertices), random.Below(kVertices)});
  }
  return edges;
}

class LineTest : public testing::TestWithParam<std::pair<LineOrder, int>> {};

std::string ParamName(
    const testing::TestParamInfo<std::pair<LineOrder, int>>& test) {
  const char* const names[] = {"First", "Second", "Both"};
  return names[static_cast<int>(test.param.first)] +
         std::to_string(test.param.second);
}

// With both, 20 numbers each have a gap between them, 32 have not.
INSTANTIATE_TEST_SUITE_P(Orders, LineTest,
                         testing::Values(std::pair(LineOrder::kFirst, 20),
                                         std::pair(LineOrder::kSecond, 20),
                                         std::pair(LineOrder::kBoth, 40),
                                         std::pair(LineOrder::kBoth, 64)),
                         ParamName);

// One edge and a small rate: the tables move along the numerical gradient, rows
// that stand for several of u, v and negatives included.
TEST_P(LineTest, AStepDescendsThePublishedLoss) {
  constexpr double kRate = 1e-4;
  LineOptions options;
  options.negatives = 8;  // of 11 vertices: some are u or v, or come twice
  for (uint64_t number = 0; number < 40; ++number) {
    Tables tables(GetParam().first, GetParam().second, 1.0f);
    const std::vector<Sequence> edge = {number % 3 == 0 ? Sequence{7, 7}
                                                        : Sequence{0, 7}};
    const std::vector<uint32_t> negatives = NegativesOf(options, 2, number, 1);
    std::vector<DoubleTables> expected;
    double loss = 0;
    for (const bool first : {true, false}) {
      if (first && !tables.layout.has_first()) continue;
      if (!first && !tables.layout.has_second()) continue;
      DoubleTables own = TablesOf(tables, first);
      const auto loss_of = [&] { return EdgeLoss(own, edge[0], negatives); };
      loss += loss_of();
      const DoubleRows x = NumericGradient(loss_of, &own.x);
      const DoubleRows y = NumericGradient(loss_of, &own.y);
      for (size_t r = 0; r < x.size(); ++r) AddTimes(-kRate, x[r], &own.x[r]);
      for (size_t r = 0; r < y.size(); ++r) AddTimes(-kRate, y[r], &own.y[r]);
      expected.push_back(own);
    }
    TrainStats stats;
    tables.Create(options, Degrees())
        ->NewWorker()
        ->Train(2, MakeBatch(number, edge), {kRate, kRate}, &stats);
    EXPECT_NEAR(stats.loss, loss, 1e-3 * loss);
    EXPECT_EQ(stats.examples, 1u);
    EXPECT_EQ(stats.tokens, 2u);
    for (const DoubleTables& own : expected) {
      EXPECT_LT(LargestDifference(own, TablesOf(tables, own.shared)), 1e-6);
    }
  }
}

// Whole batches: the right negatives with each edge, the rate falling.
TEST_P(LineTest, FollowsTheSlowTrainer) {
  LineOptions options;
  options.seed = 9;
  Tables tables(GetParam().first, GetParam().second, 0.1f);
  std::vector<DoubleTables> expected;
  if (tables.layout.has_first()) expected.push_back(TablesOf(tables, true));
  if (tables.layout.has_second()) expected.push_back(TablesOf(tables, false));
  const std::vector<Sequence> edges = Edges();
  const std::vector<uint32_t> negatives =
      NegativesOf(options, 1, 5000, edges.size());
  double loss = 0;
  for (DoubleTables& own : expected) {
    for (size_t i = 0; i < edges.size(); ++i) {
      // 128 edges have the rate of the first of them.
      const double done = static_cast<double>(i / 128 * 128) /
                          static_cast<double>(edges.size());
      const auto drawn = absl::MakeConstSpan(negatives).subspan(5 * i, 5);
      loss += EdgeLoss(own, edges[i], drawn);
      Descend(&own, edges[i], drawn, 0.0025 - 0.0005 * done);
    }
  }
  TrainStats stats;
  tables.Create(options, Degrees())
      ->NewWorker()
      ->Train(1, MakeBatch(5000, edges), {0.0025, 0.002}, &stats);
  EXPECT_EQ(stats.examples, 300u);
  EXPECT_NEAR(stats.loss, loss, 1e-3 * loss);
  for (const DoubleTables& own : expected) {
    EXPECT_LT(LargestDifference(own, TablesOf(tables, own.shared)), 3e-5);
  }
}

// Two cliques of six and an edge between them, embedded in few dimensions.
TEST_P(LineTest, FindsTwoCommunities) {
  std::vector<Sequence> edges;
  for (uint32_t u = 0; u < kVertices; ++u) {
    for (uint32_t v = 0; v < kVertices; ++v) {
      if (u != v && (u < 6) == (v < 6)) edges.push_back({u, v});
    }
  }
  edges.push_back({5, 6});
  edges.push_back({6, 5});
  std::vector<double> degrees(kVertices, 5);
  degrees[5] = degrees[6] = 6;
  Tables tables(GetParam().first, GetParam().second, 0.01f);
  std::fill(tables.contexts.data(),
            tables.contexts.data() + kVertices * tables.contexts.stride(), 0);
  const auto line = tables.Create({}, degrees);
  MemorySource source(edges, 20);
  TrainerOptions options;
  options.epochs = 400;
  std::vector<double> losses;
  TrainHooks hooks;
  hooks.epoch = [&](const EpochReport& report) {
    losses.push_back(report.mean_loss);
    return true;
  };
  HogwildSchedule schedule(&source, line.get(), options.rate(), options.epochs,
                           1);
  ASSERT_TRUE(Trainer::Create(options)->Run(&schedule, *line, hooks).ok());
  EXPECT_LT(losses.back(), 0.99 * losses.front());
  const EmbeddingTable result =
      *FinishLineVertices(tables.layout, std::move(tables.vertices));
  const DoubleRows rows = ToDouble(result);
  const auto cosine = [&](uint32_t a, uint32_t b) {
    return Dot(rows[a], rows[b]) /
           std::sqrt(Dot(rows[a], rows[a]) * Dot(rows[b], rows[b]));
  };
  double nearest_outside = -1;
  double farthest_inside = 1;
  for (uint32_t a = 0; a < kVertices; ++a) {
    for (uint32_t b = a + 1; b < kVertices; ++b) {
      if ((a < 6) == (b < 6)) {
        farthest_inside = std::min(farthest_inside, cosine(a, b));
      } else {
        nearest_outside = std::max(nearest_outside, cosine(a, b));
      }
    }
  }
  EXPECT_GT(farthest_inside, nearest_outside + 0.2);
}

TEST(LineOrdersTest, TrainApartAsTogether) {
  for (const int dim : {20, 32}) {
    Tables both(LineOrder::kBoth, 2 * dim, 0.1f);
    Tables first(LineOrder::kFirst, dim, 0.1f);
    Tables second(LineOrder::kSecond, dim, 0.1f);
    const int column = both.layout.second_column();
    for (uint64_t r = 0; r < kVertices; ++r) {
      const float* const row = both.vertices.row(r);
      std::copy(row, row + dim, first.vertices.row(r));
      std::copy(row + column, row + column + dim, second.vertices.row(r));
    }
    for (Tables* tables : {&both, &first, &second}) {
      TrainStats stats;
      tables->Create({}, Degrees())
          ->NewWorker()
          ->Train(0, MakeBatch(0, Edges()), {0.1, 0.1}, &stats);
    }
    EXPECT_EQ(Columns(both.vertices, 0, dim), Columns(first.vertices, 0, dim));
    EXPECT_EQ(Columns(both.vertices, column, dim),
              Columns(second.vertices, 0, dim));
    EXPECT_EQ(Columns(both.contexts, 0, dim), Columns(second.contexts, 0, dim));
  }
}

TEST(LineCheckpointTest, StateIsAllThatChanges) {
  Tables first(LineOrder::kFirst, 16, 0.1f);
  Tables both(LineOrder::kBoth, 32, 0.1f);
  const auto names = [](const Line& line) {
    std::vector<std::string> result;
    for (const TrainedArray& array : line.State()) result.push_back(array.name);
    return result;
  };
  EXPECT_THAT(names(*first.Create({}, Degrees())),
              testing::ElementsAre("input"));
  const auto line = both.Create({}, Degrees());
  EXPECT_THAT(names(*line), testing::ElementsAre("input", "output"));
  EXPECT_EQ(line->State()[0].values.size(), kVertices * 32u);
  EXPECT_EQ(line->State()[1].values.size(), kVertices * 16u);
}

TEST(LineErrorsTest, NamesWhatDoesNotFit) {
  const LineLayout layout = *LineLayout::Create(LineOrder::kBoth, 32);
  EmbeddingTable vertices = *MakeLineVertices(layout, kVertices, 1, 1);
  EmbeddingTable contexts = *EmbeddingTable::Create(kVertices, 16);
  EmbeddingTable wide = *EmbeddingTable::Create(kVertices, 32);
  const auto message = [&](const LineOptions& options,
                           const std::vector<double>& degrees,
                           EmbeddingTable* context_table) {
    const auto line =
        Line::Create(layout, options, degrees, &vertices, context_table);
    EXPECT_TRUE(absl::IsInvalidArgument(line.status())) << line.status();
    return std::string(line.status().message());
  };
  LineOptions options;
  EXPECT_THAT(message(options, Degrees(), nullptr),
              HasSubstr("contexts: expected a table of [12, 16], found none"));
  EXPECT_THAT(message(options, Degrees(), &wide), HasSubstr("found [12, 32]"));
  EXPECT_THAT(message(options, {1, 2}, &contexts), HasSubstr("[2, 32]"));
  EXPECT_THAT(message(options, std::vector<double>(kVertices, 0), &contexts),
              HasSubstr("weights are zero"));
  options.negatives = -1;
  EXPECT_THAT(message(options, Degrees(), &contexts),
              HasSubstr("negatives is -1"));
  options = LineOptions();
  options.noise_exponent = std::nan("");
  EXPECT_THAT(message(options, Degrees(), &contexts),
              HasSubstr("noise_exponent is nan"));
}

TEST(LineErrorsTest, HasNoPartitionedForm) {
  Tables tables(LineOrder::kSecond, 16, 0.1f);
  EXPECT_TRUE(absl::IsUnimplemented(
      tables.Create({}, Degrees())->NewPairTraining({}).status()));
}

}  // namespace line_test
}  // namespace embed
