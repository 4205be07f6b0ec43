#include "embed/io/fasttext_file.h"

#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace fasttext_file_test {

using testing::HasSubstr;

template <typename T>
void Put(T value, std::string* bytes) {
  bytes->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

// What a file says of itself; the defaults are a good one of two words.
struct Fields {
  int32_t magic = 793712314;
  int32_t version = 12;
  int32_t dim = 3;
  int32_t loss = 2;
  int32_t model = 2;
  int32_t buckets = 2;
  int32_t min_n = 3;
  int32_t max_n = 6;
  int32_t entries = 2;
  int32_t words = 2;
  int32_t labels = 0;
  int64_t pruned = -1;
  std::vector<std::string> texts = {"the", "北京"};
  int64_t count = 7;
  int8_t type = 0;
  uint8_t quantised = 0;
  int64_t input_rows = 4;
  int64_t output_rows = 2;
};

std::string FileOf(const Fields& f) {
  std::string bytes;
  for (const int32_t value : {f.magic, f.version, f.dim, 5, 4, 1, 6, 1, f.loss,
                              f.model, f.buckets, f.min_n, f.max_n, 100}) {
    Put(value, &bytes);
  }
  Put(1e-4, &bytes);
  for (const int32_t value : {f.entries, f.words, f.labels}) Put(value, &bytes);
  Put(int64_t{100}, &bytes);
  Put(f.pruned, &bytes);
  for (const std::string& text : f.texts) {
    bytes += text + '\0';
    Put(f.count, &bytes);
    Put(f.type, &bytes);
  }
  float value = 0;
  for (const int64_t rows : {f.input_rows, f.output_rows}) {
    Put(f.quantised, &bytes);
    Put(rows, &bytes);
    Put(int64_t{f.dim}, &bytes);
    for (int64_t i = 0; i < std::min<int64_t>(rows, 10) * f.dim; ++i) {
      Put(value++, &bytes);
    }
  }
  return bytes;
}

class FasttextFileTest : public testing::Test {
 protected:
  std::string Write(const std::string& bytes) {
    const std::string path = folder_.File("m.bin");
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  TempFolder folder_;
};

TEST_F(FasttextFileTest, ReadsWordsTablesAndOptions) {
  for (const int32_t version : {11, 12}) {
    Fields fields;
    fields.version = version;
    const std::string path = Write(FileOf(fields));
    EXPECT_TRUE(*IsFasttextFile(path));
    const auto model = ReadFasttext(path);
    ASSERT_TRUE(model.ok()) << model.status();
    EXPECT_EQ(model->vocabulary.size(), 2u);
    EXPECT_EQ(model->vocabulary.key(1), "北京");
    EXPECT_EQ(model->vocabulary.count(0), 7u);
    EXPECT_EQ(model->min_n, 3);
    EXPECT_EQ(model->max_n, 6);
    EXPECT_EQ(model->buckets, 2u);
    ASSERT_EQ(model->input.rows(), 4u);
    ASSERT_EQ(model->output.rows(), 2u);
    EXPECT_EQ(model->input.row(3)[2], 11);
    EXPECT_EQ(model->output.row(0)[0], 12);
    EXPECT_EQ(model->options.at("window"), "5");
    EXPECT_EQ(model->options.at("epochs"), "4");
    EXPECT_EQ(model->options.at("loss"), "ns");
    EXPECT_EQ(model->options.at("subsample"), "0.0001");
  }
}

TEST_F(FasttextFileTest, RefusesOtherKindsOfModels) {
  const std::vector<std::pair<std::function<void(Fields*)>, const char*>>
      kinds = {
          {[](Fields* f) { f->magic = 5; }, "not a fastText model"},
          {[](Fields* f) { f->version = 10; }, "version 10, expected 11 or 12"},
          {[](Fields* f) { f->version = 13; }, "version 13, expected 11 or 12"},
          {[](Fields* f) { f->model = 3; }, "supervised"},
          {[](Fields* f) { f->quantised = 1; }, "quantised"},
          {[](Fields* f) { f->dim = 5000; }, "dim is 5000"},
          {[](Fields* f) { f->max_n = 1000000000; }, "up to 1000000000"},
          {[](Fields* f) { f->pruned = 0; }, "pruned"}};
  for (const auto& [change, message] : kinds) {
    Fields fields;
    change(&fields);
    const absl::Status status = ReadFasttext(Write(FileOf(fields))).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
    EXPECT_THAT(std::string(status.message()), HasSubstr("m.bin"));
  }
}

TEST_F(FasttextFileTest, SaysWhatIsDamaged) {
  const std::vector<std::pair<std::function<void(Fields*)>, const char*>>
      damages = {
          {[](Fields* f) { f->model = 9; }, "kind of model is 9"},
          {[](Fields* f) { f->dim = -3; }, "dim -3"},
          {[](Fields* f) { f->buckets = -1; }, "buckets -1"},
          {[](Fields* f) { f->words = f->entries = 2000000000; }, "no room"},
          {[](Fields* f) { f->words = -1; }, "-1 words"},
          {[](Fields* f) { f->labels = 1; }, "1 labels"},
          {[](Fields* f) {
             f->texts = {"a", "a"};
           },
           "'a' is given twice"},
          {[](Fields* f) {
             f->texts = {"a", ""};
           },
           "empty"},
          {[](Fields* f) { f->count = -7; }, "count -7"},
          {[](Fields* f) { f->type = 1; }, "type 1"},
          {[](Fields* f) { f->input_rows = 5; },
           "5 rows of 3 numbers, expected 4"},
          {[](Fields* f) {
             f->buckets = 2000000000;
             f->input_rows = 2000000002;
           },
           "ends within the input table"},
          {[](Fields* f) { f->output_rows = 1; },
           "the output table has 1 rows"}};
  for (const auto& [change, message] : damages) {
    Fields fields;
    change(&fields);
    const absl::Status status = ReadFasttext(Write(FileOf(fields))).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
  }
}

TEST_F(FasttextFileTest, EveryCutIsNoticed) {
  const std::string whole = FileOf(Fields());
  for (size_t size = 0; size < whole.size(); ++size) {
    const absl::Status status =
        ReadFasttext(Write(whole.substr(0, size))).status();
    EXPECT_FALSE(status.ok()) << size;
    EXPECT_EQ(status.code(), size < 4 ? absl::StatusCode::kInvalidArgument
                                      : absl::StatusCode::kDataLoss)
        << size << " " << status;
  }
}

TEST_F(FasttextFileTest, OtherFilesAreNone) {
  EXPECT_FALSE(*IsFasttextFile(Write("2 3\na ")));
  EXPECT_FALSE(*IsFasttextFile(Write("")));
  EXPECT_EQ(IsFasttextFile(folder_.File("none.bin")).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace fasttext_file_test
}  // namespace embed
