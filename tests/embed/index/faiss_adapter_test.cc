// Against faiss::IndexFlatIP over the rows that the codes stand for.
#include "embed/index/faiss_adapter.h"

#include <faiss/Index.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/impl/FaissException.h>
#include <faiss/impl/IDSelector.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace faiss_adapter_test {

using idx_t = int64_t;

class FaissAdapterTest : public testing::Test {
 protected:
  static constexpr int kDim = 24;
  static constexpr idx_t kRows = 700;
  static constexpr idx_t kQueries = 20;

  FaissAdapterTest()
      : rows_(ClusteredVectors(kRows, kDim, 1, 1)),
        queries_(ClusteredVectors(kQueries, kDim, 1, 2)),
        table_(Int8Table::Build(rows_.view(), {}).value()),
        ours_(MakeFaissIndex(table_)),
        flat_(kDim) {
    std::vector<float> decoded(kRows * kDim);
    ours_->reconstruct_n(0, kRows, decoded.data());
    flat_.add(kRows, decoded.data());
  }

  void ExpectSameSearch(const faiss::Index& actual,
                        const faiss::Index& expected, idx_t k,
                        const faiss::SearchParameters* params) {
    std::vector<float> distances(kQueries * k);
    std::vector<float> expected_distances(kQueries * k);
    std::vector<idx_t> labels(kQueries * k);
    std::vector<idx_t> expected_labels(kQueries * k);
    actual.search(kQueries, queries_.values.data(), k, distances.data(),
                  labels.data(), params);
    expected.search(kQueries, queries_.values.data(), k,
                    expected_distances.data(), expected_labels.data(), params);
    for (size_t i = 0; i < labels.size(); ++i) {
      ASSERT_EQ(labels[i] < 0, expected_labels[i] < 0) << i;
      if (labels[i] < 0) continue;
      // float32 sums of FAISS against ours in double; |query| is up to 60.
      ASSERT_NEAR(distances[i], expected_distances[i], 1e-3) << i;
    }
    EXPECT_EQ(labels[0], expected_labels[0]);
  }

  TestMatrix rows_;
  TestMatrix queries_;
  Int8Table table_;
  std::unique_ptr<faiss::Index> ours_;
  faiss::IndexFlatIP flat_;
};

TEST_F(FaissAdapterTest, DescribesItself) {
  EXPECT_EQ(ours_->d, kDim);
  EXPECT_EQ(ours_->ntotal, kRows);
  EXPECT_TRUE(ours_->is_trained);
  EXPECT_EQ(ours_->metric_type, faiss::METRIC_INNER_PRODUCT);
}

TEST_F(FaissAdapterTest, SearchesLikeBruteForce) {
  for (const idx_t k : {1, 10, 100, 700, 800}) {
    ExpectSameSearch(*ours_, flat_, k, nullptr);
  }
}

TEST_F(FaissAdapterTest, HonoursSelectors) {
  faiss::IDSelectorRange range(100, 130);
  const faiss::IDSelectorNot others(&range);
  const idx_t few[] = {3, 99, 650};
  faiss::IDSelectorBatch batch(3, few);
  faiss::IDSelectorNot not_range = others;
  for (faiss::IDSelector* selector :
       {static_cast<faiss::IDSelector*>(&range),
        static_cast<faiss::IDSelector*>(&not_range),
        static_cast<faiss::IDSelector*>(&batch)}) {
    faiss::SearchParameters params;
    params.sel = selector;
    std::vector<float> distances(kQueries * 50);
    std::vector<idx_t> labels(kQueries * 50);
    ours_->search(kQueries, queries_.values.data(), 50, distances.data(),
                  labels.data(), &params);
    for (const idx_t label : labels) {
      EXPECT_TRUE(label == -1 || selector->is_member(label));
    }
    ExpectSameSearch(*ours_, flat_, 50, &params);
  }
}

TEST_F(FaissAdapterTest, RangeSearchFindsAllAboveTheRadius) {
  for (const float radius : {-1e9f, 0.0f, 5.0f, 20.0f, 1e9f}) {
    faiss::RangeSearchResult result(kQueries);
    ours_->range_search(kQueries, queries_.values.data(), radius, &result);
    std::unique_ptr<faiss::DistanceComputer> computer(
        ours_->get_distance_computer());
    for (idx_t q = 0; q < kQueries; ++q) {
      computer->set_query(queries_.row(q));
      std::set<idx_t> expected;
      for (idx_t i = 0; i < kRows; ++i) {
        if ((*computer)(i) > radius) expected.insert(i);
      }
      const std::set<idx_t> found(result.labels + result.lims[q],
                                  result.labels + result.lims[q + 1]);
      EXPECT_EQ(found, expected) << "query " << q << " radius " << radius;
    }
  }
}

