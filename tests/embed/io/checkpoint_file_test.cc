#include "embed/io/checkpoint_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "embed/io/container.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace checkpoint_file_test {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const TrainingIdentity kIdentity = {
    {"dim", "24"}, {"mode", "word2vec"}, {"seed", "1"}};

class CheckpointFileTest : public testing::Test {
 protected:
  CheckpointFileTest() {
    for (int i = 0; i < 1000; ++i) {
      input_.push_back(std::sin(static_cast<float>(i)));
    }
    input_[3] = std::nanf("");  // kept as it is
  }

  Checkpoint Sample() const {
    Checkpoint checkpoint;
    checkpoint.position.next_unit = 7;
    checkpoint.position.units = 12;
    // Sums of doubles that have no short decimal form.
    checkpoint.position.total = {100, 200, 1.0 / 3 + 1e7};
    checkpoint.position.epoch = {10, ~uint64_t{0}, std::sqrt(2.0)};
    checkpoint.position.seconds = 0.1 + 0.2;
    checkpoint.position.epoch_seconds = 1e-9;
    checkpoint.arrays = {{"input", absl::MakeConstSpan(input_)},
                         {"output", absl::MakeConstSpan(output_)},
                         {"none", {}}};
    checkpoint.extra = std::string("any\0\xFF", 5);
    return checkpoint;
  }

  void Write(const TrainingIdentity& identity = kIdentity) {
    ASSERT_TRUE(WriteCheckpoint(Sample(), identity, path_).ok());
  }

  std::string ErrorOf(const std::string& bytes) {
    WriteBytes(path_, bytes);
    const absl::Status status = CheckpointFile::Open(path_).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(path_));
    return std::string(status.message());
  }

  TempFolder folder_;
  const std::string path_ = folder_.File("x.checkpoint");
  std::vector<float> input_;
  std::vector<float> output_ = {1, 2, 3};
};

