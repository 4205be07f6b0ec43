#include "embed/index/answer.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace answer_test {

constexpr int kDim = 12;

ItemIndex BuildOrDie(uint64_t rows, const ItemIndexOptions& options = {}) {
  return ItemIndex::Build(NumberedKeys(rows),
                          ClusteredVectors(rows, kDim, 1, 1).view(), options)
      .value();
}

std::vector<ItemQuery> QueriesOf(const ItemIndex& index, uint32_t count) {
  std::vector<ItemQuery> queries;
  for (uint32_t id = 0; id < count; ++id) {
    queries.push_back({index.Vector(id), {id}});
  }
  return queries;
}

double RowCosine(const ItemIndex& index, uint32_t a, uint32_t b) {
  return Cosine(index.Vector(a).data(), index.Vector(b).data(), kDim);
}

// Every id but those excluded, by falling cosine with `id`.
std::vector<uint32_t> OrderOf(const ItemIndex& index, uint32_t id) {
  std::vector<std::pair<double, uint32_t>> order;
  for (uint32_t other = 0; other < index.size(); ++other) {
    if (other != id) order.emplace_back(-RowCosine(index, id, other), other);
  }
  std::sort(order.begin(), order.end());
  std::vector<uint32_t> ids;
  for (const auto& entry : order) ids.push_back(entry.second);
  return ids;
}

TEST(AnswerTest, LeavesOutTheQuerysItems) {
  const ItemIndex index = BuildOrDie(200);
  std::vector<ItemQuery> queries = QueriesOf(index, 30);
  queries[3].vector.clear();
  queries[4].excluded = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  AnswerOptions options;
  options.k = 7;
  const SearchHits hits = AnswerQueries(index, queries, options).value();
  ASSERT_EQ(hits.size(), 30u);
  for (uint32_t q = 0; q < 30; ++q) {
    if (q == 3) {
      EXPECT_TRUE(hits[q].empty());
      continue;
    }
    std::vector<uint32_t> expected = OrderOf(index, q);
    if (q == 4) {
      expected.erase(std::remove_if(expected.begin(), expected.end(),
                                    [](uint32_t id) { return id < 10; }),
                     expected.end());
    }
    ASSERT_EQ(hits[q].size(), 7u);
    for (size_t i = 0; i < 7; ++i) EXPECT_EQ(hits[q][i].id, expected[i]);
  }
}

// Rows so near one another that codes of the query do not tell the nearest:
// exact answers of a score come from a look at all that may be.
TEST(AnswerTest, ExactAnswersOfAScoreMissNone) {
  constexpr uint64_t kRows = 3000;
  TestMatrix vectors = ClusteredVectors(kRows, kDim, 1, 3);
  for (uint64_t i = 0; i < kRows; ++i) {
    for (int j = 0; j < kDim; ++j) {
      vectors.row(i)[j] = vectors.row(i)[j] * 0.002f + (j < 3 ? 1.0f : 0.0f);
    }
  }
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    ItemIndexOptions build;
    build.metric = metric;
    const ItemIndex index =
        ItemIndex::Build(NumberedKeys(kRows), vectors.view(), build).value();
    const bool l2 = metric == Metric::kL2;
    std::vector<ItemQuery> queries = QueriesOf(index, 60);
    AnswerOptions options;
    options.exact = true;
    options.min_score = l2 ? 9.0f : -1.0f;
    for (const uint64_t k : {1, 5, 200}) {
      options.k = k;
      const SearchHits hits = AnswerQueries(index, queries, options).value();
      for (size_t q = 0; q < queries.size(); ++q) {
        const SearchHits all =
            index
                .RangeSearch({queries[q].vector.data(), 1, kDim, kDim},
                             *options.min_score, {})
                .value();
        std::vector<uint32_t> expected;
        for (const SearchHit& hit : all[0]) {
          if (hit.id != q && expected.size() < k) expected.push_back(hit.id);
        }
        std::vector<uint32_t> found;
        for (const SearchHit& hit : hits[q]) found.push_back(hit.id);
        ASSERT_EQ(found, expected) << q << " " << k;
      }
    }
  }
}

// Greedy choice written out in double over all candidates.
std::vector<uint32_t> DiverseOrder(const ItemIndex& index, uint32_t query,
                                   size_t k, double lambda) {
  std::vector<uint32_t> left = OrderOf(index, query);
  left.resize(100);
  std::vector<uint32_t> chosen;
  while (chosen.size() < k) {
    double best = -10;
    uint32_t next = 0;
    for (const uint32_t id : left) {
      double nearest = -1;
      for (const uint32_t other : chosen) {
        nearest = std::max(nearest, RowCosine(index, id, other));
      }
      const double value = lambda * RowCosine(index, query, id) -
                           (chosen.empty() ? 0 : (1 - lambda) * nearest);
      if (value > best) {
        best = value;
        next = id;
      }
    }
    chosen.push_back(next);
    left.erase(std::find(left.begin(), left.end(), next));
  }
  return chosen;
}

