#include "embed/index/item_index.h"

#include <cstdio>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace item_index_test {

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary);
  out << bytes;
}

ItemIndex BuildOrDie(uint64_t rows, int dim,
                     Int8Rotation rotation = Int8Rotation::kWhenBetter) {
  ItemIndexOptions options;
  options.rotation = rotation;
  options.info = {{"mode", "deepwalk"}, {"source", "a \"graph\".txt"}};
  return ItemIndex::Build(NumberedKeys(rows),
                          ClusteredVectors(rows, dim, 1, 1).view(), options)
      .value();
}

class ItemIndexTest : public testing::Test {
 protected:
  ItemIndexTest()
      : path_(testing::TempDir() + "/item_index_" +
              testing::UnitTest::GetInstance()->current_test_info()->name()) {}
  ~ItemIndexTest() override { std::remove(path_.c_str()); }

  std::string path_;
};

TEST_F(ItemIndexTest, FindsKeysAndTheirNeighbours) {
  const ItemIndex index = BuildOrDie(300, 20);
  EXPECT_EQ(index.size(), 300u);
  EXPECT_EQ(index.dim(), 20);
  EXPECT_EQ(index.Find("no such item"), std::nullopt);
  for (uint32_t id = 0; id < 300; id += 11) {
    EXPECT_EQ(index.Find(index.key(id)), id);
    const std::vector<float> vector = index.Vector(id);
    const SearchHits hits =
        index.Search({vector.data(), 1, 20, 20}, {}).value();
    ASSERT_EQ(hits[0].size(), 10u);
    EXPECT_EQ(hits[0][0].id, id);
    EXPECT_NEAR(hits[0][0].score, 1, 1e-6);
  }
}

TEST_F(ItemIndexTest, ReopenedIndexIsTheSame) {
  for (const Int8Rotation rotation :
       {Int8Rotation::kNever, Int8Rotation::kAlways}) {
    const ItemIndex index = BuildOrDie(333, 18, rotation);
    ASSERT_TRUE(index.Write(path_).ok());
    const TestMatrix queries = ClusteredVectors(20, 18, 1, 2);
    const SearchHits expected = index.Search(queries.view(), {}).value();
    for (const auto verify :
         {Container::Verify::kAll, Container::Verify::kHeader}) {
      const ItemIndex opened = ItemIndex::Open(path_, verify).value();
      EXPECT_EQ(opened.size(), 333u);
      EXPECT_EQ(opened.dim(), 18);
      EXPECT_EQ(opened.info(), index.info());
      EXPECT_EQ(opened.table().rotated(), rotation == Int8Rotation::kAlways);
      EXPECT_EQ(opened.Search(queries.view(), {}).value(), expected);
      for (uint32_t id = 0; id < 333; ++id) {
        EXPECT_EQ(opened.key(id), index.key(id));
        EXPECT_EQ(opened.Find(index.key(id)), id);
        EXPECT_EQ(opened.Vector(id), index.Vector(id));
      }
    }
    // Written again from the mapping, it is the same file.
    const std::string bytes = ReadFile(path_);
    const ItemIndex opened = ItemIndex::Open(path_).value();
    ASSERT_TRUE(opened.Write(path_ + ".again").ok());
    EXPECT_EQ(ReadFile(path_ + ".again"), bytes);
    std::remove((path_ + ".again").c_str());
  }
}

TEST_F(ItemIndexTest, MetricAndCodecAreKept) {
  const TestMatrix vectors = ClusteredVectors(300, 18, 1, 1);
  const TestMatrix queries = ClusteredVectors(20, 18, 1, 2);
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    for (const RowCodec codec : {RowCodec::kInt8, RowCodec::kInt8Pow2}) {
      ItemIndexOptions options;
      options.metric = metric;
      options.codec = codec;
      options.hnsw.emplace();
      options.target_recall = 0.9;
      const auto index =
          ItemIndex::Build(NumberedKeys(300), vectors.view(), options).value();
      ASSERT_TRUE(index.Write(path_).ok());
      const ItemIndex opened = ItemIndex::Open(path_).value();
      EXPECT_EQ(opened.metric(), metric);
      EXPECT_EQ(opened.table().row_codec(), codec);
      EXPECT_EQ(opened.Search(queries.view(), {}).value(),
                index.Search(queries.view(), {}).value());
      EXPECT_EQ(opened.Vector(7), index.Vector(7));
      EXPECT_EQ(opened.RangeSearch(queries.view(), 0.5f, {}).value(),
                index.RangeSearch(queries.view(), 0.5f, {}).value());
    }
  }
}

