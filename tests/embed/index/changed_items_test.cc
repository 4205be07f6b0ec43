// An index under random changes against a model of what should be in it.
#include "embed/index/changed_items.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "embed/base/philox.h"
#include "embed/index/index_writer.h"
#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace changed_items_test {

constexpr int kDim = 16;
// Rows are rounded to 8 bits: cosines differ by no more than this.
constexpr double kRounding = 0.02;

// What is in the index, in the order in which it came.
struct Model {
  struct Item {
    std::string key;
    std::vector<float> vector;
  };

  void Put(const std::string& key, const std::vector<float>& vector) {
    Delete(key);
    items.push_back({key, vector});
  }
  void Delete(const std::string& key) {
    items.erase(std::remove_if(items.begin(), items.end(),
                               [&](const Item& i) { return i.key == key; }),
                items.end());
  }

  std::vector<Item> items;
};

using Answer = std::vector<std::pair<std::string, float>>;

class RandomChanges {
 public:
  RandomChanges(uint64_t rows, const ItemIndexOptions& options)
      : random_(7, RandomPurpose::kTest, 2, rows),
        path_(folder_.File("items.faiss")) {
    const TestMatrix start = ClusteredVectors(rows, kDim, 1, 3);
    pool_ = ClusteredVectors(4000, kDim, 1, 4);
    const Vocabulary keys = NumberedKeys(rows);
    EXPECT_TRUE(ItemIndex::Build(keys, start.view(), options)
                    .value()
                    .Write(path_)
                    .ok());
    for (uint32_t i = 0; i < rows; ++i) {
      model_.Put(std::string(keys.key(i)), {start.row(i), start.row(i) + kDim});
    }
    writer_ = IndexWriter::Open(path_).value();
  }

  void Step() {
    const uint64_t kind = random_.Below(100);
    if (kind < 30) {
      Put("new " + std::to_string(++keys_made_));
    } else if (kind < 50 && !model_.items.empty()) {
      Put(AnyKey());
    } else if (kind < 75 && !model_.items.empty()) {
      const std::string key = AnyKey();
      batch_.push_back({ItemChange::Kind::kDelete, key, {}, ""});
      model_.Delete(key);
    } else {
      Flush();
      Query();
    }
    if (random_.Below(6) == 0) Flush();
    if (random_.Below(200) == 0) Reopen();
    if (random_.Below(1000) == 0) Compact();
  }

  void Finish() {
    Reopen();
    Compact();
    Reopen();
    EXPECT_GT(queries_, 100);
    EXPECT_GE(static_cast<double>(found_),
              least_recall * static_cast<double>(wanted_));
  }

  double least_recall = 1;

 private:
  std::vector<float> AnyVector() {
    const float* row =
        pool_.row(random_.Below(static_cast<uint32_t>(pool_.rows)));
    return {row, row + kDim};
  }
  std::string AnyKey() {
    const auto count = static_cast<uint32_t>(model_.items.size());
    return model_.items[random_.Below(count)].key;
  }

  void Put(const std::string& key) {
    const std::vector<float> vector = AnyVector();
    batch_.push_back({ItemChange::Kind::kPut, key, vector, ""});
    model_.Put(key, vector);
  }

  void Flush() {
    const absl::Status status = writer_->Apply(batch_);
    ASSERT_TRUE(status.ok()) << status;
    batch_.clear();
    ASSERT_EQ(writer_->index()->num_items(), model_.items.size());
  }

  Answer Ask(const std::vector<float>& query, uint64_t k) const {
    const std::shared_ptr<const ItemIndex> index = writer_->index();
    SearchOptions options;
    options.k = k;
    Answer answer;
    const SearchHits hits =
        index->Search({query.data(), 1, kDim, kDim}, options).value();
    for (const SearchHit& hit : hits[0]) {
      EXPECT_TRUE(index->Has(hit.id));
      answer.emplace_back(index->key(hit.id), hit.score);
    }
    return answer;
  }

  // Against cosines with the vectors as they were given, in double.
  void Query() {
    ++queries_;
    const std::vector<float> query = AnyVector();
    constexpr size_t kAsked = 10;
    const Answer answer = Ask(query, kAsked);
    ASSERT_EQ(answer.size(), std::min(kAsked, model_.items.size()));
    std::map<std::string, double> exact;
    for (const Model::Item& item : model_.items) {
      exact[item.key] = Cosine(item.vector.data(), query.data(), kDim);
    }
    std::map<std::string, float> given(answer.begin(), answer.end());
    ASSERT_EQ(given.size(), answer.size());
    for (size_t i = 0; i < answer.size(); ++i) {
      ASSERT_EQ(exact.count(answer[i].first), 1u) << answer[i].first;
      EXPECT_NEAR(answer[i].second, exact[answer[i].first], kRounding);
      if (i > 0) {
        EXPECT_LE(answer[i].second, answer[i - 1].second);
      }
    }
    if (answer.empty()) return;
    for (const auto& [key, score] : exact) {
      if (score <= answer.back().second + kRounding) continue;
      ++wanted_;
      found_ += given.count(key);
    }
  }

