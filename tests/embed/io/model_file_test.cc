#include "embed/io/model_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>
#include <utility>

#include "absl/types/span.h"
#include "embed/io/container.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace model_file_test {

using ::testing::HasSubstr;

EmbeddingTable Table(uint64_t rows, int dim, uint64_t seed) {
  auto table = EmbeddingTable::Create(rows, dim);
  EXPECT_TRUE(table.ok());
  table->FillUniform(1.0f, seed, 1);
  return *std::move(table);
}

Model WordModel() {
  Model model;
  model.info.mode = "word2vec";
  model.info.seed = ~uint64_t{0};
  model.info.source_name = "corpus \"one\".txt";
  model.info.source_bytes = uint64_t{1} << 60;
  model.info.options = {{"window", "5"}, {"dim", "17"}, {"a", ""}};
  model.vocabulary =
      *Vocabulary::Create({"北京", "two words", "c", "d\n"}, {9, 5, 5, 1});
  model.input = Table(4, 17, 1);
  model.output = Table(4, 17, 2);
  // Values are kept as they are.
  model.input.row(1)[0] = std::numeric_limits<float>::quiet_NaN();
  model.input.row(1)[1] = -0.0f;
  model.input.row(1)[2] = std::numeric_limits<float>::denorm_min();
  return model;
}

Model FeatureModel() {
  Model model = WordModel();
  model.info.mode = "cw2vec";
  model.info.vectors = VectorsFrom::kOutput;
  model.features =
      *FeatureMap::Create({0, 2, 2, 5, 6}, {0, 2, 1, 1, 0, 2},
                          {3, 10, uint64_t{1} << 40}, Compose::kMean);
  model.input = Table(3, 17, 3);
  return model;
}

Model RelationModel() {
  Model model = WordModel();
  model.info.mode = "hin2vec";
  model.output = EmbeddingTable();
  model.relation_keys = *Vocabulary::Create({"by", "by>in", "by>by^-1"},
                                            {7, 7, uint64_t{1} << 40});
  model.relations = Table(3, 17, 4);
  return model;
}

std::string U64(const std::vector<uint64_t>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()),
                     values.size() * sizeof(uint64_t));
}

std::string TableBytes(const EmbeddingTable& table) {
  return std::string(reinterpret_cast<const char*>(table.data()),
                     table.bytes());
}

template <typename T>
std::vector<T> Copy(absl::Span<const T> values) {
  return {values.begin(), values.end()};
}

Model TypedModel() {
  Model model = WordModel();
  EXPECT_TRUE(model.vocabulary.SetTypes({"author", "作者"}, {1, 0, 0, 1}).ok());
  return model;
}

void ExpectSame(const Model& a, const Model& b) {
  EXPECT_EQ(a.info.mode, b.info.mode);
  EXPECT_EQ(a.info.vectors, b.info.vectors);
  EXPECT_EQ(a.info.seed, b.info.seed);
  EXPECT_EQ(a.info.source_name, b.info.source_name);
  EXPECT_EQ(a.info.source_bytes, b.info.source_bytes);
  EXPECT_EQ(a.info.options, b.info.options);
  EXPECT_EQ(a.vocabulary.text(), b.vocabulary.text());
  EXPECT_EQ(a.vocabulary.offsets(), b.vocabulary.offsets());
  EXPECT_EQ(a.vocabulary.counts(), b.vocabulary.counts());
  EXPECT_EQ(a.vocabulary.Find("c"), b.vocabulary.Find("c"));
  EXPECT_EQ(a.vocabulary.type_names(), b.vocabulary.type_names());
  EXPECT_EQ(a.vocabulary.types(), b.vocabulary.types());
  EXPECT_EQ(a.input.dim(), b.input.dim());
  EXPECT_TRUE(TableBytes(a.input) == TableBytes(b.input));
  EXPECT_TRUE(TableBytes(a.output) == TableBytes(b.output));
  EXPECT_EQ(a.features.offsets(), b.features.offsets());
  EXPECT_EQ(a.features.rows(), b.features.rows());
  EXPECT_EQ(a.features.row_keys(), b.features.row_keys());
  EXPECT_EQ(a.features.compose(), b.features.compose());
  EXPECT_EQ(a.relation_keys.text(), b.relation_keys.text());
  EXPECT_EQ(Copy(a.relation_keys.counts()), Copy(b.relation_keys.counts()));
  EXPECT_EQ(TableBytes(a.relations), TableBytes(b.relations));
}