TEST_F(FaissAdapterTest, DistanceComputerIsTheInnerProduct) {
  std::unique_ptr<faiss::DistanceComputer> ours(ours_->get_distance_computer());
  std::unique_ptr<faiss::DistanceComputer> flat(flat_.get_distance_computer());
  for (idx_t q = 0; q < kQueries; ++q) {
    ours->set_query(queries_.row(q));
    flat->set_query(queries_.row(q));
    for (idx_t i = 0; i < kRows; i += 13) {
      EXPECT_NEAR((*ours)(i), (*flat)(i), 1e-3);
      EXPECT_NEAR(ours->symmetric_dis(i, q), flat->symmetric_dis(i, q), 1e-5);
    }
  }
}

// Our rows as the storage of FAISS's graph and of its id map.
TEST_F(FaissAdapterTest, ServesInsideStructuresOfFaiss) {
  // The graph calls add() of its storage: build it over decoded rows, then
  // give it ours.
  faiss::IndexHNSWFlat hnsw(kDim, 16, faiss::METRIC_INNER_PRODUCT);
  hnsw.add(kRows, flat_.get_xb());
  hnsw.hnsw.efSearch = kRows;
  faiss::Index* owned = hnsw.storage;
  hnsw.storage = ours_.get();
  ExpectSameSearch(hnsw, flat_, 10, nullptr);
  hnsw.storage = owned;
}

TEST_F(FaissAdapterTest, GraphsTakeTheirParameters) {
  const Int8Table table = TableInRows(rows_.view());
  const HnswGraph graph = HnswGraph::Build(table, {}).value();
  const auto with_graph = MakeFaissIndex(table, 1, &graph);
  faiss::SearchParametersHNSW params;
  params.efSearch = 340;  // a walk that leaves out next to nothing
  ExpectSameSearch(*with_graph, flat_, 10, &params);
  faiss::IDSelectorRange some(100, 400);
  params.sel = &some;
  ExpectSameSearch(*with_graph, flat_, 10, &params);
  params.efSearch = -1;
  std::vector<float> distances(kQueries);
  std::vector<idx_t> labels(kQueries);
  EXPECT_THROW(with_graph->search(kQueries, queries_.values.data(), 1,
                                  distances.data(), labels.data(), &params),
               faiss::FaissException);
}

// Rows list by list, against FAISS's exact index over them.
class FaissAdapterListsTest : public FaissAdapterTest {
 protected:
  static constexpr uint32_t kLists = 25;

  FaissAdapterListsTest() : listed_(kRows, kDim), decoded_(kRows, kDim) {
    IvfOptions options;
    options.lists = kLists;
    partition_.emplace(PartitionRows(rows_.view(), options).value());
    for (idx_t i = 0; i < kRows; ++i) {
      std::copy_n(rows_.row(partition_->order[i]), kDim, listed_.row(i));
    }
    table_ = Int8Table::Build(listed_.view(), {}).value();
    IvfLists::Parts parts;
    parts.starts = partition_->starts;
    lists_.emplace(
        IvfLists::FromParts(partition_->centers, parts, kRows, nullptr)
            .value());
    ours_ = MakeFaissIndex(table_, 1, nullptr, &*lists_);
    ours_->reconstruct_n(0, kRows, decoded_.values.data());
    flat_.reset();
    flat_.add(kRows, decoded_.values.data());
  }

  // In double.
  double Product(idx_t query, idx_t row) const {
    double sum = 0;
    for (int j = 0; j < kDim; ++j) {
      sum += double{queries_.row(query)[j]} * decoded_.row(row)[j];
    }
    return sum;
  }

  // The share of the 10 best rows that `params` accepts that are found, after a
  // check of what is found against the products.
  double RecallOf(const faiss::SearchParameters* params) {
    constexpr idx_t kTop = 10;
    std::vector<float> distances(kQueries * kTop);
    std::vector<idx_t> labels(kQueries * kTop);
    ours_->search(kQueries, queries_.values.data(), kTop, distances.data(),
                  labels.data(), params);
    int found = 0;
    for (idx_t q = 0; q < kQueries; ++q) {
      std::vector<double> products;
      for (idx_t i = 0; i < kRows; ++i) {
        const bool wanted = params == nullptr || params->sel == nullptr ||
                            params->sel->is_member(i);
        if (wanted) products.push_back(-Product(q, i));
      }
      std::sort(products.begin(), products.end());
      for (idx_t rank = q * kTop; rank < (q + 1) * kTop; ++rank) {
        const double product = Product(q, labels[rank]);
        EXPECT_NEAR(distances[rank], product, 1e-3);
        found += product >= -products[kTop - 1] - 1e-3;
      }
    }
    return static_cast<double>(found) / (kQueries * kTop);
  }