TEST_F(ItemIndexTest, SameInputGivesTheSameBytesForAnyThreads) {
  const TestMatrix vectors = ClusteredVectors(3000, 10, 1, 1);
  const Vocabulary keys = NumberedKeys(3000);
  std::string expected;
  for (const int threads : {1, 2, 3}) {
    ItemIndexOptions options;
    options.threads = threads;
    options.rotation = Int8Rotation::kAlways;
    const auto index = ItemIndex::Build(keys, vectors.view(), options);
    ASSERT_TRUE(index->Write(path_).ok());
    if (expected.empty()) expected = ReadFile(path_);
    EXPECT_EQ(ReadFile(path_), expected);
  }
}

TEST_F(ItemIndexTest, FileIsSmall) {
  for (const int dim : {64, 100}) {
    const ItemIndex index = BuildOrDie(1600, dim, Int8Rotation::kNever);
    ASSERT_TRUE(index.Write(path_).ok());
    uint64_t key_bytes = 0;
    for (uint32_t id = 0; id < 1600; ++id) key_bytes += index.key(id).size();
    // Besides rows and keys: header, section table, gaps to 64 bytes, the mean.
    constexpr uint64_t kFixed = 2048;
    EXPECT_LE(ReadFile(path_).size(), 1600u * (dim + 16) + key_bytes + kFixed);
  }
}

TEST_F(ItemIndexTest, NamesTheKeyOfABadVector) {
  TestMatrix vectors = ClusteredVectors(100, 8, 1, 1);
  vectors.row(42)[7] = std::numeric_limits<float>::quiet_NaN();
  const Vocabulary keys = NumberedKeys(100);
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    ItemIndexOptions options;
    options.metric = metric;
    const absl::Status status =
        ItemIndex::Build(keys, vectors.view(), options).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()),
                testing::HasSubstr("'" + std::string(keys.key(42)) + "'"));
  }
  EXPECT_FALSE(ItemIndex::Build(keys, vectors.view(0, 99), {}).ok());
  EXPECT_FALSE(ItemIndex::Build(Vocabulary(), vectors.view(0, 0), {}).ok());
}

TEST_F(ItemIndexTest, SuggestsSpellings) {
  const std::vector<std::string> names = {"paris",  "pairs", "berlin", "Paris",
                                          "parish", "rome",  "巴黎",   "巴西"};
  const Vocabulary keys =
      Vocabulary::Create(names, std::vector<uint64_t>(8)).value();
  const ItemIndex index =
      ItemIndex::Build(keys, ClusteredVectors(8, 4, 1, 1).view(), {}).value();
  using Ids = std::vector<uint32_t>;
  EXPECT_EQ(index.NearestSpellings("paris", 9), (Ids{0, 1, 3, 4}));
  EXPECT_EQ(index.NearestSpellings("pariss", 9), (Ids{0, 4, 1, 3}));
  EXPECT_EQ(index.NearestSpellings("pariss", 2), (Ids{0, 4}));
  EXPECT_EQ(index.NearestSpellings("巴里", 9), (Ids{6, 7}));
  EXPECT_EQ(index.NearestSpellings("xxxxxxxx", 9), Ids());
  EXPECT_EQ(index.NearestSpellings("paris", 0), Ids());
}

// Every cut and every damaged part must be told, whatever it hits.
TEST_F(ItemIndexTest, RefusesDamagedFiles) {
  const ItemIndex index = BuildOrDie(50, 6, Int8Rotation::kAlways);
  ASSERT_TRUE(index.Write(path_).ok());
  const std::string bytes = ReadFile(path_);
  for (size_t size = 0; size < bytes.size(); size += 64) {
    WriteFile(path_, bytes.substr(0, size));
    const absl::StatusCode code = ItemIndex::Open(path_).status().code();
    EXPECT_EQ(code, absl::StatusCode::kDataLoss) << "cut to " << size;
  }
  for (size_t at = 0; at < bytes.size(); at += 13) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
    WriteFile(path_, damaged);
    const absl::StatusOr<ItemIndex> opened = ItemIndex::Open(path_);
    if (opened.ok()) {
      // In a gap between sections, which holds nothing: all the rest is sound.
      ASSERT_TRUE(opened->Write(path_ + ".again").ok());
      EXPECT_EQ(ReadFile(path_ + ".again"), bytes) << at;
      std::remove((path_ + ".again").c_str());
      continue;
    }
    EXPECT_EQ(opened.status().code(), absl::StatusCode::kDataLoss) << at;
  }
}

