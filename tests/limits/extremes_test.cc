// The smallest and the largest of everything, through files and searches: dims
// 1 and 4096, keys of 64 KiB, k of all rows and more, nothing at all.
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "embed/index/index_writer.h"
#include "embed/index/item_index.h"
#include "embed/io/model_file.h"
#include "embed/io/vector_file.h"
#include "embed/io/vector_reader.h"
#include "embed/model/vocabulary.h"
#include "gmock/gmock.h"
#include "graph/graph_file.h"
#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace extremes_test {

constexpr uint64_t kRows = 40;

std::vector<std::string> Names(uint64_t rows) {
  std::vector<std::string> names;
  for (uint64_t i = 0; i < rows; ++i) names.push_back("k" + std::to_string(i));
  return names;
}

Vocabulary Words(const std::vector<std::string>& names) {
  return *Vocabulary::Create(names, std::vector<uint64_t>(names.size(), 1));
}

class ExtremeDimTest : public testing::TestWithParam<int> {
 protected:
  TempFolder folder_;
};

TEST_P(ExtremeDimTest, ModelsAndVectorsComeBack) {
  const int dim = GetParam();
  Model model;
  model.info.mode = "test";
  model.vocabulary = Words(Names(3));
  model.input = *EmbeddingTable::Create(3, dim);
  model.input.FillUniform(1, 1, 1);
  const std::string path = folder_.File("m.embed");
  ASSERT_TRUE(WriteModel(model, path).ok());
  const auto read = ReadModel(path);
  ASSERT_TRUE(read.ok()) << read.status();
  for (const char* const name : {"m.vec", "m.bin", "m.npy"}) {
    const std::string file = folder_.File(name);
    const VectorFormat format =
        *VectorFormatFromName(std::string(name).substr(2));
    ASSERT_TRUE(
        WriteVectors(model.vocabulary, model.vectors(), format, file).ok());
  }
  const auto text = ReadVectors(folder_.File("m.vec"));
  ASSERT_TRUE(text.ok()) << text.status();
  const auto binary = ReadVectors(folder_.File("m.bin"));
  ASSERT_TRUE(binary.ok()) << binary.status();
  ASSERT_EQ(text->table.dim(), dim);
  ASSERT_EQ(binary->table.dim(), dim);
  for (uint64_t row = 0; row < 3; ++row) {
    for (int j = 0; j < dim; ++j) {
      ASSERT_EQ(read->input.row(row)[j], model.input.row(row)[j]);
      ASSERT_EQ(text->table.row(row)[j], model.input.row(row)[j]);
      ASSERT_EQ(binary->table.row(row)[j], model.input.row(row)[j]);
    }
  }
}