  TestMatrix listed_;
  TestMatrix decoded_;
  std::optional<IvfPartition> partition_;
  std::optional<IvfLists> lists_;
};

TEST_F(FaissAdapterListsTest, ListsTakeTheirParameters) {
  faiss::SearchParametersIVF params;
  params.nprobe = kLists;
  ExpectSameSearch(*ours_, flat_, 10, &params);
  double last = 0;
  for (const size_t nprobe : {1, 3, 10}) {
    params.nprobe = nprobe;
    const double recall = RecallOf(&params);
    EXPECT_GE(recall, last) << nprobe;
    last = recall;
  }
  EXPECT_GT(last, 0.9);
  // Without parameters as the lists say.
  lists_->SetNprobe(10, 0);
  EXPECT_EQ(RecallOf(nullptr), last);
  params.max_codes = 5;
  EXPECT_THROW(RecallOf(&params), faiss::FaissException);
}

TEST_F(FaissAdapterListsTest, HonoursSelectorsAndRanges) {
  faiss::IDSelectorRange some(100, 500);
  faiss::SearchParametersIVF params;
  params.nprobe = 5;
  params.sel = &some;
  EXPECT_GT(RecallOf(&params), 0.9);
  params.nprobe = kLists;
  ExpectSameSearch(*ours_, flat_, 10, &params);
  faiss::RangeSearchResult result(kQueries);
  params.nprobe = 1;  // does not matter: a range is searched exactly
  ours_->range_search(kQueries, queries_.values.data(), 5, &result, &params);
  for (idx_t q = 0; q < kQueries; ++q) {
    const std::set<idx_t> found(result.labels + result.lims[q],
                                result.labels + result.lims[q + 1]);
    for (idx_t i = 0; i < kRows; ++i) {
      const double product = Product(q, i);
      if (std::abs(product - 5) < 1e-3) continue;
      EXPECT_EQ(found.count(i) == 1, product > 5 && some.is_member(i));
    }
  }
}

TEST_F(FaissAdapterTest, RefusesChangesAndNonsenseWithItsException) {
  EXPECT_THROW(ours_->add(1, queries_.values.data()), faiss::FaissException);
  EXPECT_THROW(ours_->reset(), faiss::FaissException);
  float distance;
  idx_t label;
  EXPECT_THROW(ours_->search(1, queries_.row(0), 0, &distance, &label),
               faiss::FaissException);
  std::vector<float> row(kDim);
  EXPECT_THROW(ours_->reconstruct(kRows, row.data()), faiss::FaissException);
  EXPECT_THROW(ours_->reconstruct(-1, row.data()), faiss::FaissException);
  row[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(ours_->search(1, row.data(), 1, &distance, &label),
               faiss::FaissException);
}

// Against FAISS's own exact index over what the rows stand for.
TEST_F(FaissAdapterTest, OtherMetrics) {
  for (const Metric metric : {Metric::kDot, Metric::kL2}) {
    Int8TableOptions options;
    options.metric = metric;
    const Int8Table table = Int8Table::Build(rows_.view(), options).value();
    const auto ours = MakeFaissIndex(table);
    std::vector<float> decoded(kRows * kDim);
    ours->reconstruct_n(0, kRows, decoded.data());
    faiss::IndexFlat flat(kDim, ours->metric_type);
    flat.add(kRows, decoded.data());
    EXPECT_EQ(ours->metric_type, metric == Metric::kL2
                                     ? faiss::METRIC_L2
                                     : faiss::METRIC_INNER_PRODUCT);
    std::vector<float> scores(kQueries * 10);
    std::vector<float> expected(kQueries * 10);
    std::vector<idx_t> labels(kQueries * 10);
    ours->search(kQueries, queries_.values.data(), 10, scores.data(),
                 labels.data());
    std::vector<idx_t> flat_labels(kQueries * 10);
    flat.search(kQueries, queries_.values.data(), 10, expected.data(),
                flat_labels.data());
    for (size_t i = 0; i < scores.size(); ++i) {
      EXPECT_NEAR(scores[i], expected[i], 1e-5 * std::abs(expected[i]) + 0.05);
    }
    const std::unique_ptr<faiss::DistanceComputer> computer(
        ours->get_distance_computer());
    computer->set_query(queries_.row(0));
    EXPECT_NEAR((*computer)(labels[0]), scores[0], 1e-5 * std::abs(scores[0]));
  }
}

}  // namespace faiss_adapter_test
}  // namespace embed
