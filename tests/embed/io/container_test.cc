#include "embed/io/container.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#define XXH_INLINE_ALL  // the hash without this project's wrapper
#include <xxhash.h>

#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace container_test {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Positions of embed/io/FORMAT.md, written out by hand.
constexpr size_t kVersionAt = 8;
constexpr size_t kEndianAt = 12;
constexpr size_t kHeaderBytesAt = 16;
constexpr size_t kCountAt = 32;
constexpr size_t kTableAt = 40;
constexpr size_t kEntryBytes = 48;

template <typename T>
T Get(const std::string& bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

template <typename T>
void Put(std::string* bytes, size_t offset, T value) {
  std::memcpy(&(*bytes)[offset], &value, sizeof(value));
}

// Makes the header's hash right again, as a forger would.
void Sign(std::string* bytes) {
  const uint64_t hashed = Get<uint64_t>(*bytes, kHeaderBytesAt) - 8;
  Put<uint64_t>(bytes, hashed, XXH3_64bits(bytes->data(), hashed));
}

class ContainerTest : public testing::Test {
 protected:
  // Three sections: one that needs padding, an empty one, an aligned one.
  std::string Sample() {
    ContainerWriter writer(ContainerKind::kModel);
    writer.Add("text", text_.data(), text_.size());
    writer.Add("nothing", nullptr, 0);
    writer.Add("numbers", absl::MakeConstSpan(numbers_));
    EXPECT_TRUE(writer.Write(path_).ok());
    return ReadBytes(path_);
  }

  absl::Status OpenBytes(const std::string& bytes,
                         Container::Verify verify = Container::Verify::kAll) {
    WriteBytes(path_, bytes);
    return Container::Open(path_, ContainerKind::kModel, verify).status();
  }

  TempFolder folder_;
  const std::string path_ = folder_.File("sample");
  const std::string text_ = "hello";
  const std::vector<uint64_t> numbers_ = {1, 2, 3, ~uint64_t{0}};
};

void ExpectDataLoss(const absl::Status& status, const std::string& message) {
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(message));
}

TEST_F(ContainerTest, GivesBackWhatWasWritten) {
  Sample();
  for (const auto verify :
       {Container::Verify::kAll, Container::Verify::kHeader}) {
    const auto container =
        Container::Open(path_, ContainerKind::kModel, verify);
    ASSERT_TRUE(container.ok()) << container.status();
    EXPECT_TRUE(container->Has("nothing"));
    EXPECT_FALSE(container->Has("other"));
    const auto text = container->Bytes("text");
    ASSERT_TRUE(text.ok());
    EXPECT_EQ(std::string(text->begin(), text->end()), text_);
    const auto numbers = container->Array<uint64_t>("numbers", 4);
    ASSERT_TRUE(numbers.ok());
    EXPECT_EQ(*numbers, absl::MakeConstSpan(numbers_));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(numbers->data()) % 64, 0u);
    EXPECT_TRUE(container->Array<uint64_t>("nothing", 0).ok());
  }
}

TEST_F(ContainerTest, LayoutIsTheDocumentedOne) {
  const std::string bytes = Sample();
  EXPECT_EQ(bytes.substr(0, 8),
            "\x89"
            "EMBM\r\n\x1a");
  EXPECT_EQ(Get<uint32_t>(bytes, kVersionAt), 1u);
  EXPECT_EQ(bytes.substr(kEndianAt, 4), "\x04\x03\x02\x01");
  const size_t header_bytes = kTableAt + 3 * kEntryBytes + 8;
  EXPECT_EQ(Get<uint64_t>(bytes, kHeaderBytesAt), header_bytes);
  EXPECT_EQ(Get<uint64_t>(bytes, 24), bytes.size());
  EXPECT_EQ(Get<uint64_t>(bytes, kCountAt), 3u);
  EXPECT_EQ(Get<uint64_t>(bytes, header_bytes - 8),
            XXH3_64bits(bytes.data(), header_bytes - 8));
  EXPECT_STREQ(bytes.data() + kTableAt, "text");
  EXPECT_EQ(Get<uint64_t>(bytes, kTableAt + 24), 192u);
  EXPECT_EQ(Get<uint64_t>(bytes, kTableAt + 32), text_.size());
  EXPECT_EQ(Get<uint64_t>(bytes, kTableAt + 40),
            XXH3_64bits(text_.data(), text_.size()));
  EXPECT_EQ(Get<uint64_t>(bytes, kTableAt + kEntryBytes + 24), 256u);
  EXPECT_EQ(Get<uint64_t>(bytes, kTableAt + 2 * kEntryBytes + 24), 256u);
  EXPECT_EQ(bytes.size(), 256 + numbers_.size() * 8);
}