TEST_P(ExtremeDimTest, EveryIndexFindsEveryItem) {
  const int dim = GetParam();
  const TestMatrix rows = ClusteredVectors(kRows, dim, 0.5f, 1);
  for (const char* const kind : {"flat", "hnsw", "ivf"}) {
    ItemIndexOptions options;
    if (kind[0] == 'h') options.hnsw.emplace();
    if (kind[0] == 'i') {
      options.ivf.emplace();
      options.ivf->lists = 2;
    }
    const auto built =
        ItemIndex::Build(Words(Names(kRows)), rows.view(), options);
    ASSERT_TRUE(built.ok()) << kind << ": " << built.status();
    const std::string path = folder_.File("i.faiss");
    ASSERT_TRUE(built->Write(path).ok());
    const auto index = ItemIndex::Open(path);
    ASSERT_TRUE(index.ok()) << kind << ": " << index.status();
    SearchOptions search;
    search.nprobe = 2;
    // All rows, more than there are, and as many as a number can say.
    for (const uint64_t k :
         {kRows, kRows + 1, std::numeric_limits<uint64_t>::max()}) {
      search.k = k;
      const auto hits = index->Search(rows.view(0, 2), search);
      ASSERT_TRUE(hits.ok()) << kind << ": " << hits.status();
      ASSERT_EQ(hits->size(), 2u);
      EXPECT_EQ((*hits)[0].size(), kRows) << kind;
      EXPECT_GT((*hits)[0][0].score, 0.99f) << kind;
    }
    search.k = 0;
    EXPECT_EQ(index->Search(rows.view(0, 1), search).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

INSTANTIATE_TEST_SUITE_P(Dims, ExtremeDimTest, testing::Values(1, 2, 4096));

TEST(ExtremesTest, DimsBeyondTheLimitAreRefused) {
  for (const int dim : {4097, 100000}) {
    const TestMatrix rows(2, dim);
    const absl::Status status =
        ItemIndex::Build(Words(Names(2)), rows.view(), {}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  }
}

TEST(ExtremesTest, KeysOf64KiBComeBackFromEveryFile) {
  const TempFolder folder;
  const std::string longest(Vocabulary::kMaxKeyBytes, 'x');
  const Vocabulary words = Words({"short", longest, longest.substr(1)});
  const TestMatrix rows = ClusteredVectors(3, 4, 0, 1);
  Model model;
  model.info.mode = "test";
  model.vocabulary = words;
  model.input = *EmbeddingTable::Create(3, 4);
  ASSERT_TRUE(WriteModel(model, folder.File("m.embed")).ok());
  const auto read = ReadModel(folder.File("m.embed"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->vocabulary.Find(longest), 1u);
  for (const char* const name : {"vec", "bin"}) {
    const std::string file = folder.File(std::string("v.") + name);
    ASSERT_TRUE(
        WriteVectors(words, rows.view(), *VectorFormatFromName(name), file)
            .ok());
    const auto vectors = ReadVectors(file);
    ASSERT_TRUE(vectors.ok()) << vectors.status();
    EXPECT_EQ(vectors->vocabulary.Find(longest), 1u);
  }
  const std::string path = folder.File("i.faiss");
  ASSERT_TRUE(ItemIndex::Build(words, rows.view(), {})->Write(path).ok());
  auto writer = IndexWriter::Open(path);
  ASSERT_TRUE(writer.ok()) << writer.status();
  const std::string other = longest.substr(1) + 'y';
  ItemChange change;
  change.kind = ItemChange::Kind::kPut;
  change.key = other;
  change.vector = {1, 2, 3, 4};
  ASSERT_TRUE((*writer)->Apply({change}).ok());
  change.key += 'y';
  EXPECT_EQ((*writer)->Apply({change}).code(),
            absl::StatusCode::kInvalidArgument);
  const auto index = ItemIndex::Open(path);
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_EQ(index->num_items(), 4u);
  EXPECT_TRUE(index->Find(longest).has_value());
  EXPECT_TRUE(index->Find(other).has_value());
  EXPECT_FALSE(index->Find(longest + 'x').has_value());
  EXPECT_FALSE(index->Find("").has_value());
}

TEST(ExtremesTest, AnIndexOfNothingIsRefused) {
  const TestMatrix none(0, 4);
  const absl::Status status =
      ItemIndex::Build(Vocabulary(), none.view(), {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
}

// An index that all items were deleted from stays one, and finds nothing.
TEST(ExtremesTest, AnEmptiedIndexFindsNothing) {
  const TempFolder folder;
  const TestMatrix rows = ClusteredVectors(kRows, 8, 0.5f, 1);
  std::vector<ItemChange> gone;
  for (const std::string& name : Names(kRows)) {
    ItemChange change;
    change.kind = ItemChange::Kind::kDelete;
    change.key = name;
    gone.push_back(change);
  }
  for (const bool graph : {false, true}) {
    ItemIndexOptions options;
    if (graph) options.hnsw.emplace();
    const std::string path = folder.File("i.faiss");
    ASSERT_TRUE(ItemIndex::Build(Words(Names(kRows)), rows.view(), options)
                    ->Write(path)
                    .ok());
    ASSERT_TRUE((*IndexWriter::Open(path))->Apply(gone).ok());
    const auto index = ItemIndex::Open(path);
    ASSERT_TRUE(index.ok()) << index.status();
    EXPECT_EQ(index->num_items(), 0u);
    const auto hits = index->Search(rows.view(0, 1), SearchOptions());
    ASSERT_TRUE(hits.ok()) << hits.status();
    EXPECT_TRUE((*hits)[0].empty());
    EXPECT_EQ(index->Compacted(1).status().code(),
              absl::StatusCode::kInvalidArgument);
    // It can be filled again.
    ItemChange change;
    change.kind = ItemChange::Kind::kPut;
    change.key = "new";
    change.vector.assign(rows.row(3), rows.row(3) + 8);
    ASSERT_TRUE((*IndexWriter::Open(path))->Apply({change}).ok());
    EXPECT_EQ(ItemIndex::Open(path)->num_items(), 1u);
  }
}

TEST(ExtremesTest, NoQueriesHaveNoAnswers) {
  const TestMatrix rows = ClusteredVectors(kRows, 8, 0.5f, 1);
  for (const char* const kind : {"flat", "hnsw", "ivf"}) {
    ItemIndexOptions options;
    if (kind[0] == 'h') options.hnsw.emplace();
    if (kind[0] == 'i') options.ivf.emplace();
    const auto index =
        ItemIndex::Build(Words(Names(kRows)), rows.view(), options);
    ASSERT_TRUE(index.ok()) << index.status();
    const auto hits = index->Search(rows.view(0, 0), SearchOptions());
    ASSERT_TRUE(hits.ok()) << hits.status();
    EXPECT_TRUE(hits->empty());
    const auto range = index->RangeSearch(rows.view(0, 0), 0, SearchOptions());
    ASSERT_TRUE(range.ok()) << range.status();
    EXPECT_TRUE(range->empty());
  }
}

TEST(ExtremesTest, AModelOfNothingComesBack) {
  const TempFolder folder;
  Model model;
  model.info.mode = "test";
  ASSERT_TRUE(WriteModel(model, folder.File("m.embed")).ok());
  const auto read = ReadModel(folder.File("m.embed"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->vocabulary.size(), 0u);
}

TEST(ExtremesTest, AGraphOfNothingIsRefused) {
  const TempFolder folder;
  GraphFileOptions options;
  options.path = folder.File("empty.edgelist");
  WriteBytes(options.path, "");
  EXPECT_FALSE(LoadGraph(options).ok());
}

}  // namespace extremes_test
}  // namespace embed
