// Typed walks against the exact probabilities of (edge type, target) steps.
#include "graph/typed_walk_source.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "boost/math/special_functions/gamma.hpp"
#include "graph/typed_edge_list.h"
#include "gtest/gtest.h"
#include "tests/graph/temp_file.h"
#include "tests/graph/transitions.h"

namespace embed {
namespace typed_walk_source_test {

// p1 and a1 have edges of two types; a self-loop; friends both ways.
constexpr char kEdges[] =
    "p1\tpaper\tby\ta1\tauthor\t1\n"
    "p1\tpaper\tedited\ta1\tauthor\t4\n"
    "p1\tpaper\tby\ta2\tauthor\t2\n"
    "p2\tpaper\tby\ta2\tauthor\t0.5\n"
    "p2\tpaper\tcites\tp1\tpaper\t3\n"
    "p2\tpaper\tcites\tp2\tpaper\t1\n"
    "a1\tauthor\tfriend\ta2\tauthor\t2\n"
    "a2\tauthor\tfriend\ta1\tauthor\t2\n"
    "p1\tpaper\tin\tv1\tvenue\t1\n";

LoadedTypedGraph Load(bool weighted, bool directed) {
  const TempFile file(kEdges);
  GraphFileOptions options;
  options.path = file.path();
  options.weighted = weighted;
  options.directed = directed;
  auto loaded = LoadTypedGraph(options);
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  return std::move(*loaded);
}

std::unique_ptr<WalkSource> Source(const TypedGraph& graph, bool weighted,
                                   int walks_per_node = 3000) {
  WalkOptions options;
  options.walks_per_node = walks_per_node;
  options.walk_length = 41;
  options.weighted = weighted;
  auto source = CreateTypedWalkSource(graph, options);
  EXPECT_TRUE(source.ok()) << source.status();
  return std::move(*source);
}

// A step: from, type, to.
using Step = std::tuple<std::string, std::string, std::string>;

// What the lines above say.
std::map<Step, double> Weights(bool weighted, bool directed) {
  std::map<Step, double> weights;
  for (absl::string_view line :
       absl::StrSplit(kEdges, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> f = absl::StrSplit(line, '\t');
    const double weight = weighted ? std::stod(f[5]) : 1;
    weights[{f[0], f[2], f[3]}] = weight;
    if (directed || f[2] == "friend") continue;
    weights[{f[3], f[2] + "^-1", f[0]}] = weight;
  }
  return weights;
}

// The p-value of Pearson's test of all steps of an epoch, 0 where a step is
// none of the oracle's.
double PValue(const LoadedTypedGraph& loaded, WalkSource* source,
              const std::map<Step, double>& weights, uint64_t* steps) {
  const uint32_t nodes = loaded.graph.graph().num_nodes();
  std::map<Step, double> counts;
  std::map<std::string, double> from_counts;
  SequenceBatch batch;
  *steps = 0;
  for (uint64_t chunk = 0; chunk < source->num_chunks(); ++chunk) {
    EXPECT_TRUE(source->Read(0, chunk, &batch).ok());
    for (size_t i = 0; i < batch.num_sequences(); ++i) {
      const absl::Span<const uint32_t> walk = batch.sequence(i);
      EXPECT_EQ(walk.size() % 2, 1u);
      for (size_t k = 0; k + 2 < walk.size(); k += 2, ++*steps) {
        const std::string from(loaded.vocabulary.key(walk[k]));
        ++counts[{from, loaded.graph.edge_types()[walk[k + 1] - nodes].name,
                  std::string(loaded.vocabulary.key(walk[k + 2]))}];
        ++from_counts[from];
      }
    }
  }
  std::map<std::string, double> sums;
  for (const auto& [step, weight] : weights) sums[std::get<0>(step)] += weight;
  double statistic = 0;
  double freedom = -static_cast<double>(from_counts.size());
  for (const auto& [step, weight] : weights) {
    const double expected =
        from_counts[std::get<0>(step)] * weight / sums[std::get<0>(step)];
    if (expected == 0) continue;
    const double difference = counts[step] - expected;
    statistic += difference * difference / expected;
    freedom += 1;
    counts.erase(step);
  }
  if (!counts.empty()) return 0;
  return boost::math::gamma_q(freedom / 2, statistic / 2);
}

TEST(TypedWalkSourceTest, StepsByTheArcsOfTheNode) {
  uint64_t steps;
  const LoadedTypedGraph loaded = Load(true, false);
  for (const bool weighted : {false, true}) {
    const auto source = Source(loaded.graph, weighted, 6000);
    EXPECT_GT(PValue(loaded, source.get(), Weights(weighted, false), &steps),
              kLeastPValue);
    EXPECT_GE(steps, 1000000u);
    // The wrong one is noticed.
    EXPECT_LT(PValue(loaded, source.get(), Weights(!weighted, false), &steps),
              kLeastPValue);
  }
}

TEST(TypedWalkSourceTest, EndsWhereADirectedGraphDoes) {
  uint64_t steps;
  const LoadedTypedGraph loaded = Load(true, true);
  for (const bool weighted : {false, true}) {
    const auto source = Source(loaded.graph, weighted);
    EXPECT_GT(PValue(loaded, source.get(), Weights(weighted, true), &steps),
              kLeastPValue);
    const uint32_t venue = loaded.vocabulary.Find("v1");
    SequenceBatch batch;
    ASSERT_TRUE(source->Read(0, 0, &batch).ok());
    size_t short_walks = 0;
    for (size_t i = 0; i < batch.num_sequences(); ++i) {
      const absl::Span<const uint32_t> walk = batch.sequence(i);
      if (walk.size() == 81) continue;
      EXPECT_EQ(walk.back(), venue);
      ++short_walks;
    }
    EXPECT_GT(short_walks, 0u);
  }
}

// Each walk depends on the seed, the epoch and its number alone.
TEST(TypedWalkSourceTest, ChunksAreTheSameInAnyOrder) {
  const LoadedTypedGraph loaded = Load(false, false);
  const auto source = Source(loaded.graph, false, 700);
  ASSERT_GT(source->num_chunks(), 2u);
  std::vector<SequenceBatch> batches(source->num_chunks());
  uint64_t walks = 0;
  for (uint64_t c = 0; c < batches.size(); ++c) {
    ASSERT_TRUE(source->Read(1, c, &batches[c]).ok());
    EXPECT_EQ(batches[c].first_sequence, walks);
    walks += batches[c].num_sequences();
  }
  EXPECT_EQ(walks, 700u * loaded.vocabulary.size());
  SequenceBatch batch;
  for (uint64_t c = batches.size(); c-- > 0;) {
    ASSERT_TRUE(source->Read(1, c, &batch).ok());
    EXPECT_EQ(batch.ids, batches[c].ids);
    EXPECT_EQ(batch.ends, batches[c].ends);
  }
  ASSERT_TRUE(source->Read(2, 0, &batch).ok());
  EXPECT_NE(batch.ids, batches[0].ids);
}

TEST(TypedWalkSourceTest, RejectsWhatItDoesNotDo) {
  const LoadedTypedGraph loaded = Load(false, false);
  const auto code = [&](const WalkOptions& options) {
    return CreateTypedWalkSource(loaded.graph, options).status().code();
  };
  WalkOptions options;
  EXPECT_EQ(code(options), absl::StatusCode::kOk);
  options.weighted = true;
  EXPECT_EQ(code(options), absl::StatusCode::kInvalidArgument);
  options = {};
  options.restart = 0.1;
  EXPECT_EQ(code(options), absl::StatusCode::kInvalidArgument);
  options = {};
  options.return_p = 2;
  EXPECT_EQ(code(options), absl::StatusCode::kInvalidArgument);
  options = {};
  options.walk_length = 0;
  EXPECT_EQ(code(options), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(CreateTypedWalkSource(TypedGraph(), WalkOptions()).ok());
}

}  // namespace typed_walk_source_test
}  // namespace embed
