// Metapath walks against the exact probabilities of their steps, on a typed
// graph with what samplers get wrong: several types to choose from, two types
// of edge between two nodes, weights, dead ends.
#include "graph/metapath_source.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "graph/typed_edge_list.h"
#include "gtest/gtest.h"
#include "tests/graph/temp_file.h"
#include "tests/graph/transitions.h"

namespace embed {
namespace metapath_source_test {

using ::testing::ElementsAre;

constexpr char kEdges[] =
    "a0\tauthor\twrote\tp0\tpaper\t1\n"
    "a0\tauthor\twrote\tp1\tpaper\t2\n"
    "a0\tauthor\treviewed\tp1\tpaper\t0.5\n"
    "a1\tauthor\twrote\tp1\tpaper\t4\n"
    "a1\tauthor\twrote\tp2\tpaper\t1\n"
    "a2\tauthor\twrote\tp2\tpaper\t3\n"
    "a2\tauthor\treviewed\tp0\tpaper\t8\n"
    "a3\tauthor\twrote\tp3\tpaper\t1\n"  // in no venue
    "a3\tauthor\twrote\tp2\tpaper\t1\n"
    "a4\tauthor\tknows\ta0\tauthor\t1\n"  // without a paper
    "p0\tpaper\tin\tv0\tvenue\t1\n"
    "p1\tpaper\tin\tv0\tvenue\t2\n"
    "p1\tpaper\tin\tv1\tvenue\t1\n"
    "p2\tpaper\tin\tv1\tvenue\t5\n"
    "p0\tpaper\thas\tt0\tterm\t1\n"
    "p1\tpaper\thas\tt0\tterm\t6\n";
constexpr char kPath[] = "A-P-V-P-A";

class MetapathSourceTest : public testing::Test {
 protected:
  MetapathSourceTest() {
    const TempFile file(kEdges);
    GraphFileOptions options;
    options.path = file.path();
    options.weighted = true;
    auto loaded = LoadTypedGraph(options);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    loaded_ = std::move(*loaded);
    matrix_.assign(size(), std::vector<double>(size()));
    types_.assign(size(), std::vector<double>(size()));
    for (absl::string_view line :
         absl::StrSplit(kEdges, '\n', absl::SkipEmpty())) {
      const std::vector<std::string> fields = absl::StrSplit(line, '\t');
      const uint32_t a = loaded_.vocabulary.Find(fields[0]);
      const uint32_t b = loaded_.vocabulary.Find(fields[3]);
      for (const auto& [from, to] : {std::pair(a, b), std::pair(b, a)}) {
        matrix_[from][to] += std::stod(fields[5]);
        types_[from][to] += 1;
      }
    }
  }

  uint32_t size() const { return loaded_.vocabulary.size(); }
  char TypeOf(uint32_t node) const { return loaded_.vocabulary.key(node)[0]; }

  std::unique_ptr<WalkSource> Source(bool weighted, bool keep_type = false,
                                     int walks_per_node = 5000) const {
    WalkOptions options;
    options.walks_per_node = walks_per_node;
    options.walk_length = 21;
    options.weighted = weighted;
    const auto metapath = Metapath::Parse(kPath, loaded_.graph);
    EXPECT_TRUE(metapath.ok()) << metapath.status();
    auto source =
        CreateMetapathSource(loaded_.graph, *metapath, keep_type, options);
    EXPECT_TRUE(source.ok()) << source.status();
    return std::move(*source);
  }

  // The definition: the type to go to follows from the last two.
  double Weight(const WalkState& state, uint32_t next, bool weighted) const {
    const bool from_author =
        state.previous != WalkState::kNoVertex && TypeOf(state.previous) == 'a';
    const char wanted =
        TypeOf(state.current) == 'p' ? (from_author ? 'v' : 'a') : 'p';
    if (TypeOf(next) != wanted) return 0;
    return (weighted ? matrix_ : types_)[state.current][next];
  }

  double PValue(bool walks_weighted, bool oracle_weighted) const {
    constexpr uint64_t kSteps = 1000000;
    const auto source = Source(walks_weighted);
    return TransitionPValue(
        source.get(), size(),
        [&](const WalkState& state, uint32_t next) {
          return Weight(state, next, oracle_weighted);
        },
        kSteps);
  }

