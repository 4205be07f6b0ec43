#include "embed/base/quoted.h"

#include <string>

#include "gtest/gtest.h"

namespace embed {
namespace {

TEST(QuotedTest, ShowsWhatCanBeRead) {
  EXPECT_EQ(Quoted(""), "''");
  EXPECT_EQ(Quoted("New York"), "'New York'");
  EXPECT_EQ(Quoted("a\tb\n"), "'a?b?'");
  EXPECT_EQ(Quoted("good\xff bad"), "'good...'");
}

TEST(QuotedTest, CutsLongTextBetweenCharacters) {
  const std::string most(60, 'x');
  EXPECT_EQ(Quoted(most), "'" + most + "'");
  EXPECT_EQ(Quoted(most + "y"), "'" + most + "...'");
  const std::string before(59, 'x');
  EXPECT_EQ(Quoted(before + "é"), "'" + before + "...'");
}

}  // namespace
}  // namespace embed