// Without the checksums damage may give wrong answers but never a crash.
TEST_F(ItemIndexTest, SurvivesDamageThatIsNotVerified) {
  const ItemIndex index = BuildOrDie(50, 6, Int8Rotation::kAlways);
  ASSERT_TRUE(index.Write(path_).ok());
  const std::string bytes = ReadFile(path_);
  const TestMatrix queries = ClusteredVectors(3, 6, 1, 2);
  SearchOptions options;
  options.k = 50;
  for (size_t at = 0; at < bytes.size(); at += 11) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(0xFF ^ damaged[at]);
    WriteFile(path_, damaged);
    const auto opened = ItemIndex::Open(path_, Container::Verify::kHeader);
    if (!opened.ok()) {
      EXPECT_EQ(opened.status().code(), absl::StatusCode::kDataLoss);
      continue;
    }
    ASSERT_TRUE(opened->Search(queries.view(), options).ok());
    ASSERT_TRUE(opened->RangeSearch(queries.view(), 0.5f, {}).ok());
    for (uint32_t id = 0; id < opened->size(); ++id) {
      opened->Find(opened->key(id));
    }
    opened->NearestSpellings("item 7", 5);
    opened->Vector(7);
  }
}

TEST_F(ItemIndexTest, SaysWhyAFileCannotBeOpened) {
  EXPECT_EQ(ItemIndex::Open(path_).status().code(),
            absl::StatusCode::kNotFound);
  ContainerWriter writer(ContainerKind::kIndex);
  const std::string meta = R"({"codec":"int9","metric":"cosine"})";
  writer.Add("meta", meta.data(), meta.size());
  ASSERT_TRUE(writer.Write(path_).ok());
  const absl::Status status = ItemIndex::Open(path_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()),
              testing::AllOf(testing::HasSubstr(path_),
                             testing::HasSubstr("'codec' is 'int9'")));
}

// What its codes have no room for, or no program writes.
TEST_F(ItemIndexTest, RefusesDistancesOfRowsThatDoNotFit) {
  ItemIndexOptions options;
  options.rotation = Int8Rotation::kNever;
  options.hnsw.emplace();
  const ItemIndex index =
      ItemIndex::Build(NumberedKeys(100),
                       ClusteredVectors(100, 20, 1, 1).view(), options)
          .value();
  ASSERT_TRUE(index.Write(path_).ok());
  const Container file = Container::Open(path_, ContainerKind::kIndex).value();
  const auto bytes = file.Bytes("meta").value();
  const std::string meta(bytes.begin(), bytes.end());
  const std::string written = "\"row_stride\":20";
  const size_t at = meta.find(written);
  ASSERT_NE(at, std::string::npos);
  const std::string other = path_ + "_other";
  for (const char* stride : {"20", "0", "19", "21", "64", "65", "-20", "20.0",
                             "\"20\"", "4097", "18446744073709551636"}) {
    std::string changed = meta;
    changed.replace(at, written.size(),
                    std::string("\"row_stride\":") + stride);
    ContainerWriter writer(ContainerKind::kIndex, 3);
    writer.Add("meta", changed.data(), changed.size());
    for (const char* name : {"graph_codes", "graph_scales", "mean", "key_text",
                             "key_bases", "key_offsets", "key_order",
                             "graph_packed", "graph_bases", "graph_offsets"}) {
      writer.Add(name, file.Bytes(name).value());
    }
    ASSERT_TRUE(writer.Write(other).ok());
    EXPECT_EQ(ItemIndex::Open(other).status().code(),
              std::string(stride) == "20" ? absl::StatusCode::kOk
                                          : absl::StatusCode::kDataLoss)
        << stride;
  }
  std::remove(other.c_str());
}

