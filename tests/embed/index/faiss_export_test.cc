// FAISS itself reads what was written, and finds what exact search finds.
#include "embed/index/faiss_export.h"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "faiss/IndexHNSW.h"
#include "faiss/IndexPreTransform.h"
#include "faiss/IndexScalarQuantizer.h"
#include "faiss/index_io.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace faiss_export_test {

constexpr uint64_t kRows = 1500;
constexpr int kDim = 24;

class FaissExportTest : public testing::Test {
 protected:
  FaissExportTest()
      : all_(ClusteredVectors(kRows + 50, kDim, 1, 1)),
        path_(testing::TempDir() + "/faiss_export_" +
              testing::UnitTest::GetInstance()->current_test_info()->name()) {}
  ~FaissExportTest() override { std::remove(path_.c_str()); }

  MatrixView rows() const { return all_.view(0, kRows); }
  MatrixView queries() const { return all_.view(kRows, 50); }

  absl::Status Write(const ItemIndexOptions& options) const {
    return WriteFaissIndex(NumberedKeys(kRows), rows(), options, path_);
  }

  std::unique_ptr<faiss::Index> Read() const {
    return std::unique_ptr<faiss::Index>(faiss::read_index(path_.c_str()));
  }

  // Recall@10 of FAISS's search, as it comes out of the file.
  double RecallOf(const faiss::Index& index) const {
    std::vector<float> scores(50 * 10);
    std::vector<int64_t> ids(50 * 10);
    index.search(50, queries().row(0).data(), 10, scores.data(), ids.data());
    SearchHits hits(50);
    for (size_t i = 0; i < ids.size(); ++i) {
      hits[i / 10].push_back({static_cast<uint32_t>(ids[i]), scores[i]});
    }
    return Recall(rows(), queries(), hits, 10);
  }

  std::string Bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  TestMatrix all_;
  std::string path_;
};

TEST_F(FaissExportTest, FlatFilesAreReadAndSearched) {
  ASSERT_TRUE(Write({}).ok());
  const auto index = Read();
  EXPECT_EQ(index->ntotal, kRows);
  EXPECT_EQ(index->metric_type, faiss::METRIC_INNER_PRODUCT);
  EXPECT_NE(dynamic_cast<faiss::IndexScalarQuantizer*>(index.get()), nullptr);
  EXPECT_GT(RecallOf(*index), 0.95);
  std::vector<float> row(kDim);
  for (uint64_t i = 0; i < kRows; i += 100) {
    index->reconstruct(static_cast<int64_t>(i), row.data());
    EXPECT_GT(Cosine(row.data(), all_.row(i), kDim), 0.999);
  }
}

TEST_F(FaissExportTest, GraphsAreReadAndSearched) {
  ItemIndexOptions options;
  options.hnsw.emplace();
  ASSERT_TRUE(Write(options).ok());
  const auto index = Read();
  const auto* graph = dynamic_cast<faiss::IndexHNSWSQ*>(index.get());
  ASSERT_NE(graph, nullptr);
  EXPECT_EQ(graph->ntotal, kRows);
  EXPECT_EQ(graph->hnsw.efSearch, kDefaultEfSearch);
  EXPECT_GT(RecallOf(*index), 0.95);
  // FAISS can go on with it.
  index->add(50, queries().row(0).data());
  EXPECT_EQ(index->ntotal, kRows + 50);
}

TEST_F(FaissExportTest, RotationsAreFaissTransforms) {
  for (const bool with_graph : {false, true}) {
    ItemIndexOptions options;
    options.rotation = Int8Rotation::kAlways;
    if (with_graph) options.hnsw.emplace();
    ASSERT_TRUE(Write(options).ok());
    const auto index = Read();
    ASSERT_NE(dynamic_cast<faiss::IndexPreTransform*>(index.get()), nullptr);
    EXPECT_EQ(index->ntotal, kRows);
    EXPECT_GT(RecallOf(*index), 0.95);
  }
}

TEST_F(FaissExportTest, KeysAndTypesAreBehind) {
  Vocabulary keys = NumberedKeys(kRows);
  std::vector<uint16_t> types(kRows);
  for (size_t i = 0; i < types.size(); ++i) types[i] = i % 2;
  ASSERT_TRUE(keys.SetTypes({"a", "b"}, types).ok());
  ItemIndexOptions options;
  options.info = {{"mode", "deepwalk"}};
  ASSERT_TRUE(WriteFaissIndex(keys, rows(), options, path_).ok());
  const std::string bytes = Bytes();
  ASSERT_EQ(bytes.substr(bytes.size() - 8), "EMBEDKEY");
  uint64_t size = 0;
  std::memcpy(&size, bytes.data() + bytes.size() - 16, 8);
  const auto json =
      nlohmann::json::parse(bytes.substr(bytes.size() - 16 - size, size));
  EXPECT_EQ(json["codec"], "faiss8");
  EXPECT_EQ(json["info"]["mode"], "deepwalk");
  EXPECT_EQ(json["types"][1], "b");
  ASSERT_EQ(json["keys"].size(), kRows);
  for (uint32_t i = 0; i < kRows; ++i) {
    EXPECT_EQ(json["keys"][i], std::string(keys.key(i)));
    EXPECT_EQ(json["type_of"][i], i % 2);
  }
}

TEST_F(FaissExportTest, ThreadsDoNotChangeAFlatFile) {
  ItemIndexOptions options;
  ASSERT_TRUE(Write(options).ok());
  const std::string one = Bytes();
  options.threads = 3;
  ASSERT_TRUE(Write(options).ok());
  EXPECT_EQ(Bytes(), one);
}

TEST_F(FaissExportTest, RefusesNoVectors) {
  const absl::Status status =
      WriteFaissIndex(NumberedKeys(0), all_.view(0, 0), {}, path_);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(std::ifstream(path_).good());
}

TEST_F(FaissExportTest, RefusesWhatIsNoNumberByItsKey) {
  all_.row(7)[3] = std::numeric_limits<float>::quiet_NaN();
  const absl::Status status = Write({});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              testing::HasSubstr(std::string(NumberedKeys(8).key(7))));
  EXPECT_FALSE(std::ifstream(path_).good());
}

}  // namespace faiss_export_test
}  // namespace embed