TEST(AnswerTest, DiverseAnswersAreTheGreedyChoice) {
  const ItemIndex index = BuildOrDie(400);
  const std::vector<ItemQuery> queries = QueriesOf(index, 10);
  for (const float lambda : {1.0f, 0.7f, 0.3f}) {
    AnswerOptions options;
    options.k = 8;
    options.mmr = lambda;
    const SearchHits hits = AnswerQueries(index, queries, options).value();
    for (uint32_t q = 0; q < 10; ++q) {
      std::vector<uint32_t> ids;
      for (const SearchHit& hit : hits[q]) {
        ids.push_back(hit.id);
        EXPECT_NEAR(hit.score, RowCosine(index, q, hit.id), 1e-5);
      }
      EXPECT_EQ(ids, DiverseOrder(index, q, 8, lambda)) << lambda;
    }
  }
}

TEST(AnswerTest, CslsIsItsDefinition) {
  const ItemIndex index = BuildOrDie(150);
  constexpr size_t kNear = 5;
  std::vector<double> r;
  for (uint32_t id = 0; id < index.size(); ++id) {
    const std::vector<uint32_t> order = OrderOf(index, id);
    double sum = 0;
    for (size_t i = 0; i < kNear; ++i) sum += RowCosine(index, id, order[i]);
    r.push_back(sum / kNear);
  }
  AnswerOptions options;
  options.csls = kNear;
  options.k = 15;  // ten times as many candidates: all
  const std::vector<uint64_t> first_64 = {~uint64_t{0}, 0, 0};
  // What is allowed does not change who is a hub.
  for (const bool filtered : {false, true}) {
    if (filtered) options.allowed = first_64;
    const SearchHits hits =
        AnswerQueries(index, QueriesOf(index, 20), options).value();
    for (uint32_t q = 0; q < 20; ++q) {
      std::vector<std::pair<double, uint32_t>> order;
      for (uint32_t id = 0; id < (filtered ? 64u : index.size()); ++id) {
        if (id == q) continue;
        order.emplace_back(r[q] + r[id] - 2 * RowCosine(index, q, id), id);
      }
      std::sort(order.begin(), order.end());
      ASSERT_EQ(hits[q].size(), 15u);
      for (size_t i = 0; i < 15; ++i) {
        EXPECT_EQ(hits[q][i].id, order[i].second);
        EXPECT_NEAR(hits[q][i].score, -order[i].first, 1e-5);
      }
    }
  }
}

TEST(AnswerTest, ThreadsAndGroupsChangeNothing) {
  ItemIndexOptions with_graph;
  with_graph.hnsw.emplace();
  with_graph.hnsw->ef_construction = 30;
  for (const ItemIndex& index :
       {BuildOrDie(3000), BuildOrDie(3000, with_graph)}) {
    const std::vector<ItemQuery> queries = QueriesOf(index, 40);
    std::vector<AnswerOptions> all(5);
    all[1].mmr = 0.5f;
    all[2].csls = 4;
    all[3].min_score = 0.8f;
    all[4].min_score = 0.8f;
    all[4].exact = true;
    for (AnswerOptions options : all) {
      const SearchHits expected =
          AnswerQueries(index, queries, options).value();
      for (const int threads : {2, 3}) {
        options.threads = threads;
        EXPECT_EQ(AnswerQueries(index, queries, options).value(), expected);
      }
      for (size_t q = 0; q < queries.size(); q += 7) {
        EXPECT_EQ(AnswerQueries(index, {&queries[q], 1}, options).value()[0],
                  expected[q]);
      }
    }
  }
}

// The rows of at least this cosine with the query, best first, but for itself.
std::vector<uint32_t> OrderDownTo(const ItemIndex& index, uint32_t query,
                                  double least) {
  std::vector<uint32_t> order = OrderOf(index, query);
  order.erase(std::remove_if(order.begin(), order.end(),
                             [&](uint32_t id) {
                               return RowCosine(index, query, id) < least;
                             }),
              order.end());
  return order;
}