  LoadedTypedGraph loaded_;
  std::vector<std::vector<double>> matrix_;  // summed over types of edge
  std::vector<std::vector<double>> types_;   // how many types of edge
};

TEST_F(MetapathSourceTest, StepsAreExact) {
  for (const bool weighted : {false, true}) {
    EXPECT_GT(PValue(weighted, weighted), kLeastPValue) << weighted;
  }
}

TEST_F(MetapathSourceTest, AWrongSamplerIsSeen) {
  EXPECT_LT(PValue(true, false), 1e-10);
  EXPECT_LT(PValue(false, true), 1e-10);
  // Two types of edge taken for one.
  const auto source = Source(false);
  EXPECT_LT(TransitionPValue(
                source.get(), size(),
                [&](const WalkState& state, uint32_t next) {
                  return std::min(Weight(state, next, false), 1.0);
                },
                100000),
            1e-10);
}

TEST_F(MetapathSourceTest, EachPassStartsOnceFromEachNodeOfTheType) {
  const auto source = Source(false, false, 3);
  EXPECT_EQ(source->num_walks(), 3u * 5);
  SequenceBatch batch;
  ASSERT_TRUE(source->Read(0, 0, &batch).ok());
  ASSERT_EQ(batch.num_sequences(), 15u);
  std::set<std::vector<std::string>> orders;
  for (size_t pass = 0; pass < 3; ++pass) {
    std::vector<std::string> starts;
    for (size_t i = 5 * pass; i < 5 * pass + 5; ++i) {
      starts.emplace_back(loaded_.vocabulary.key(batch.sequence(i)[0]));
    }
    orders.insert(starts);
    std::sort(starts.begin(), starts.end());
    EXPECT_THAT(starts, ElementsAre("a0", "a1", "a2", "a3", "a4"));
  }
  EXPECT_GT(orders.size(), 1u);
}

TEST_F(MetapathSourceTest, AWalkEndsWhereTheTypeIsMissing) {
  const auto source = Source(false, false, 200);
  SequenceBatch batch;
  uint64_t cut = 0;
  for (uint64_t chunk = 0; chunk < source->num_chunks(); ++chunk) {
    ASSERT_TRUE(source->Read(0, chunk, &batch).ok());
    for (size_t i = 0; i < batch.num_sequences(); ++i) {
      const absl::Span<const uint32_t> walk = batch.sequence(i);
      const std::string last(loaded_.vocabulary.key(walk.back()));
      if (walk.size() == 21) continue;
      ++cut;
      if (loaded_.vocabulary.key(walk[0]) == "a4") {
        EXPECT_EQ(walk.size(), 1u);
      } else {
        EXPECT_EQ(last, "p3");
      }
    }
  }
  EXPECT_GT(cut, 200u);
}

TEST_F(MetapathSourceTest, KeepsTheTypeOfTheStart) {
  for (const bool weighted : {false, true}) {
    const auto whole = Source(weighted, false, 2000);
    const auto kept = Source(weighted, true, 2000);
    ASSERT_EQ(whole->num_chunks(), kept->num_chunks());
    SequenceBatch all;
    SequenceBatch some;
    for (uint64_t chunk = 0; chunk < whole->num_chunks(); ++chunk) {
      ASSERT_TRUE(whole->Read(1, chunk, &all).ok());
      ASSERT_TRUE(kept->Read(1, chunk, &some).ok());
      ASSERT_EQ(all.num_sequences(), some.num_sequences());
      for (size_t i = 0; i < all.num_sequences(); ++i) {
        std::vector<uint32_t> authors;
        for (const uint32_t node : all.sequence(i)) {
          if (TypeOf(node) == 'a') authors.push_back(node);
        }
        ASSERT_EQ(some.sequence(i), absl::MakeConstSpan(authors));
      }
    }
  }
}

TEST_F(MetapathSourceTest, RefusesOtherStepsAndMissingWeights) {
  const auto metapath = Metapath::Parse(kPath, loaded_.graph);
  WalkOptions options;
  options.return_p = 2;
  EXPECT_EQ(CreateMetapathSource(loaded_.graph, *metapath, false, options)
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
  const TempFile file("a\tA\te\tb\tB\n");
  GraphFileOptions unweighted;
  unweighted.path = file.path();
  const auto loaded = LoadTypedGraph(unweighted);
  ASSERT_TRUE(loaded.ok());
  options = WalkOptions();
  options.weighted = true;
  EXPECT_EQ(CreateMetapathSource(loaded->graph,
                                 *Metapath::Parse("A-B-A", loaded->graph),
                                 false, options)
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace metapath_source_test
}  // namespace embed
