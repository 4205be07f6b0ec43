// Lists against brute force in double and against the flat table.
#include "embed/index/ivf_lists.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "embed/index/ivf_tuning.h"
#include "embed/kernels/cpu_target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace ivf_lists_test {

constexpr uint64_t kRows = 6000;
constexpr int kDim = 32;
constexpr uint64_t kTop = 10;

// A table whose rows lie list by list.
struct ListedTable {
  ListedTable(const MatrixView& vectors, uint32_t count)
      : rows(vectors.rows, vectors.dim) {
    IvfOptions options;
    options.lists = count;
    partition =
        std::make_unique<IvfPartition>(PartitionRows(vectors, options).value());
    for (uint64_t i = 0; i < rows.rows; ++i) {
      const absl::Span<const float> from = vectors.row(partition->order[i]);
      std::copy(from.begin(), from.end(), rows.row(i));
    }
    table =
        std::make_unique<Int8Table>(Int8Table::Build(rows.view(), {}).value());
    IvfLists::Parts parts;
    parts.starts = partition->starts;
    lists = std::make_unique<IvfLists>(
        IvfLists::FromParts(partition->centers, parts, rows.rows, nullptr)
            .value());
  }

  SearchHits Search(const MatrixView& queries,
                    const SearchOptions& options) const {
    return lists->Search(*table, queries, options).value();
  }

  TestMatrix rows;
  std::unique_ptr<IvfPartition> partition;
  std::unique_ptr<Int8Table> table;
  std::unique_ptr<IvfLists> lists;
};

class IvfListsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    all_ = new TestMatrix(ClusteredVectors(kRows + 60, kDim, 1, 1));
    listed_ = new ListedTable(all_->view(0, kRows), 120);
  }
  static void TearDownTestSuite() {
    delete listed_;
    delete all_;
  }
  // Of the same kind as the rows, but not in the table.
  static MatrixView queries() { return all_->view(kRows, 60); }
  static const ListedTable& listed() { return *listed_; }

  // The share of the k nearest allowed rows that were found.
  static double AllowedRecall(const std::vector<uint64_t>& allowed,
                              const SearchHits& hits) {
    size_t found = 0;
    size_t wanted = 0;
    for (uint64_t q = 0; q < hits.size(); ++q) {
      std::vector<uint32_t> best;
      for (const uint32_t id :
           ExactOrder(listed().rows.view(), queries().row(q).data())) {
        if (best.size() < kTop && (allowed[id / 64] >> (id % 64) & 1) != 0) {
          best.push_back(id);
        }
      }
      wanted += best.size();
      for (const SearchHit& hit : hits[q]) {
        EXPECT_TRUE(allowed[hit.id / 64] >> (hit.id % 64) & 1);
        found += std::count(best.begin(), best.end(), hit.id);
      }
    }
    return static_cast<double>(found) / static_cast<double>(wanted);
  }

  static TestMatrix* all_;
  static ListedTable* listed_;
};

TestMatrix* IvfListsTest::all_ = nullptr;
ListedTable* IvfListsTest::listed_ = nullptr;

TEST_F(IvfListsTest, EveryRowIsInTheListOfItsNearestCenter) {
  const IvfPartition& partition = *listed().partition;
  EXPECT_TRUE(listed().lists->Check().ok());
  EXPECT_EQ(
      std::set<uint32_t>(partition.order.begin(), partition.order.end()).size(),
      kRows);
  TestMatrix centers(120, kDim);
  for (uint32_t list = 0; list < 120; ++list) {
    partition.centers.Row(list, absl::MakeSpan(centers.row(list), kDim));
  }
  for (uint32_t list = 0; list < 120; ++list) {
    for (uint32_t i = partition.starts[list]; i < partition.starts[list + 1];
         ++i) {
      if (i > partition.starts[list]) {
        EXPECT_LT(partition.order[i - 1], partition.order[i]);
      }
      double best = -1;
      for (uint32_t other = 0; other < 120; ++other) {
        best = std::max(best,
                        Cosine(centers.row(other), listed().rows.row(i), kDim));
      }
      // Up to the rounding of float32 scores.
      EXPECT_NEAR(Cosine(centers.row(list), listed().rows.row(i), kDim), best,
                  1e-6);
    }
  }
}

