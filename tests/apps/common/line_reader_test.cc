#include "apps/common/line_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace line_reader_test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LineReaderTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(pipe(ends_), 0); }
  void TearDown() override {
    close(ends_[0]);
    CloseWriter();
  }
  void Send(const std::string& text) {
    ASSERT_EQ(write(ends_[1], text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
  }
  void CloseWriter() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }

  int ends_[2];
};

TEST_F(LineReaderTest, ReturnsWhatIsThereWithoutWaitingForMore) {
  LineReader reader(ends_[0]);
  Send("one\ntwo\r\n\nthr");
  EXPECT_THAT(*reader.Next(256), ElementsAre("one", "two", ""));
  Send("ee\nfour");
  EXPECT_THAT(*reader.Next(256), ElementsAre("three"));
  CloseWriter();
  EXPECT_THAT(*reader.Next(256), ElementsAre("four"));
  EXPECT_THAT(*reader.Next(256), IsEmpty());
  EXPECT_THAT(*reader.Next(256), IsEmpty());
}

TEST_F(LineReaderTest, KeepsTheLimit) {
  LineReader reader(ends_[0]);
  Send("a\nb\nc\n");
  EXPECT_THAT(*reader.Next(2), ElementsAre("a", "b"));
  EXPECT_THAT(*reader.Next(2), ElementsAre("c"));
}

TEST_F(LineReaderTest, RefusesALineWithoutEnd) {
  std::thread writer([this] {
    const std::string block(1 << 20, 'x');
    for (int i = 0; i < 17; ++i) Send(block);
    CloseWriter();
  });
  LineReader reader(ends_[0]);
  EXPECT_EQ(reader.Next(1).status().code(), absl::StatusCode::kInvalidArgument);
  // Lets the writer finish.
  char rest[65536];
  while (read(ends_[0], rest, sizeof(rest)) > 0) {
  }
  writer.join();
}

TEST_F(LineReaderTest, ReportsReadErrors) {
  LineReader reader(ends_[1]);  // the end that cannot be read
  EXPECT_FALSE(reader.Next(1).ok());
}

}  // namespace line_reader_test
}  // namespace embed
