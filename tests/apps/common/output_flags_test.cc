#include "apps/common/output_flags.h"

#include "gtest/gtest.h"

namespace embed {
namespace output_flags_test {

TEST(OutputFlagsTest, StemDropsFolderAndExtensions) {
  EXPECT_EQ(InputStem("corpus.txt"), "corpus");
  EXPECT_EQ(InputStem("/data/corpus.txt.zst"), "corpus");
  EXPECT_EQ(InputStem("a.b/corpus.txt.gz"), "corpus");
  EXPECT_EQ(InputStem("corpus"), "corpus");
  EXPECT_EQ(InputStem("corpus.zst"), "corpus");
  EXPECT_EQ(InputStem("v1.2.edges"), "v1.2");
  EXPECT_EQ(InputStem(".edges"), ".edges");
}

}  // namespace output_flags_test
}  // namespace embed