// The rows that a search may find are those of the chosen lists and of the
// blocks of 16 that they share with their neighbours.
TEST_F(IvfListsTest, FindsTheBestOfTheListsItReads) {
  const std::vector<uint32_t>& starts = listed().partition->starts;
  SearchOptions options;
  options.nprobe = 3;
  const SearchHits hits = listed().Search(queries(), options);
  int compared = 0;
  for (uint64_t q = 0; q < queries().rows; ++q) {
    SearchOptions nearest;
    nearest.k = 4;
    const SearchHits lists =
        listed()
            .partition->centers.Search(all_->view(kRows + q, 1), nearest)
            .value();
    // Lists are ranked with the query in 8 bits.
    if (lists[0][2].score - lists[0][3].score < 0.01f) continue;
    ++compared;
    std::vector<uint64_t> bits((kRows + 63) / 64);
    for (const SearchHit& list : absl::MakeConstSpan(lists[0]).first(3)) {
      if (starts[list.id] == starts[list.id + 1]) continue;
      const uint64_t begin = starts[list.id] / 16 * 16;
      const uint64_t end =
          std::min<uint64_t>(kRows, (starts[list.id + 1] + 15) / 16 * 16);
      for (uint64_t i = begin; i < end; ++i) {
        bits[i / 64] |= uint64_t{1} << (i % 64);
      }
    }
    SearchOptions exact;
    exact.allowed = bits;
    EXPECT_EQ(
        hits[q],
        listed().table->Search(all_->view(kRows + q, 1), exact).value()[0])
        << q;
  }
  EXPECT_GT(compared, 20);
}

TEST_F(IvfListsTest, MoreListsFindMore) {
  double last = 0;
  for (const int nprobe : {1, 4, 16, 40}) {
    SearchOptions options;
    options.nprobe = nprobe;
    const double recall = Recall(listed().rows.view(), queries(),
                                 listed().Search(queries(), options), kTop);
    EXPECT_GE(recall, last);
    last = recall;
  }
  EXPECT_GT(last, 0.97);
  SearchOptions all;
  all.nprobe = 120;
  EXPECT_EQ(listed().Search(queries(), all),
            listed().table->Search(queries(), {}).value());
}

TEST_F(IvfListsTest, FiltersFindNearlyAll) {
  for (const double part : {0.5, 0.1, 0.01, 0.002}) {
    std::vector<uint64_t> allowed((kRows + 63) / 64);
    Philox random(1, RandomPurpose::kTest, 7, 0);
    for (uint64_t i = 0; i < kRows; ++i) {
      allowed[i / 64] |= uint64_t{random.NextDouble() < part} << (i % 64);
    }
    SearchOptions options;
    options.allowed = allowed;
    options.nprobe = 16;
    const SearchHits hits = listed().Search(queries(), options);
    EXPECT_GT(AllowedRecall(allowed, hits), 0.95) << part;
  }
}

// The lists near the query hold none of the allowed rows.
TEST_F(IvfListsTest, FindsAllowedRowsFarFromTheQuery) {
  const std::vector<uint32_t> order =
      ExactOrder(listed().rows.view(), queries().row(0).data());
  std::vector<uint64_t> allowed((kRows + 63) / 64);
  for (size_t i = 0; i < 500; ++i) {
    const uint32_t row = order[kRows - 1 - i];
    allowed[row / 64] |= uint64_t{1} << (row % 64);
  }
  SearchOptions options;
  options.allowed = allowed;
  options.nprobe = 2;
  const SearchHits hits = listed().Search(queries(), options);
  for (const auto& of_query : hits) EXPECT_EQ(of_query.size(), kTop);
  EXPECT_GT(AllowedRecall(allowed, hits), 0.9);
  const std::vector<uint64_t> none((kRows + 63) / 64);
  options.allowed = none;
  for (const auto& of_query : listed().Search(queries(), options)) {
    EXPECT_TRUE(of_query.empty());
  }
}

TEST_F(IvfListsTest, AlwaysGivesKRows) {
  SearchOptions options;
  options.nprobe = 1;
  for (const uint64_t k : {1, 200, 3000, 10000}) {
    options.k = k;
    for (const auto& hits : listed().Search(queries(), options)) {
      EXPECT_EQ(hits.size(), std::min<uint64_t>(k, kRows));
    }
  }
}

TEST_F(IvfListsTest, ThreadsAndCpusDoNotChangeTheResult) {
  SearchOptions options;
  options.nprobe = 5;
  const SearchHits expected = listed().Search(queries(), options);
  options.threads = 3;
  EXPECT_EQ(listed().Search(queries(), options), expected);
  for (const std::string& target : AvailableCpuTargets()) {
    ASSERT_TRUE(ForceCpuTarget(target).ok());
    EXPECT_EQ(listed().Search(queries(), options), expected) << target;
  }
  ASSERT_TRUE(ForceCpuTarget("auto").ok());
  IvfOptions ivf;
  ivf.lists = 120;
  ivf.threads = 3;
  EXPECT_EQ(PartitionRows(all_->view(0, kRows), ivf)->order,
            listed().partition->order);
}