// Version 1 as first released: must stay readable.
TEST_F(ContainerTest, ReadsVersionOne) {
  const std::string golden = absl::HexStringToBytes(
      "89454d424d0d0a1a010000000403020160000000000000008300000000000000"
      "0100000000000000616263000000000000000000000000000000000000000000"
      "800000000000000003000000000000001f1f416f65d2766224c8b53f15c15857"
      "0000000000000000000000000000000000000000000000000000000000000000"
      "78797a");
  ASSERT_TRUE(OpenBytes(golden).ok());
  const auto container = Container::Open(path_, ContainerKind::kModel);
  const auto bytes = container->Bytes("abc");
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(std::string(bytes->begin(), bytes->end()), "xyz");
}

// Of an index there are three versions, of a model there is one.
TEST_F(ContainerTest, ReadsTheVersionsOfItsKind) {
  for (const ContainerKind kind :
       {ContainerKind::kModel, ContainerKind::kIndex}) {
    const uint32_t newest = kind == ContainerKind::kIndex ? 3 : 1;
    for (uint32_t version = 0; version <= 4; ++version) {
      ContainerWriter writer(kind, version);
      writer.Add("abc", "xyz", 3);
      ASSERT_TRUE(writer.Write(path_).ok());
      EXPECT_EQ(Get<uint32_t>(ReadBytes(path_), kVersionAt), version);
      const absl::Status status = Container::Open(path_, kind).status();
      if (version >= 1 && version <= newest) {
        EXPECT_TRUE(status.ok()) << status;
      } else {
        ExpectDataLoss(status,
                       absl::StrCat("format version ", version,
                                    version == 0 ? " does not exist, expected 1"
                                                 : " is newer than this"));
      }
    }
  }
}

TEST_F(ContainerTest, AnyChangedByteIsNoticed) {
  const std::string good = Sample();
  for (size_t i = 0; i < good.size(); ++i) {
    for (const int flipped : {1 << (i % 8), 0x80, 0xFF}) {
      PatchByte(path_, i, static_cast<char>(good[i] ^ flipped));
      ASSERT_EQ(Container::Open(path_, ContainerKind::kModel).status().code(),
                absl::StatusCode::kDataLoss)
          << "byte " << i << " flipped by " << flipped;
    }
    PatchByte(path_, i, good[i]);
  }
  EXPECT_TRUE(Container::Open(path_, ContainerKind::kModel).ok());
}

TEST_F(ContainerTest, AnyCutIsNoticed) {
  const std::string good = Sample();
  for (size_t length = good.size(); length-- > 0;) {
    std::filesystem::resize_file(path_, length);
    for (const auto verify :
         {Container::Verify::kAll, Container::Verify::kHeader}) {
      ExpectDataLoss(
          Container::Open(path_, ContainerKind::kModel, verify).status(),
          "cut off");
    }
  }
  ExpectDataLoss(OpenBytes(good + '\0'), "too long");
}

TEST_F(ContainerTest, MessagesSayWhatIsWrong) {
  const std::string good = Sample();
  ExpectDataLoss(OpenBytes(good.substr(0, 200)),
                 "cut off: 200 bytes, expected 288");
  ExpectDataLoss(OpenBytes("just some text"), "is not a model");
  std::string bad = good;
  Put<uint32_t>(&bad, kVersionAt, 7);
  ExpectDataLoss(OpenBytes(bad), "version 7 is newer");
  bad = good;
  Put<uint32_t>(&bad, kEndianAt, 0x04030201);
  ExpectDataLoss(OpenBytes(bad), "other byte order");
  bad = good;
  bad[192] = 'J';
  ExpectDataLoss(OpenBytes(bad), "section text at byte 192");
  bad = good;
  bad[200] = 1;
  ExpectDataLoss(OpenBytes(bad), "byte 200: padding");
  WriteBytes(path_, good);
  const auto index = Container::Open(path_, ContainerKind::kIndex);
  ExpectDataLoss(index.status(), "is a model, expected an index");
  ExpectDataLoss(index.status(), path_);
}