class ModelFileTest : public testing::Test {
 protected:
  void ExpectRoundTrip(const Model& model) {
    const absl::Status written = WriteModel(model, path_);
    ASSERT_TRUE(written.ok()) << written;
    const auto read = ReadModel(path_);
    ASSERT_TRUE(read.ok()) << read.status();
    ExpectSame(model, *read);
  }

  TempFolder folder_;
  const std::string path_ = folder_.File("m.embed");
};

TEST_F(ModelFileTest, RoundTrips) {
  ExpectRoundTrip(WordModel());
  ExpectRoundTrip(FeatureModel());
  ExpectRoundTrip(TypedModel());
  ExpectRoundTrip(RelationModel());
  ExpectRoundTrip(Model());
  Model only_input = WordModel();
  only_input.output = EmbeddingTable();
  ExpectRoundTrip(only_input);
  Model only_output = FeatureModel();
  only_output.input = EmbeddingTable();
  ExpectRoundTrip(only_output);
}

// Rows without keys have no section for them; the vectors are composed again.
TEST_F(ModelFileTest, ComposedVectorsAreMadeAnew) {
  Model model = WordModel();
  model.info.vectors = VectorsFrom::kComposed;
  model.features = *FeatureMap::CreateWithoutKeys(
      {0, 2, 2, 5, 6}, {0, 2, 1, 1, 0, 2}, 3, Compose::kMean);
  model.input = Table(3, 17, 3);
  const std::string path = folder_.File("composed.embed");
  ASSERT_TRUE(WriteModel(model, path).ok());
  const auto read = ReadModel(path);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->features.row_keys().empty());
  EXPECT_EQ(read->features.num_rows(), 3u);
  ASSERT_EQ(read->vectors().rows, 4u);
  for (int c = 0; c < 17; ++c) {
    EXPECT_FLOAT_EQ(read->vectors().row(0)[c],
                    (model.input.row(0)[c] + model.input.row(2)[c]) / 2);
    EXPECT_EQ(read->vectors().row(1)[c], 0);
  }
}

TEST_F(ModelFileTest, SameModelGivesSameBytes) {
  ASSERT_TRUE(WriteModel(FeatureModel(), path_).ok());
  const std::string first = ReadBytes(path_);
  const Model fresh = FeatureModel();
  const auto read = ReadModel(path_);
  ASSERT_TRUE(read.ok());
  for (const Model& model : {std::cref(fresh), std::cref(*read)}) {
    ASSERT_TRUE(WriteModel(model, folder_.File("again")).ok());
    EXPECT_TRUE(ReadBytes(folder_.File("again")) == first);
  }
}

TEST_F(ModelFileTest, TextThatIsNotUtf8StaysReadable) {
  Model model = WordModel();
  model.info.source_name =
      "a\xff"
      "b";
  ASSERT_TRUE(WriteModel(model, path_).ok());
  const auto read = ReadModel(path_);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->info.source_name,
            "a\xef\xbf\xbd"
            "b");
}

TEST_F(ModelFileTest, WriterRefusesPartsThatDoNotFit) {
  std::vector<Model> bad(9);
  for (Model& model : bad) model = FeatureModel();
  bad[0].input = Table(4, 17, 1);             // rows are not the features'
  bad[1].output = Table(3, 17, 1);            // rows are not the keys'
  bad[2].output = Table(4, 16, 1);            // another dim
  bad[3].info.vectors = VectorsFrom::kInput;  // features are not keys
  bad[4].output = EmbeddingTable();           // the wanted vectors are missing
  bad[5].vocabulary = *Vocabulary::Create({"a"}, {1});
  bad[6] = WordModel();
  bad[6].input = EmbeddingTable();
  bad[7] = RelationModel();
  bad[7].relations = Table(2, 17, 1);  // rows are not the relations'
  bad[8] = RelationModel();
  bad[8].relations = Table(3, 16, 1);  // another dim
  for (size_t i = 0; i < bad.size(); ++i) {
    EXPECT_EQ(WriteModel(bad[i], path_).code(),
              absl::StatusCode::kInvalidArgument)
        << i;
  }
  EXPECT_TRUE(folder_.Names().empty());
}