  // The answers are those before, and those of a table of all items.
  void Reopen() {
    Flush();
    std::vector<std::vector<float>> queries;
    std::vector<Answer> before;
    for (int i = 0; i < 5; ++i) {
      queries.push_back(AnyVector());
      before.push_back(Ask(queries.back(), 10));
    }
    writer_.reset();
    writer_ = IndexWriter::Open(path_).value();
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(Ask(queries[i], 10), before[i]);
      if (least_recall == 1) {
        EXPECT_EQ(Rebuilt(queries[i]), before[i]);
      }
    }
  }

  Answer Rebuilt(const std::vector<float>& query) const {
    std::vector<float> values;
    for (const Model::Item& item : model_.items) {
      values.insert(values.end(), item.vector.begin(), item.vector.end());
    }
    if (values.empty()) return {};
    const Int8Table table =
        Int8Table::BuildLike(writer_->index()->table(),
                             {values.data(), model_.items.size(), kDim, kDim},
                             1)
            .value();
    Answer answer;
    const SearchHits hits =
        table.Search({query.data(), 1, kDim, kDim}, {}).value();
    for (const SearchHit& hit : hits[0]) {
      answer.emplace_back(model_.items[hit.id].key, hit.score);
    }
    return answer;
  }

  void Compact() {
    Flush();
    const std::vector<float> query = AnyVector();
    const Answer before = Ask(query, 10);
    ASSERT_TRUE(writer_->Compact(1).ok());
    if (least_recall == 1) {
      EXPECT_EQ(Ask(query, 10), before);
    }
    const std::shared_ptr<const ItemIndex> index = writer_->index();
    EXPECT_EQ(index->changes(), nullptr);
    ASSERT_EQ(index->size(), model_.items.size());
    std::vector<std::string> keys;
    std::vector<std::string> expected;
    for (uint32_t id = 0; id < index->size(); ++id) {
      keys.emplace_back(index->key(id));
      expected.push_back(model_.items[id].key);
    }
    if (index->lists() != nullptr) {  // ids come list by list
      std::sort(keys.begin(), keys.end());
      std::sort(expected.begin(), expected.end());
    }
    EXPECT_EQ(keys, expected);
  }

  TempFolder folder_;
  Philox random_;
  const std::string path_;
  TestMatrix pool_{0, kDim};
  Model model_;
  std::unique_ptr<IndexWriter> writer_;
  std::vector<ItemChange> batch_;
  int keys_made_ = 0;
  int queries_ = 0;
  uint64_t wanted_ = 0;
  uint64_t found_ = 0;
};

ItemIndexOptions WithRotation(Int8Rotation rotation) {
  ItemIndexOptions options;
  options.rotation = rotation;
  return options;
}

TEST(ChangedItemsTest, TenThousandRandomStepsAsTheModel) {
  RandomChanges changes(300, WithRotation(Int8Rotation::kNever));
  for (int step = 0; step < 10000; ++step) changes.Step();
  changes.Finish();
}

TEST(ChangedItemsTest, RandomStepsOnARotatedTableOfOne) {
  RandomChanges changes(1, WithRotation(Int8Rotation::kAlways));
  for (int step = 0; step < 1000; ++step) changes.Step();
  changes.Finish();
}

TEST(ChangedItemsTest, RandomStepsOnAGraph) {
  ItemIndexOptions options = WithRotation(Int8Rotation::kNever);
  options.hnsw.emplace();
  RandomChanges changes(3000, options);
  changes.least_recall = 0.97;
  for (int step = 0; step < 2000; ++step) changes.Step();
  changes.Finish();
}

TEST(ChangedItemsTest, RandomStepsOnLists) {
  ItemIndexOptions options;
  options.ivf.emplace();
  RandomChanges changes(3000, options);
  changes.least_recall = 0.9;
  for (int step = 0; step < 2000; ++step) changes.Step();
  changes.Finish();
}