TEST(AnswerTest, MinScoreCutsAnswersOff) {
  const ItemIndex index = BuildOrDie(400);
  for (const uint32_t q : {0u, 7u, 31u}) {
    const std::vector<ItemQuery> query = {{index.Vector(q), {q}}};
    AnswerOptions options;
    // Between two scores, so that rounding decides nothing.
    const std::vector<uint32_t> order = OrderOf(index, q);
    const double least =
        (RowCosine(index, q, order[24]) + RowCosine(index, q, order[25])) / 2;
    options.min_score = static_cast<float>(least);
    const std::vector<uint32_t> expected = OrderDownTo(index, q, least);
    ASSERT_EQ(expected.size(), 25u);
    for (const uint64_t k : {uint64_t{10}, uint64_t{30}, 2 * kMostChosen}) {
      for (const bool exact : {false, true}) {
        options.k = k;
        options.exact = exact;
        const SearchHits hits = AnswerQueries(index, query, options).value();
        ASSERT_EQ(hits[0].size(), std::min<uint64_t>(k, 25)) << exact;
        for (size_t i = 0; i < hits[0].size(); ++i) {
          EXPECT_EQ(hits[0][i].id, expected[i]) << k;
        }
      }
    }
  }
}

TEST(AnswerTest, RequestsOfManyKindsAreAnsweredAsAlone) {
  ItemIndexOptions with_graph;
  with_graph.hnsw.emplace();
  with_graph.hnsw->ef_construction = 30;
  const ItemIndex flat = BuildOrDie(2000);
  const ItemIndex graph = BuildOrDie(2000, with_graph);
  std::vector<uint64_t> bits(2000 / 64 + 1, 0x5555555555555555);
  std::vector<AnswerOptions> options(9);
  options[1].k = 3;
  options[2].exact = true;
  options[3].allowed = bits;
  options[4].min_score = 0.7f;
  options[5].mmr = 0.5f;
  options[6].csls = 3;
  options[7].ef_search = 90;
  options[8].min_score = 0.7f;
  options[8].allowed = bits;
  options[8].k = 2 * kMostChosen;
  options[8].exact = true;
  std::vector<ItemQuery> queries = QueriesOf(flat, 30);
  queries[2].vector.clear();
  queries[5].excluded = {1, 5, 9, 200};
  std::vector<AnswerRequest> requests;
  for (size_t i = 0; i < 200; ++i) {
    requests.push_back({i % 3 == 0 ? &flat : &graph, &queries[i * 7 % 30],
                        &options[i * 5 / 3 % 9]});
  }
  for (const int threads : {1, 3}) {
    const SearchHits hits = AnswerRequests(requests, threads).value();
    ASSERT_EQ(hits.size(), requests.size());
    for (size_t i = 0; i < requests.size(); ++i) {
      EXPECT_EQ(hits[i],
                AnswerQueries(*requests[i].index, {requests[i].query, 1},
                              *requests[i].options)
                    .value()[0])
          << i;
    }
  }
  options[1].k = 0;
  EXPECT_EQ(AnswerRequests(requests, 1).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(AnswerTest, EqualScoresComeById) {
  TestMatrix rows(60, kDim);
  for (uint64_t i = 0; i < 60; ++i) {
    rows.row(i)[i % 3] = 1;  // three points, each twenty times
  }
  const ItemIndex index =
      ItemIndex::Build(NumberedKeys(60), rows.view(), {}).value();
  AnswerOptions options;
  options.k = 19;
  const SearchHits hits =
      AnswerQueries(index, QueriesOf(index, 3), options).value();
  for (uint32_t q = 0; q < 3; ++q) {
    for (uint32_t i = 0; i < 19; ++i) EXPECT_EQ(hits[q][i].id, q + 3 * (i + 1));
  }
}

TEST(AnswerTest, RefusesWrongOptions) {
  const ItemIndex index = BuildOrDie(20);
  std::vector<AnswerOptions> wrong(7);
  wrong[0].k = 0;
  wrong[1].mmr = 1.5f;
  wrong[2].mmr = std::numeric_limits<float>::quiet_NaN();
  wrong[3].mmr = 0.5f;
  wrong[3].csls = 3;
  wrong[4].csls = 3;
  wrong[4].k = 1000000;
  wrong[5].min_score = 0.1f;
  wrong[5].csls = 3;
  wrong[6].min_score = std::numeric_limits<float>::quiet_NaN();
  for (const AnswerOptions& options : wrong) {
    EXPECT_EQ(
        AnswerQueries(index, QueriesOf(index, 2), options).status().code(),
        absl::StatusCode::kInvalidArgument);
  }
  const std::vector<ItemQuery> short_query = {{{1, 2}, {}}};
  EXPECT_EQ(AnswerQueries(index, short_query, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace answer_test
}  // namespace embed