TEST_F(ModelFileTest, AnyChangedByteOrCutIsDataLoss) {
  ASSERT_TRUE(WriteModel(FeatureModel(), path_).ok());
  const std::string good = ReadBytes(path_);
  for (size_t i = 0; i < good.size(); ++i) {
    PatchByte(path_, i, static_cast<char>(good[i] ^ (1 << (i % 8))));
    ASSERT_EQ(ReadModel(path_).status().code(), absl::StatusCode::kDataLoss)
        << i;
    PatchByte(path_, i, good[i]);
  }
  ASSERT_TRUE(ReadModel(path_).ok());
  for (size_t length = good.size(); length-- > 0;) {
    std::filesystem::resize_file(path_, length);
    ASSERT_EQ(ReadModel(path_).status().code(), absl::StatusCode::kDataLoss)
        << length;
  }
}

// Sections with right checksums and wrong contents.
class ForgedModelTest : public ModelFileTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(WriteModel(FeatureModel(), path_).ok());
    const auto container = Container::Open(path_, ContainerKind::kModel);
    ASSERT_TRUE(container.ok());
    for (const char* name :
         {"info", "key_text", "key_offsets", "counts", "input", "output",
          "feature_offsets", "feature_rows", "feature_keys"}) {
      const auto bytes = container->Bytes(name);
      ASSERT_TRUE(bytes.ok()) << bytes.status();
      sections_[name] = std::string(bytes->begin(), bytes->end());
    }
  }

  // Writes the sections with one of them replaced; "" as name: as they are.
  absl::Status ReadWith(const std::string& name, const std::string& bytes) {
    auto sections = sections_;
    if (!name.empty()) sections[name] = bytes;
    ContainerWriter writer(ContainerKind::kModel);
    for (const auto& section : sections) {
      writer.Add(section.first, section.second.data(), section.second.size());
    }
    EXPECT_TRUE(writer.Write(path_).ok());
    return ReadModel(path_).status();
  }

  void ExpectDamaged(const std::string& name, const std::string& bytes,
                     const std::string& message) {
    const absl::Status status = ReadWith(name, bytes);
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << name << bytes;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
    EXPECT_THAT(std::string(status.message()), HasSubstr(path_));
  }

  std::string Replaced(const std::string& name, const std::string& from,
                       const std::string& to) {
    std::string text = sections_[name];
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from << " in " << text;
    return text.replace(at, from.size(), to);
  }

  std::string WithNumber(const std::string& name, size_t index,
                         uint64_t value) {
    std::string bytes = sections_[name];
    std::memcpy(&bytes[index * 8], &value, 8);
    return bytes;
  }

  std::map<std::string, std::string> sections_;
};

TEST_F(ForgedModelTest, OrderAndUnknownSectionsDoNotMatter) {
  EXPECT_TRUE(ReadWith("", "").ok());
  EXPECT_TRUE(ReadWith("of_a_later_version", "abc").ok());
}

TEST_F(ForgedModelTest, BadInfo) {
  ExpectDamaged("info", "", "JSON");
  ExpectDamaged("info", "{", "JSON");
  ExpectDamaged("info", "[1]", "JSON");
  ExpectDamaged("info", std::string(100000, '['), "JSON");
  ExpectDamaged("info", Replaced("info", "\"seed\"", "\"sead\""), "seed");
  ExpectDamaged("info", Replaced("info", "\"keys\":4", "\"keys\":-4"), "keys");
  ExpectDamaged("info", Replaced("info", "\"keys\":4", "\"keys\":4.5"), "keys");
  ExpectDamaged("info", Replaced("info", "\"keys\":4", "\"keys\":5"), "ids");
  ExpectDamaged("info",
                Replaced("info", "\"keys\":4", "\"keys\":18446744073709551615"),
                "keys");
  ExpectDamaged("info", Replaced("info", "\"dim\":17", "\"dim\":0"), "dim");
  ExpectDamaged("info", Replaced("info", "\"dim\":17", "\"dim\":33"),
                "section input");
  ExpectDamaged("info", Replaced("info", "\"dim\":17", "\"dim\":4294967313"),
                "dim");
  ExpectDamaged("info", Replaced("info", "\"output\"", "\"neither\""),
                "vectors");
  ExpectDamaged("info", Replaced("info", "\"mean\"", "7"), "features.compose");
  ExpectDamaged("info", Replaced("info", "\"window\":\"5\"", "\"window\":5"),
                "options.window");
  ExpectDamaged("info", Replaced("info", "\"entries\":6", "\"entries\":7"),
                "feature_rows");
}