TEST(ChangedItemsTest, RandomStepsOnRowsInFloat16) {
  for (const Int8Rotation rotation :
       {Int8Rotation::kNever, Int8Rotation::kAlways}) {
    ItemIndexOptions options = WithRotation(rotation);
    options.rerank_f16 = true;
    RandomChanges changes(300, options);
    for (int step = 0; step < 2000; ++step) changes.Step();
    changes.Finish();
  }
}

// Fewer items than lists.
TEST(ChangedItemsTest, ListsOfFewItemsAreCompacted) {
  constexpr uint64_t kRows = 500;
  const TestMatrix rows = ClusteredVectors(kRows, kDim, 1, 3);
  ItemIndexOptions options;
  options.ivf.emplace();
  options.ivf->lists = 50;
  options.rerank_f16 = true;
  const auto base = std::make_shared<const ItemIndex>(
      ItemIndex::Build(NumberedKeys(kRows), rows.view(), options).value());
  std::vector<ItemChange> batch;
  for (uint32_t id = 0; id < kRows; ++id) {
    if (id % 25 == 7) continue;
    batch.push_back(
        {ItemChange::Kind::kDelete, std::string(base->key(id)), {}, ""});
  }
  const ItemIndex few =
      base->WithChanges(ChangedItems::Apply(base, nullptr, batch).value())
          .Compacted(1)
          .value();
  EXPECT_EQ(few.size(), 20u);
  ASSERT_NE(few.lists(), nullptr);
  EXPECT_TRUE(few.lists()->Check().ok());
  EXPECT_LE(few.lists()->lists(), 20u);
  TempFolder folder;
  const std::string path = folder.File("few.faiss");
  ASSERT_TRUE(few.Write(path).ok());
  const ItemIndex read = ItemIndex::Open(path).value();
  for (uint32_t id = 0; id < few.size(); ++id) {
    const std::vector<float> vector = base->Vector(*base->Find(few.key(id)));
    EXPECT_EQ(read.Vector(id), vector);
    const SearchHits hits =
        read.Search({vector.data(), 1, kDim, kDim}, {}).value();
    EXPECT_EQ(hits[0].size(), 10u);
    EXPECT_EQ(hits[0][0].id, id);
  }
}

// Metrics that see lengths.
class ChangedMetricsTest
    : public testing::TestWithParam<std::tuple<Metric, Int8Rotation>> {
 protected:
  using Hits = std::vector<std::pair<std::string, float>>;

  static Metric metric() { return std::get<0>(GetParam()); }

  static Hits Named(const ItemIndex& index,
                    const std::vector<SearchHit>& hits) {
    Hits named;
    for (const SearchHit& hit : hits) {
      named.emplace_back(index.key(hit.id), hit.score);
    }
    return named;
  }

  // All items and their scores, against those of the rows that the index gives.
  static Hits AskAll(const ItemIndex& index, const float* query) {
    const MatrixView queries = {query, 1, kDim, kDim};
    SearchOptions options;
    options.k = index.size();
    const SearchHits hits = index.Search(queries, options).value();
    EXPECT_EQ(hits[0].size(), index.num_items());
    for (size_t i = 0; i < hits[0].size(); ++i) {
      const auto [id, score] = hits[0][i];
      const std::vector<float> row = index.Vector(id);
      const absl::Span<const float> values(query, kDim);
      const double nearness = Nearness(metric(), values, row);
      EXPECT_NEAR(score, metric() == Metric::kL2 ? -nearness : nearness,
                  1e-6 + 20 * NearnessTie(metric(), values, row));
      // All that are as near, whatever their length.
      EXPECT_GT(index.RangeSearch(queries, score, {}).value()[0].size(), i);
    }
    return Named(index, hits[0]);
  }

  static void Scale(float factor, float* row) {
    for (int j = 0; j < kDim; ++j) row[j] *= factor;
  }
};