TEST_F(IvfListsTest, TuningGivesNewQueriesTheRecall) {
  int last = 0;
  for (const double target : {0.8, 0.95}) {
    const TunedEffort tuning = TuneNprobe(*listed().lists, *listed().table,
                                          listed().rows.view(), target, 1)
                                   .value();
    EXPECT_TRUE(tuning.reached);
    EXPECT_GE(tuning.recall, target);
    EXPECT_GE(tuning.effort, last);
    EXPECT_EQ(tuning.queries, 1000u);
    last = tuning.effort;
    SearchOptions options;
    options.nprobe = tuning.effort;
    // 60 queries know the recall to about 0.02.
    EXPECT_GT(Recall(listed().rows.view(), queries(),
                     listed().Search(queries(), options), kTop),
              target - 0.05);
    EXPECT_EQ(TuneNprobe(*listed().lists, *listed().table, listed().rows.view(),
                         target, 3)
                  ->effort,
              tuning.effort);
  }
  EXPECT_FALSE(
      TuneNprobe(*listed().lists, *listed().table, listed().rows.view(), 0, 1)
          .ok());
}

TEST_F(IvfListsTest, SmallAndOddTables) {
  TestMatrix rows = ClusteredVectors(40, 5, 1, 3);
  for (int j = 0; j < 5; ++j) {
    for (uint64_t i = 0; i < 9; ++i) rows.row(i)[j] = 0;       // zeros
    for (uint64_t i = 9; i < 20; ++i) rows.row(i)[j] = 1e30f;  // equal
    rows.row(21)[j] = 1e-42f;                                  // denormal
  }
  for (const uint64_t size : {1, 2, 17, 40}) {
    for (const uint32_t count : {1u, 2u, 17u, 40u}) {
      if (count > size) {
        IvfOptions options;
        options.lists = count;
        EXPECT_FALSE(PartitionRows(rows.view(0, size), options).ok());
        continue;
      }
      const ListedTable small(rows.view(0, size), count);
      EXPECT_TRUE(small.lists->Check().ok());
      SearchOptions options;
      options.nprobe = 1;
      for (const auto& hits : small.Search(rows.view(0, size), options)) {
        EXPECT_EQ(hits.size(), std::min<uint64_t>(10, size));
      }
      EXPECT_TRUE(
          TuneNprobe(*small.lists, *small.table, small.rows.view(), 0.9, 1)
              ->reached);
    }
  }
}

TEST_F(IvfListsTest, DefaultListsAreNeitherTooManyNorTooSmall) {
  EXPECT_EQ(DefaultIvfLists(1), 1u);
  EXPECT_EQ(DefaultIvfLists(1000), 31u);
  EXPECT_EQ(DefaultIvfLists(100000), 1264u);
  EXPECT_EQ(DefaultIvfLists(1000000), 4000u);
  EXPECT_EQ(DefaultIvfLists(uint64_t{1} << 31), 65536u);
}

// Starts may be anything in a file whose checksums were not read.
TEST_F(IvfListsTest, WrongStartsAreToldAndStayInsideTheTable) {
  std::vector<uint32_t> starts = listed().partition->starts;
  for (const auto& [place, value] :
       std::vector<std::pair<size_t, uint32_t>>{{0, 7},
                                                {3, 0},
                                                {5, ~uint32_t{0}},
                                                {120, ~uint32_t{0}},
                                                {120, kRows - 1}}) {
    std::vector<uint32_t> wrong = starts;
    wrong[place] = value;
    IvfLists::Parts parts;
    parts.starts = wrong;
    const IvfLists lists =
        IvfLists::FromParts(listed().partition->centers, parts, kRows, nullptr)
            .value();
    EXPECT_FALSE(lists.Check().ok()) << place;
    SearchOptions options;
    options.nprobe = 20;
    const std::vector<uint64_t> all((kRows + 63) / 64, ~uint64_t{0});
    EXPECT_TRUE(lists.Search(*listed().table, queries(), options).ok());
    options.allowed = all;
    EXPECT_TRUE(lists.Search(*listed().table, queries(), options).ok());
  }
  IvfLists::Parts parts;
  parts.starts = absl::MakeConstSpan(starts).subspan(1);
  EXPECT_FALSE(
      IvfLists::FromParts(listed().partition->centers, parts, kRows, nullptr)
          .ok());
}

TEST_F(IvfListsTest, RefusesWrongQueries) {
  SearchOptions options;
  options.k = 0;
  EXPECT_FALSE(
      listed().lists->Search(*listed().table, queries(), options).ok());
  options.k = 1;
  options.nprobe = -1;
  EXPECT_FALSE(
      listed().lists->Search(*listed().table, queries(), options).ok());
  const TestMatrix narrow(1, 3);
  EXPECT_FALSE(listed().lists->Search(*listed().table, narrow.view(), {}).ok());
}

}  // namespace ivf_lists_test
}  // namespace embed
