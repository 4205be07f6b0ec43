#include "embed/io/buffered_input.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace buffered_input_test {

class BufferedInputTest : public testing::Test {
 protected:
  BufferedInput Open(const std::string& bytes) {
    WriteBytes(folder_.File("in"), bytes);
    auto stream = InputStream::Open(folder_.File("in"));
    EXPECT_TRUE(stream.ok()) << stream.status();
    return BufferedInput(*std::move(stream));
  }

  TempFolder folder_;
};

TEST_F(BufferedInputTest, MixesLinesAndBytes) {
  BufferedInput input = Open("first\n\n123456x\nlast");
  EXPECT_EQ(*input.Until('\n', 100), "first");
  EXPECT_EQ(*input.Until('\n', 100), "");
  EXPECT_EQ(*input.Bytes(6), "123456");
  EXPECT_TRUE(input.Skip('y').ok());
  EXPECT_TRUE(input.Skip('x').ok());
  EXPECT_TRUE(input.Skip('\n').ok());
  EXPECT_FALSE(*input.AtEnd());
  EXPECT_EQ(*input.Until('\n', 100), "last");
  EXPECT_TRUE(*input.AtEnd());
  EXPECT_EQ(*input.Until('\n', 100), "");
  EXPECT_EQ(*input.Bytes(3), "");
}

TEST_F(BufferedInputTest, LinesOverTheEdgesOfBlocks) {
  std::string bytes;
  for (int i = 0; i < 200; ++i) bytes += std::string(5000 + i, 'a') + "\n";
  BufferedInput input = Open(bytes);
  for (int i = 0; i < 200; ++i) {
    const auto line = input.Until('\n', 10000);
    ASSERT_TRUE(line.ok());
    EXPECT_EQ(line->size(), static_cast<size_t>(5000 + i));
  }
  EXPECT_TRUE(*input.AtEnd());
}

TEST_F(BufferedInputTest, LongerThanTheLimitIsAnError) {
  EXPECT_EQ(*Open("12345\n").Until('\n', 5), "12345");
  EXPECT_EQ(Open("123456\n").Until('\n', 5).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Open("123456").Until('\n', 5).status().code(),
            absl::StatusCode::kOutOfRange);
}

TEST_F(BufferedInputTest, PeekingPassesOverNothing) {
  BufferedInput input = Open(std::string(300000, 'b') + "c");
  EXPECT_EQ(*input.Peek(3), "bbb");
  EXPECT_EQ(input.Peek(290000)->size(), 290000u);
  EXPECT_EQ(input.Bytes(300000)->size(), 300000u);
  EXPECT_EQ(*input.Peek(5), "c");
  EXPECT_EQ(*input.Bytes(5), "c");
  EXPECT_EQ(*input.Peek(1), "");
}

TEST_F(BufferedInputTest, FewerBytesAtTheEnd) {
  BufferedInput input = Open(std::string(300000, 'b'));
  EXPECT_EQ(input.Bytes(299999)->size(), 299999u);
  EXPECT_EQ(*input.Bytes(2), "b");
}

}  // namespace buffered_input_test
}  // namespace embed