TEST_P(ChangedMetricsTest, LongerAndShorterRowsThanThoseOfTheIndex) {
  TestMatrix rows = ClusteredVectors(300, kDim, 1, 3);
  const TestMatrix queries = ClusteredVectors(20, kDim, 1, 4);
  ItemIndexOptions options = WithRotation(std::get<1>(GetParam()));
  options.metric = metric();
  const auto base = std::make_shared<const ItemIndex>(
      ItemIndex::Build(NumberedKeys(100), rows.view(0, 100), options).value());
  std::shared_ptr<const ChangedItems> items;
  uint32_t next = 100;
  // Each batch is read with the one before.
  for (const float factor : {0.01f, 300.0f, 1e5f, 1.0f}) {
    std::vector<ItemChange> batch;
    for (int i = 0; i < 40; ++i, ++next) {
      float* row = rows.row(next);
      Scale(factor, row);
      const std::string key = i % 4 == 0 ? std::string(base->key(next % 100))
                                         : std::to_string(next);
      batch.push_back({ItemChange::Kind::kPut, key, {row, row + kDim}, ""});
    }
    items = ChangedItems::Apply(base, items.get(), batch).value();
    const ItemIndex index = base->WithChanges(items);
    const ItemIndex compacted = index.Compacted(1).value();
    EXPECT_EQ(compacted.size(), index.num_items());
    for (const ItemChange& change : batch) {
      const std::vector<float> row = index.Vector(*index.Find(change.key));
      EXPECT_EQ(compacted.Vector(*compacted.Find(change.key)), row);
      // By l2 rows near the mean are rounded by their distance from it.
      if (factor > 1) {
        EXPECT_GT(Cosine(row.data(), change.vector.data(), kDim), 0.99);
      }
    }
    for (uint64_t q = 0; q < queries.rows; ++q) {
      EXPECT_EQ(AskAll(compacted, queries.row(q)),
                AskAll(index, queries.row(q)));
    }
  }
}

// Beyond the range of float32, had it the exponent of the index.
TEST_P(ChangedMetricsTest, HugeRowsBesideTinyOnes) {
  TestMatrix rows = ClusteredVectors(100, kDim, 1, 3);
  for (uint64_t i = 0; i < 50; ++i) Scale(1e-25f, rows.row(i));
  for (uint64_t i = 50; i < 100; ++i) Scale(1e15f, rows.row(i));
  ItemIndexOptions options = WithRotation(std::get<1>(GetParam()));
  options.metric = metric();
  const auto base = std::make_shared<const ItemIndex>(
      ItemIndex::Build(NumberedKeys(50), rows.view(0, 50), options).value());
  std::vector<ItemChange> batch;
  for (uint64_t i = 50; i < 100; ++i) {
    batch.push_back({ItemChange::Kind::kPut,
                     std::to_string(i),
                     {rows.row(i), rows.row(i) + kDim},
                     ""});
  }
  const ItemIndex index =
      base->WithChanges(ChangedItems::Apply(base, nullptr, batch).value());
  for (uint64_t i = 50; i < 100; ++i) {
    const std::vector<float> row = index.Vector(*index.Find(batch[i - 50].key));
    EXPECT_GT(Cosine(row.data(), rows.row(i), kDim), 0.99);
  }
  EXPECT_TRUE(index.Compacted(1).ok());
}

INSTANTIATE_TEST_SUITE_P(
    All, ChangedMetricsTest,
    testing::Combine(testing::Values(Metric::kDot, Metric::kL2),
                     testing::Values(Int8Rotation::kNever,
                                     Int8Rotation::kAlways)),
    [](const auto& parameters) {
      const bool rotated =
          std::get<1>(parameters.param) == Int8Rotation::kAlways;
      return std::string(MetricName(std::get<0>(parameters.param))) +
             (rotated ? "Rotated" : "");
    });

// One key again and again: rows that are gone are dropped in time.
TEST(ChangedItemsTest, ReplacedRowsDoNotPileUp) {
  const TestMatrix rows = ClusteredVectors(100, kDim, 1, 3);
  const auto base = std::make_shared<const ItemIndex>(
      ItemIndex::Build(NumberedKeys(100), rows.view(), {}).value());
  std::shared_ptr<const ChangedItems> items;
  for (int i = 0; i < 100; ++i) {
    std::vector<ItemChange> batch;
    for (int j = 0; j < 100; ++j) {
      const float* row = rows.row((i + j) % 100);
      batch.push_back({ItemChange::Kind::kPut,
                       "key " + std::to_string(j % 7),
                       {row, row + kDim},
                       ""});
    }
    items = ChangedItems::Apply(base, items.get(), batch).value();
    EXPECT_EQ(items->num_items(), 107u);
    EXPECT_LT(items->num_further(), 2100u);
  }
  // The last of each of seven: rows 92 to 98 of the last batch, from 99 on.
  for (int j = 93; j < 100; ++j) {
    const auto id = items->Find("key " + std::to_string(j % 7));
    ASSERT_TRUE(id.has_value());
    EXPECT_TRUE(items->Has(*id));
    EXPECT_EQ(items->key(*id), "key " + std::to_string(j % 7));
    std::vector<float> row(kDim);
    items->Row(*id, absl::MakeSpan(row));
    EXPECT_GT(Cosine(row.data(), rows.row((99 + j) % 100), kDim), 0.999);
  }
}

}  // namespace changed_items_test
}  // namespace embed