TEST_F(ItemIndexTest, KeepsTheGraphAndItsTuning) {
  const TestMatrix rows = ClusteredVectors(2000, 24, 1, 1);
  const TestMatrix queries = ClusteredVectors(20, 24, 1, 2);
  ItemIndexOptions options;
  options.hnsw.emplace();
  options.hnsw->m = 6;
  options.target_recall = 0.9;
  const ItemIndex index =
      ItemIndex::Build(NumberedKeys(2000), rows.view(), options).value();
  ASSERT_NE(index.graph(), nullptr);
  EXPECT_GE(index.graph()->parts().recall, 0.9);
  ASSERT_TRUE(index.Write(path_).ok());
  for (const auto verify :
       {Container::Verify::kAll, Container::Verify::kHeader}) {
    const ItemIndex opened = ItemIndex::Open(path_, verify).value();
    ASSERT_NE(opened.graph(), nullptr);
    const HnswGraph::Parts& parts = opened.graph()->parts();
    EXPECT_EQ(parts.packed_links, index.graph()->parts().packed_links);
    EXPECT_EQ(parts.bases, index.graph()->parts().bases);
    EXPECT_EQ(parts.offsets, index.graph()->parts().offsets);
    EXPECT_EQ(parts.ef_search, index.graph()->parts().ef_search);
    EXPECT_EQ(parts.recall, index.graph()->parts().recall);
    EXPECT_EQ(opened.Search(queries.view(), {}).value(),
              index.Search(queries.view(), {}).value());
    SearchOptions exact;
    exact.exact = true;
    EXPECT_EQ(opened.Search(queries.view(), exact).value(),
              index.table().Search(queries.view(), {}).value());
  }
}

TEST_F(ItemIndexTest, AFileTakesTheBytesItSays) {
  constexpr uint64_t kRows = 4000;
  constexpr uint64_t kOthers = 4096;  // header, meta, mean, padding
  for (const bool graph : {false, true}) {
    ItemIndexOptions options;
    if (graph) options.hnsw.emplace();
    const Vocabulary keys = NumberedKeys(kRows);
    const ItemIndex index =
        ItemIndex::Build(keys, ClusteredVectors(kRows, 64, 1, 1).view(),
                         options)
            .value();
    ASSERT_TRUE(index.Write(path_).ok());
    const uint64_t row_bytes = 64 + 16 + (graph ? 4 * 16 + 8 : 0);
    EXPECT_LE(ReadFile(path_).size(),
              kRows * row_bytes + keys.text().size() + kOthers);
  }
}

// Without keys, and what does not grow with the rows.
TEST_F(ItemIndexTest, GraphsTakeTheBytesTheySayInAnyDim) {
  constexpr uint64_t kRows = 1000;
  ItemIndexOptions options;
  options.hnsw.emplace();
  options.hnsw->ef_construction = 20;
  for (const int m : {2, 16}) {
    for (const int dim : {1, 3, 50, 63, 64, 65, 100, 128, 200, 300, 4096}) {
      SCOPED_TRACE(testing::Message() << "dim " << dim << ", m " << m);
      options.hnsw->m = m;
      options.rotation = Int8Rotation::kNever;
      const TestMatrix rows = ClusteredVectors(kRows, dim, 1, 1);
      const ItemIndex index =
          ItemIndex::Build(NumberedKeys(kRows), rows.view(), options).value();
      ASSERT_TRUE(index.Write(path_).ok());
      const Container file =
          Container::Open(path_, ContainerKind::kIndex).value();
      uint64_t bytes = 0;
      for (const char* name : {"graph_codes", "graph_scales", "graph_packed",
                               "graph_bases", "graph_offsets"}) {
        bytes += file.Bytes(name).value().size();
      }
      EXPECT_LE(bytes, kRows * (dim + 16 + 4 * m + 8));
      SearchOptions walk;
      walk.ef_search = 20;
      EXPECT_EQ(ItemIndex::Open(path_)->Search(rows.view(0, 20), walk).value(),
                index.Search(rows.view(0, 20), walk).value());
    }
  }
}

