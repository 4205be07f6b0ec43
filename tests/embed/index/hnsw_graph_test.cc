// Against exact search with floats in double and FAISS's graph over the float
// rows; scores exactly as the flat table gives them.
#include "embed/index/hnsw_graph.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "embed/index/int8_table.h"
#include "embed/kernels/cpu_target.h"
#include "faiss/IndexHNSW.h"
#include "gtest/gtest.h"
#include "tests/embed/index/fixed_lists.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace hnsw_graph_test {

constexpr uint64_t kRows = 3000;
constexpr uint64_t kQueries = 40;
constexpr int kDim = 40;

std::vector<float> UnitRowsOf(const MatrixView& view) {
  std::vector<float> unit;
  for (uint64_t i = 0; i < view.rows; ++i) {
    double square = 0;
    for (const float value : view.row(i)) square += double{value} * value;
    for (const float value : view.row(i)) {
      unit.push_back(static_cast<float>(value / std::sqrt(square)));
    }
  }
  return unit;
}

template <typename T>
std::vector<T> Copy(absl::Span<const T> values) {
  return {values.begin(), values.end()};
}

class HnswGraphTest : public testing::Test {
 protected:
  HnswGraphTest()
      : all_(ClusteredVectors(kRows + kQueries, kDim, 1, 1)),
        table_(TableInRows(rows())) {}

  MatrixView rows() const { return all_.view(0, kRows); }
  // Of the same kind, but not in the table.
  MatrixView queries() const { return all_.view(kRows, kQueries); }

  HnswGraph Build(int threads = 1) const {
    HnswOptions options;
    options.m = 8;
    options.ef_construction = 60;
    options.threads = threads;
    return HnswGraph::Build(table_, options).value();
  }

  SearchHits Search(const HnswGraph& graph, int ef, uint64_t k = 10,
                    int threads = 1) const {
    SearchOptions options;
    options.k = k;
    options.ef_search = ef;
    options.threads = threads;
    return graph.Search(table_, queries(), options).value();
  }

  // The share of the 10 nearest rows that are found.
  double RecallOf(const SearchHits& hits) const {
    return Recall(rows(), queries(), hits, 10);
  }

  // The same of FAISS's graph with the same numbers.
  double FaissRecall(int ef) const {
    faiss::IndexHNSWFlat index(kDim, 8);
    index.hnsw.efConstruction = 60;
    index.hnsw.efSearch = ef;
    const std::vector<float> unit_rows = UnitRowsOf(rows());
    const std::vector<float> unit_queries = UnitRowsOf(queries());
    index.add(kRows, unit_rows.data());
    std::vector<float> distances(kQueries * 10);
    std::vector<int64_t> ids(kQueries * 10);
    index.search(kQueries, unit_queries.data(), 10, distances.data(),
                 ids.data());
    SearchHits hits(kQueries);
    for (size_t i = 0; i < ids.size(); ++i) {
      hits[i / 10].push_back({static_cast<uint32_t>(ids[i]), -distances[i]});
    }
    return RecallOf(hits);
  }

  TestMatrix all_;
  Int8Table table_;
};

TEST_F(HnswGraphTest, FindsTheNearestRows) {
  const HnswGraph graph = Build();
  ASSERT_TRUE(graph.Check().ok());
  EXPECT_GT(graph.max_level(), 0u);
  double last = 0;
  for (const int ef : {10, 50, 200, 1000}) {
    const double recall = RecallOf(Search(graph, ef));
    EXPECT_GE(recall, last) << ef;
    // 8 bits a number cost a little; levels are drawn otherwise.
    EXPECT_GT(recall, FaissRecall(ef) - 0.04) << ef;
    last = recall;
  }
  EXPECT_GT(last, 0.97);
}

TEST_F(HnswGraphTest, ScoresAreThoseOfTheTable) {
  SearchOptions options;
  options.k = kRows;
  const SearchHits all = table_.Search(queries(), options).value();
  const SearchHits hits = Search(Build(), 100, 25);
  for (size_t q = 0; q < hits.size(); ++q) {
    std::vector<float> scores(kRows);
    for (const SearchHit& hit : all[q]) scores[hit.id] = hit.score;
    ASSERT_EQ(hits[q].size(), 25u);
    std::set<uint32_t> ids;
    for (size_t i = 0; i < hits[q].size(); ++i) {
      EXPECT_EQ(hits[q][i].score, scores[hits[q][i].id]);
      EXPECT_TRUE(ids.insert(hits[q][i].id).second) << "found twice";
      if (i > 0) {
        EXPECT_LE(hits[q][i].score, hits[q][i - 1].score);
      }
    }
  }
}

