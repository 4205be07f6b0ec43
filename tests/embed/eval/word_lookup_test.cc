#include "embed/eval/word_lookup.h"

#include "gtest/gtest.h"

namespace embed {
namespace word_lookup_test {

TEST(WordLookupTest, ExactKeyComesFirst) {
  const auto vocabulary =
      Vocabulary::Create({"polish", "Polish", "NATO", "北京"}, {4, 3, 2, 1});
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  EXPECT_EQ(FindWord(*vocabulary, "polish"), 0u);
  EXPECT_EQ(FindWord(*vocabulary, "Polish"), 1u);
  EXPECT_EQ(FindWord(*vocabulary, "POLISH"), 0u);  // in lower case
  EXPECT_EQ(FindWord(*vocabulary, "NATO"), 2u);
  EXPECT_EQ(FindWord(*vocabulary, "nato"), Vocabulary::kNotFound);
  EXPECT_EQ(FindWord(*vocabulary, "北京"), 3u);
  EXPECT_EQ(FindWord(*vocabulary, ""), Vocabulary::kNotFound);
}

}  // namespace word_lookup_test
}  // namespace embed