TEST_F(ItemIndexTest, KeepsListsAndFloat16Rows) {
  const TestMatrix rows = ClusteredVectors(2000, 26, 1, 1);
  const TestMatrix queries = ClusteredVectors(20, 26, 1, 2);
  const Vocabulary keys = NumberedKeys(2000);
  ItemIndexOptions options;
  options.ivf.emplace();
  options.ivf->lists = 50;
  options.target_recall = 0.9;
  options.rerank_f16 = true;
  const ItemIndex index = ItemIndex::Build(keys, rows.view(), options).value();
  ASSERT_NE(index.lists(), nullptr);
  EXPECT_GE(index.lists()->parts().recall, 0.9);
  // Keys stay with their vectors, whatever the order.
  for (uint32_t id = 0; id < 2000; ++id) {
    const uint32_t row = keys.Find(index.key(id));
    ASSERT_NE(row, Vocabulary::kNotFound);
    EXPECT_NEAR(Cosine(index.Vector(id).data(), rows.row(row), 26), 1, 1e-6);
    EXPECT_EQ(index.Find(keys.key(row)), id);
  }
  ASSERT_TRUE(index.Write(path_).ok());
  for (const auto verify :
       {Container::Verify::kAll, Container::Verify::kHeader}) {
    const ItemIndex opened = ItemIndex::Open(path_, verify).value();
    ASSERT_NE(opened.lists(), nullptr);
    EXPECT_EQ(opened.lists()->parts().starts, index.lists()->parts().starts);
    EXPECT_EQ(opened.lists()->parts().nprobe, index.lists()->parts().nprobe);
    EXPECT_EQ(opened.lists()->parts().recall, index.lists()->parts().recall);
    EXPECT_EQ(opened.table().parts().f16, index.table().parts().f16);
    EXPECT_EQ(opened.table().parts().f16_error,
              index.table().parts().f16_error);
    EXPECT_EQ(opened.Search(queries.view(), {}).value(),
              index.Search(queries.view(), {}).value());
    SearchOptions exact;
    exact.exact = true;
    EXPECT_EQ(opened.Search(queries.view(), exact).value(),
              index.table().Search(queries.view(), {}).value());
    ASSERT_TRUE(opened.Write(path_ + ".again").ok());
    EXPECT_EQ(ReadFile(path_ + ".again"), ReadFile(path_));
    std::remove((path_ + ".again").c_str());
  }
  options.threads = 3;
  ASSERT_TRUE(ItemIndex::Build(keys, rows.view(), options)
                  ->Write(path_ + ".again")
                  .ok());
  EXPECT_EQ(ReadFile(path_ + ".again"), ReadFile(path_));
  std::remove((path_ + ".again").c_str());
  options.hnsw.emplace();
  EXPECT_FALSE(ItemIndex::Build(keys, rows.view(), options).ok());
  options.hnsw.reset();
  options.ivf->lists = 2001;
  EXPECT_FALSE(ItemIndex::Build(keys, rows.view(), options).ok());
}

// As the tests of damage above, with the sections of lists.
TEST_F(ItemIndexTest, DamagedListsAreToldOrHarmless) {
  ItemIndexOptions options;
  options.ivf.emplace();
  options.ivf->lists = 7;
  options.rerank_f16 = true;
  const ItemIndex index =
      ItemIndex::Build(NumberedKeys(50), ClusteredVectors(50, 6, 1, 1).view(),
                       options)
          .value();
  ASSERT_TRUE(index.Write(path_).ok());
  const std::string bytes = ReadFile(path_);
  const TestMatrix queries = ClusteredVectors(3, 6, 1, 2);
  SearchOptions search;
  search.nprobe = 2;
  for (size_t at = 0; at < bytes.size(); at += 7) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(0xFF ^ damaged[at]);
    WriteFile(path_, damaged);
    const auto checked = ItemIndex::Open(path_);
    if (!checked.ok()) {
      EXPECT_EQ(checked.status().code(), absl::StatusCode::kDataLoss) << at;
    }
    const auto opened = ItemIndex::Open(path_, Container::Verify::kHeader);
    if (!opened.ok()) continue;
    ASSERT_TRUE(opened->Search(queries.view(), search).ok()) << at;
    opened->Vector(7);
  }
}

TEST_F(ItemIndexTest, KeepsTypes) {
  Vocabulary keys = NumberedKeys(100);
  std::vector<uint16_t> types(100);
  for (size_t i = 0; i < types.size(); ++i) types[i] = i % 3 == 0;
  ASSERT_TRUE(keys.SetTypes({"paper", "author"}, types).ok());
  const ItemIndex index =
      ItemIndex::Build(keys, ClusteredVectors(100, 8, 1, 1).view(), {}).value();
  ASSERT_TRUE(index.Write(path_).ok());
  for (const auto verify :
       {Container::Verify::kAll, Container::Verify::kHeader}) {
    const ItemIndex opened = ItemIndex::Open(path_, verify).value();
    EXPECT_THAT(opened.type_names(), testing::ElementsAre("paper", "author"));
    const auto authors = opened.ItemsOfType("author");
    ASSERT_TRUE(authors.has_value());
    for (uint32_t i = 0; i < 100; ++i) {
      EXPECT_EQ(opened.type(i), i % 3 == 0 ? "author" : "paper");
      EXPECT_EQ((*authors)[i / 64] >> (i % 64) & 1, i % 3 == 0);
    }
    EXPECT_EQ(opened.ItemsOfType("venue"), std::nullopt);
  }
  const ItemIndex untyped = BuildOrDie(10, 8);
  EXPECT_TRUE(untyped.type_names().empty());
  EXPECT_EQ(untyped.type(3), "");
  EXPECT_EQ(untyped.ItemsOfType("paper"), std::nullopt);
}

}  // namespace item_index_test
}  // namespace embed