TEST_F(ContainerTest, HeaderOnlyLeavesSectionsUnread) {
  std::string bad = Sample();
  bad[192] = 'J';
  EXPECT_TRUE(OpenBytes(bad, Container::Verify::kHeader).ok());
}

// A header with a right checksum and wrong contents.
TEST_F(ContainerTest, ForgedHeadersAreRefused) {
  const std::string good = Sample();
  const size_t second = kTableAt + kEntryBytes;
  struct Forgery {
    size_t offset;
    uint64_t value;
    const char* message;
  };
  const Forgery forgeries[] = {
      {kTableAt + 24, 0, "expected 192"},             // into the header
      {kTableAt + 24, 193, "expected 192"},           // not aligned
      {kTableAt + 24, 1 << 30, "expected 192"},       // beyond the end
      {kTableAt + 32, 1 << 30, "of a file of"},       // too large
      {kTableAt + 32, ~uint64_t{0}, "of a file of"},  // wraps around
      {kTableAt + 32, 90, "expected 320"},            // over the next one
      {second + 24, 192, "expected 256"},             // over the one before
      {second, 0, "name"},                            // no name
      {second, 0x41, "name"},                         // not a valid one
      {second, 0x74786574, "name"},                   // "text", given twice
      {second + 16, uint64_t{0x61} << 56, "name"},    // no end
  };
  for (const Forgery& forgery : forgeries) {
    for (const auto verify :
         {Container::Verify::kAll, Container::Verify::kHeader}) {
      std::string bad = good;
      Put<uint64_t>(&bad, forgery.offset, forgery.value);
      Sign(&bad);
      if (forgery.value == 90 && verify == Container::Verify::kAll) continue;
      ExpectDataLoss(OpenBytes(bad, verify), forgery.message);
    }
  }
}

TEST_F(ContainerTest, HugeCountsAskForNoMemory) {
  for (const uint64_t count : {uint64_t{2}, uint64_t{1024}, uint64_t{1025},
                               uint64_t{1} << 60, ~uint64_t{0}}) {
    std::string bad = Sample();
    Put<uint64_t>(&bad, kCountAt, count);
    ExpectDataLoss(OpenBytes(bad), "sections");
    Put<uint64_t>(&bad, kHeaderBytesAt, count * kEntryBytes + 48);
    EXPECT_EQ(OpenBytes(bad).code(), absl::StatusCode::kDataLoss);
  }
}

TEST_F(ContainerTest, WrongSizesAndNamesAreErrors) {
  Sample();
  const auto container = Container::Open(path_, ContainerKind::kModel);
  ASSERT_TRUE(container.ok());
  ExpectDataLoss(container->Bytes("other").status(), "section other: is miss");
  ExpectDataLoss(container->Array<uint64_t>("numbers", 5).status(),
                 "has 32 bytes, expected 5 values of 8");
  ExpectDataLoss(
      container->Array<uint64_t>("numbers", (uint64_t{1} << 61) + 4).status(),
      "numbers");
}

TEST_F(ContainerTest, WriterRefusesBadNames) {
  for (const char* name :
       {"", "Upper", "with blank", "twice", "a_name_that_has_24_chars"}) {
    ContainerWriter writer(ContainerKind::kIndex);
    writer.Add("twice", "x", 1);
    writer.Add(name, "x", 1);
    EXPECT_EQ(writer.Write(path_).code(), absl::StatusCode::kInvalidArgument)
        << name;
  }
  EXPECT_TRUE(folder_.Names().empty());
}

TEST_F(ContainerTest, AnEmptyContainerIsFine) {
  EXPECT_TRUE(ContainerWriter(ContainerKind::kIndex).Write(path_).ok());
  EXPECT_TRUE(Container::Open(path_, ContainerKind::kIndex).ok());
  EXPECT_EQ(ReadBytes(path_).size(), 48u);
}

TEST_F(ContainerTest, TheSystemsErrorsKeepTheirCodes) {
  const auto open = [](const std::string& path) {
    return Container::Open(path, ContainerKind::kModel).status().code();
  };
  EXPECT_EQ(open(folder_.File("none")), absl::StatusCode::kNotFound);
  EXPECT_EQ(open(folder_.File("")), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(open("/dev/null"), absl::StatusCode::kInvalidArgument);
}

}  // namespace container_test
}  // namespace embed