TEST_F(HnswGraphTest, BuildsTheSameGraphOnEveryCpu) {
  const HnswGraph expected = Build();
  const SearchHits hits = Search(expected, 50);
  for (const std::string& target : AvailableCpuTargets()) {
    ASSERT_TRUE(ForceCpuTarget(target).ok());
    const HnswGraph graph = Build();
    EXPECT_EQ(graph.parts().packed_links, expected.parts().packed_links)
        << target;
    EXPECT_EQ(graph.parts().bases, expected.parts().bases);
    EXPECT_EQ(graph.parts().offsets, expected.parts().offsets);
    EXPECT_EQ(graph.parts().entry_point, expected.parts().entry_point);
    EXPECT_EQ(Search(graph, 50), hits) << target;
  }
  ASSERT_TRUE(ForceCpuTarget("auto").ok());
}

TEST_F(HnswGraphTest, ThreadsDoNotChangeTheGraph) {
  const HnswGraph expected = Build();
  for (const int threads : {2, 3, 16}) {
    const HnswGraph graph = Build(threads);
    EXPECT_EQ(graph.parts().packed_links, expected.parts().packed_links)
        << threads;
    EXPECT_EQ(graph.parts().bases, expected.parts().bases);
    EXPECT_EQ(graph.parts().offsets, expected.parts().offsets);
    EXPECT_EQ(graph.parts().entry_point, expected.parts().entry_point);
  }
}

TEST_F(HnswGraphTest, ThreadsDoNotChangeTheSearch) {
  const HnswGraph graph = Build();
  const SearchHits expected = Search(graph, 30);
  EXPECT_EQ(Search(graph, 30, 10, 3), expected);
  EXPECT_EQ(Search(graph, 30, 10, 100), expected);
  // What one search leaves behind does not reach the next.
  EXPECT_EQ(Search(graph, 30), expected);
}

// Rows far out, to which a few in the middle are all nearest: the lists of
// these cannot hold them.
TEST_F(HnswGraphTest, EveryRowIsInAList) {
  TestMatrix rows(kRows, kDim);
  Philox random(1, RandomPurpose::kTest, 4, 0);
  for (uint64_t i = 0; i < kRows; ++i) {
    for (int j = 0; j < kDim; ++j) {
      rows.row(i)[j] = 1 + (i < 100 ? 0.1f : 1.5f) * NormalNumber(&random);
    }
  }
  HnswOptions options;
  options.m = 4;
  const Int8Table table = TableInRows(rows.view());
  const HnswGraph graph = HnswGraph::Build(table, options).value();
  ASSERT_TRUE(graph.Check().ok());
  std::set<uint32_t> linked;
  for (uint32_t row = 0; row < kRows; ++row) {
    std::set<uint32_t> links;
    for (const uint32_t link : graph.Links(row).UpToNone()) {
      EXPECT_TRUE(links.insert(link).second) << "twice in a list";
      linked.insert(link);
    }
  }
  EXPECT_EQ(linked.size(), kRows);
}

TEST_F(HnswGraphTest, WorksForTheSmallestTables) {
  for (const uint64_t size : {1, 2, 3, 17}) {
    const Int8Table table = TableInRows(all_.view(0, size));
    const HnswGraph graph = HnswGraph::Build(table, {}).value();
    ASSERT_TRUE(graph.Check().ok());
    SearchOptions options;
    options.k = 20;
    const SearchHits hits = graph.Search(table, queries(), options).value();
    EXPECT_EQ(hits, table.Search(queries(), options).value());
  }
}

TEST_F(HnswGraphTest, EqualRowsAndZeroRowsAreNoTrouble) {
  TestMatrix rows(500, kDim);
  for (uint64_t i = 100; i < 500; ++i) {
    std::copy_n(all_.row(i % 2), kDim, rows.row(i));
  }
  const Int8Table table = TableInRows(rows.view());
  const HnswGraph graph = HnswGraph::Build(table, {}).value();
  ASSERT_TRUE(graph.Check().ok());
  const auto hits = graph.Search(table, rows.view(100, 2), {}).value();
  for (const auto& of_query : hits) {
    ASSERT_EQ(of_query.size(), 10u);
    for (const SearchHit& hit : of_query) EXPECT_GT(hit.score, 0.999f);
  }
}