TEST_F(ForgedModelTest, BadKeys) {
  const uint64_t huge = ~uint64_t{0};
  ExpectDamaged("key_text", sections_["key_text"] + "x", "key_offsets");
  ExpectDamaged("key_offsets", WithNumber("key_offsets", 0, 1), "key_offsets");
  ExpectDamaged("key_offsets", WithNumber("key_offsets", 1, huge), "key 0");
  ExpectDamaged("key_offsets", WithNumber("key_offsets", 2, 1), "key 1");
  ExpectDamaged("key_offsets", WithNumber("key_offsets", 4, huge), "offsets");
  ExpectDamaged("key_offsets", sections_["key_offsets"] + "x", "has 41 bytes");
  ExpectDamaged("counts", "", "has 0 bytes, expected 4 values of 8");
}

TEST_F(ForgedModelTest, BadTypes) {
  const auto with_types = [&](const std::string& names) {
    return Replaced("info", "\"vectors\"",
                    "\"types\":" + names + ",\"vectors\"");
  };
  ExpectDamaged("info", with_types("[\"a\",\"b\"]"), "types");
  sections_["types"] = std::string("\0\0\1\0\1\0\0\0", 8);
  EXPECT_TRUE(ReadWith("info", with_types("[\"a\",\"b\"]")).ok());
  ExpectDamaged("info", with_types("[\"a\"]"), "key 1 has type 1");
  ExpectDamaged("info", with_types("[\"a\",\"a\"]"), "'a' is empty or given");
  ExpectDamaged("info", with_types("[\"a\",1]"), "a list of texts");
  ExpectDamaged("info", with_types("{}"), "a list of texts");
}

TEST_F(ForgedModelTest, BadTables) {
  ExpectDamaged("input", sections_["output"], "section input");
  ExpectDamaged("output", "", "section output");
  std::string unpadded = sections_["output"];
  unpadded[unpadded.size() - 1] = 1;
  ExpectDamaged("output", unpadded, "row 3 is not padded");
}

TEST_F(ForgedModelTest, BadFeatures) {
  ExpectDamaged("feature_offsets", WithNumber("feature_offsets", 2, 1),
                "feature offset 2");
  ExpectDamaged("feature_offsets",
                WithNumber("feature_offsets", 1, ~uint64_t{0}),
                "feature offset 2");
  ExpectDamaged("feature_keys", WithNumber("feature_keys", 1, 3), "key 1");
  ExpectDamaged("feature_rows", WithNumber("feature_rows", 0, 3), "row 3");
}

TEST_F(ForgedModelTest, BadRelations) {
  const std::string info =
      Replaced("info", "\"seed\"", "\"relations\":2,\"seed\"");
  ExpectDamaged("info", info, "relation_text: is missing");
  sections_["info"] = info;
  sections_["relation_text"] = "ab>a";
  sections_["relation_offsets"] = U64({0, 1, 4});
  sections_["relation_counts"] = U64({5, 2});
  sections_["relations"] = std::string(2 * 32 * sizeof(float), '\0');
  EXPECT_TRUE(ReadWith("relation_text", "ab>a").ok());
  ExpectDamaged("relation_text", "aa>a ", "relation_offsets");
  ExpectDamaged("relation_offsets", U64({0, 0, 4}), "relation_offsets");
  ExpectDamaged("relation_counts", U64({5}), "expected 2 values");
  ExpectDamaged("relations", std::string(32 * sizeof(float), '\0'),
                "section relations");
}

TEST_F(ForgedModelTest, MissingSections) {
  for (const auto& section : sections_) {
    ContainerWriter writer(ContainerKind::kModel);
    for (const auto& other : sections_) {
      if (other.first == section.first) continue;
      writer.Add(other.first, other.second.data(), other.second.size());
    }
    ASSERT_TRUE(writer.Write(path_).ok());
    const absl::Status status = ReadModel(path_).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(std::string(status.message()),
                HasSubstr(section.first + ": is missing"));
  }
}

}  // namespace model_file_test
}  // namespace embed
