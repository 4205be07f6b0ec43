#include "apps/common/input_files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace input_files_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class InputFilesTest : public ::testing::Test {
 protected:
  InputFilesTest() {
    std::string pattern = ::testing::TempDir() + "/embed_inputs_XXXXXX";
    folder_ = mkdtemp(&pattern[0]);
    for (const char* name : {"b.txt", "a.txt", "B.txt", "x[1].txt"}) {
      std::ofstream(Path(name)) << "text\n";
    }
  }
  ~InputFilesTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const {
    return folder_ + "/" + name;
  }

  std::string folder_;
};

TEST_F(InputFilesTest, ReplacesPatternsByTheirFilesInOrderOfBytes) {
  const auto inputs =
      ReadInputs({"-", Path("?.txt"), "no such file"}, /*several=*/true);
  ASSERT_TRUE(inputs.ok()) << inputs.status();
  EXPECT_THAT(*inputs, ElementsAre("-", Path("B.txt"), Path("a.txt"),
                                   Path("b.txt"), "no such file"));
}

TEST_F(InputFilesTest, TakesAFileWithItsNameHoweverItIsCalled) {
  const auto inputs = ReadInputs({Path("x[1].txt")}, /*several=*/true);
  ASSERT_TRUE(inputs.ok());
  EXPECT_THAT(*inputs, ElementsAre(Path("x[1].txt")));
}

TEST_F(InputFilesTest, SaysWhatIsWrong) {
  const absl::Status none = ReadInputs({Path("z*")}, true).status();
  EXPECT_EQ(none.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(none.message(), HasSubstr("z*"));
  EXPECT_THAT(ReadInputs({}, true).status().message(), HasSubstr("none"));
  EXPECT_THAT(ReadInputs({"a", "b"}, false).status().message(),
              HasSubstr("one input file"));
  EXPECT_TRUE(ReadInputs({"a*"}, false).ok());
}

}  // namespace input_files_test
}  // namespace embed