TEST_F(CheckpointFileTest, GivesBackWhatWasWritten) {
  Write();
  const auto file = CheckpointFile::Open(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  const Checkpoint expected = Sample();
  const Checkpoint& found = file->checkpoint();
  EXPECT_EQ(found.position.next_unit, 7u);
  EXPECT_EQ(found.position.units, 12u);
  EXPECT_EQ(found.position.total.tokens, 100u);
  EXPECT_EQ(found.position.total.examples, 200u);
  EXPECT_EQ(found.position.total.loss, expected.position.total.loss);
  EXPECT_EQ(found.position.epoch.examples, ~uint64_t{0});
  EXPECT_EQ(found.position.epoch.loss, std::sqrt(2.0));
  EXPECT_EQ(found.position.seconds, 0.1 + 0.2);
  EXPECT_EQ(found.position.epoch_seconds, 1e-9);
  EXPECT_EQ(found.extra, expected.extra);
  EXPECT_EQ(file->identity(), kIdentity);
  ASSERT_EQ(found.arrays.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    const auto& [name, values] = expected.arrays[i];
    EXPECT_EQ(found.arrays[i].name, name);
    ASSERT_EQ(found.arrays[i].values.size(), values.size());
    for (size_t v = 0; v < values.size(); ++v) {
      EXPECT_EQ(std::memcmp(&found.arrays[i].values[v], &values[v], 4), 0);
    }
  }
}

TEST_F(CheckpointFileTest, ReplacesTheOlderOneAtOnce) {
  Write({{"dim", "1"}});
  Write({{"dim", "2"}});
  EXPECT_EQ(CheckpointFile::Open(path_)->identity().at("dim"), "2");
  EXPECT_EQ(folder_.Names(), std::vector<std::string>{"x.checkpoint"});
}

TEST_F(CheckpointFileTest, SaysThatThereIsNone) {
  EXPECT_EQ(CheckpointFile::Open(folder_.File("none")).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(CheckpointFileTest, NoticesEveryCutAndEveryFlippedBit) {
  Write();
  const std::string whole = ReadBytes(path_);
  for (size_t size = 0; size < whole.size(); size += size < 600 ? 1 : 97) {
    ErrorOf(whole.substr(0, size));
  }
  for (size_t place = 0; place < whole.size(); place += place < 600 ? 1 : 31) {
    std::string bytes = whole;
    bytes[place] = static_cast<char>(bytes[place] ^ (1 << place % 8));
    ErrorOf(bytes);
  }
}

TEST_F(CheckpointFileTest, RefusesOtherContainers) {
  ContainerWriter writer(ContainerKind::kModel);
  ASSERT_TRUE(writer.Write(path_).ok());
  EXPECT_THAT(ErrorOf(ReadBytes(path_)),
              HasSubstr("is a model, expected a checkpoint"));
}

// A whole container with an info that is not ours.
TEST_F(CheckpointFileTest, RefusesAnInfoThatDoesNotFit) {
  const std::string stats = R"({"tokens":1,"examples":1,"loss":1})";
  const std::string tail = R"(,"next_unit":1,"units":2,"seconds":1,)"
                           R"("epoch_seconds":1,"total":)" +
                           stats + R"(,"epoch":)" + stats + "}";
  const std::vector<std::pair<std::string, std::string>> infos = {
      {"", "next_unit"},
      {"[]", "next_unit"},
      {"{}", "next_unit"},
      {R"({"arrays":[],"identity":{"a":1})" + tail, "identity"},
      {R"({"arrays":[],"identity":7)" + tail, "identity"},
      {R"({"arrays":7,"identity":{})" + tail, "arrays"},
      {R"({"arrays":[7],"identity":{})" + tail, "name"},
      {R"({"arrays":[{"name":"input","values":-1}],"identity":{})" + tail,
       "values"},
      {R"({"arrays":[{"name":"input","values":1e30}],"identity":{})" + tail,
       "values"},
      {R"({"arrays":[{"name":"input","values":4}],"identity":{})" + tail,
       "section input"},
      {R"({"arrays":[{"name":"input","values":4611686018427387905}],)"
       R"("identity":{})" +
           tail,
       "section input"},
      {R"({"arrays":[{"name":"other","values":1}],"identity":{})" + tail,
       "section other"}};
  for (const auto& [info, message] : infos) {
    ContainerWriter writer(ContainerKind::kCheckpoint);
    writer.Add("info", info.data(), info.size());
    writer.Add("extra", nullptr, 0);
    writer.Add("input", output_.data(), 4);
    ASSERT_TRUE(writer.Write(path_).ok());
    EXPECT_THAT(ErrorOf(ReadBytes(path_)), HasSubstr(message)) << info;
  }
}

TEST_F(CheckpointFileTest, NamesWhatDiffersFromAnotherTraining) {
  Write();
  const auto file = CheckpointFile::Open(path_);
  EXPECT_TRUE(file->CheckIdentity(kIdentity).ok());
  const auto difference = [&](const TrainingIdentity& wanted) {
    const absl::Status status = file->CheckIdentity(wanted);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    return std::string(status.message());
  };
  EXPECT_THAT(difference({{"dim", "48"}, {"mode", "word2vec"}, {"seed", "1"}}),
              AllOf(HasSubstr(path_), HasSubstr("dim was 24 and is 48"),
                    Not(HasSubstr("seed"))));
  EXPECT_THAT(difference({{"dim", "24"}, {"mode", "word2vec"}}),
              HasSubstr("seed was 1 and is nothing"));
  EXPECT_THAT(
      difference({{"a", "1"},
                  {"b", "2"},
                  {"dim", "24"},
                  {"mode", "word2vec"},
                  {"seed", "2"},
                  {"z", "0"}}),
      AllOf(HasSubstr("a was nothing and is 1"), HasSubstr("and 1 more")));
}

// Such as the name of a file.
TEST_F(CheckpointFileTest, ValuesThatAreNotUtf8AreTheSameAgain) {
  const TrainingIdentity identity = {{"pairs", "a\xFFz"}};
  Write(identity);
  const auto file = CheckpointFile::Open(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->CheckIdentity(identity).ok());
  EXPECT_FALSE(file->CheckIdentity({{"pairs", "az"}}).ok());
}

TEST_F(CheckpointFileTest, RefusesNamesThatCannotBeSections) {
  for (const char* name : {"", "UPPER", "info", "extra"}) {
    Checkpoint checkpoint = Sample();
    checkpoint.arrays[0].name = name;
    EXPECT_EQ(WriteCheckpoint(checkpoint, kIdentity, path_).code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(folder_.Names().empty());
  }
}

}  // namespace checkpoint_file_test
}  // namespace embed