TEST_F(HnswGraphTest, RefusesBadOptions) {
  HnswOptions options;
  options.m = 1;
  EXPECT_EQ(HnswGraph::Build(table_, options).status().code(),
            absl::StatusCode::kInvalidArgument);
  options.m = 257;
  EXPECT_FALSE(options.Validate().ok());
  options.m = 16;
  options.ef_construction = 0;
  EXPECT_FALSE(options.Validate().ok());
  const Int8Table in_blocks = Int8Table::Build(rows(), {}).value();
  EXPECT_EQ(HnswGraph::Build(in_blocks, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
  const HnswGraph graph = Build();
  SearchOptions search;
  search.ef_search = -1;
  EXPECT_FALSE(graph.Search(table_, queries(), search).ok());
  search = {};
  search.k = 0;
  EXPECT_FALSE(graph.Search(table_, queries(), search).ok());
  const TestMatrix narrow(2, kDim - 1);
  EXPECT_FALSE(graph.Search(table_, narrow.view(), {}).ok());
}

TEST_F(HnswGraphTest, SearchesWithItsOwnEfUnlessToldOtherwise) {
  HnswGraph graph = Build();
  EXPECT_EQ(Search(graph, 0), Search(graph, kDefaultEfSearch));
  graph.SetEfSearch(12, 0.5);
  EXPECT_EQ(Search(graph, 0), Search(graph, 12));
  EXPECT_NE(Search(graph, 0), Search(graph, 200));
}

// A graph of two rows that link to nothing leads to one of them only.
TEST_F(HnswGraphTest, CompletesWhatTheWalkDoesNotReach) {
  const HnswGraph graph = Build();
  HnswGraph::Parts parts = graph.parts();
  const std::vector<uint8_t> links(parts.packed_links.size(), 0xFF);
  parts.packed_links = links;
  const HnswGraph cut = HnswGraph::FromParts(parts, nullptr).value();
  SearchOptions options;
  EXPECT_EQ(Search(cut, 50), table_.Search(queries(), options).value());
}

TEST_F(HnswGraphTest, RefusesPartsThatDoNotFit) {
  const HnswGraph graph = Build();
  const FixedLists lists(graph.parts());
  for (const HnswGraph::Parts& good : {graph.parts(), lists.parts}) {
    const auto refused = [&](auto change) {
      HnswGraph::Parts parts = good;
      change(&parts);
      return !HnswGraph::FromParts(parts, nullptr).ok();
    };
    using Parts = HnswGraph::Parts;
    EXPECT_FALSE(refused([](Parts*) {}));
    EXPECT_TRUE(refused([](Parts* parts) { parts->entry_point = kRows; }));
    EXPECT_TRUE(refused([](Parts* parts) { parts->m = 0; }));
    EXPECT_TRUE(refused([](Parts* parts) { parts->ef_search = 0; }));
    EXPECT_TRUE(refused([&](Parts* parts) {
      if (parts->packed()) {
        parts->offsets.remove_suffix(1);
      } else {
        parts->upper_links.remove_suffix(1);
      }
    }));
    EXPECT_TRUE(refused([&](Parts* parts) {
      if (parts->packed()) {
        parts->packed_links.remove_suffix(1);
      } else {
        parts->links.remove_suffix(1);
      }
    }));
    EXPECT_TRUE(refused([&](Parts* parts) {
      if (parts->packed()) {
        parts->bases.remove_suffix(1);
      } else {
        parts->upper_lists.remove_suffix(1);
      }
    }));
  }
}

// Some of the values, at random.
void Damage(Philox* random, std::vector<uint32_t>* values) {
  for (uint32_t& value : *values) {
    if (random->Below(4) == 0) value = random->Next32() >> random->Below(32);
  }
}

// Links and places of any value: told by Check(), and no way out of the arrays.
TEST_F(HnswGraphTest, WalksThroughDamageStayInside) {
  const HnswGraph graph = Build();
  FixedLists lists(graph.parts());
  Philox random(1, RandomPurpose::kTest, 3, 0);
  for (auto* values : {&lists.links, &lists.upper_links, &lists.upper_lists}) {
    Damage(&random, values);
  }
  HnswGraph::Parts parts = graph.parts();
  std::vector<uint8_t> links = Copy(parts.packed_links);
  std::vector<uint32_t> offsets = Copy(parts.offsets);
  for (uint8_t& byte : links) {
    if (random.Below(4) == 0) byte = static_cast<uint8_t>(random.Next32());
  }
  Damage(&random, &offsets);
  parts.packed_links = links;
  parts.offsets = offsets;
  for (const HnswGraph& damaged :
       {lists.graph(), HnswGraph::FromParts(parts, nullptr).value()}) {
    EXPECT_FALSE(damaged.Check().ok());
    for (const auto& hits : Search(damaged, 100)) EXPECT_LE(hits.size(), 10u);
  }
}

}  // namespace hnsw_graph_test
}  // namespace embed
