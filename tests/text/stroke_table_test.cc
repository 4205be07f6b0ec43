#include "text/stroke_table.h"

#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/text/text_test_files.h"

namespace embed {
namespace stroke_table_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

StrokeTable ParseOrDie(const std::string& text) {
  absl::StatusOr<StrokeTable> table = StrokeTable::Parse(text, "t");
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? std::move(*table) : StrokeTable();
}

TEST(StrokeTableTest, ReadsTwoColumnsInLettersOrDigits) {
  const StrokeTable table = ParseOrDie(
      "\xEF\xBB\xBF# comment\r\n"
      "大\thpn\r\n"
      "\n"
      "天\t1134\tmore\tcolumns\n"
      "京\tnhszhzpn\n京\tnhszhspn\n"
      "\U00020000\t5");  // beyond 16 bits, and no line feed at the end
  EXPECT_EQ(table.size(), 4u);
  EXPECT_EQ(table.Strokes(U'大'), "hpn");
  EXPECT_EQ(table.Strokes(U'天'), "hhpn");
  EXPECT_EQ(table.Strokes(U'京'), "nhszhspn");  // the last one listed
  EXPECT_EQ(table.Strokes(U'\U00020000'), "z");
  EXPECT_EQ(table.Strokes(U'人'), "");
  EXPECT_EQ(table.WordStrokes("大x天"), "hpnhhpn");
  EXPECT_EQ(table.WordStrokes("latin"), "");
  EXPECT_EQ(table.skipped_entries(), 0u);
}

TEST(StrokeTableTest, ReadsRimeDictionaries) {
  const StrokeTable table = ParseOrDie(
      "# Rime dictionary\n---\nname: stroke\nsort: by_weight\n...\n\n"
      "大\thpn\n#comment\n汉\tszhhhshspnhszs\n汉\tnnhzn\n人\tpn6\n");
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(table.Strokes(U'汉'), "nnhzn");
  EXPECT_EQ(table.skipped_entries(), 1u);
}

TEST(StrokeTableTest, NamesTheBadLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"大\thpn\n天 hhpn\n", "line 2: expected a character, a TAB"},
      {"大\thpn\n\n天\thhpx\n", "line 3: the strokes of '天'"},
      {"大\thpn\n天\t\n", "line 2: the strokes of"},
      {"大\t016\n", "line 1: the strokes of"},
      {"大天\thpn\n", "line 1: the first column"},
      {"\thpn\n", "line 1: the first column"},
      {"\xFF\thpn\n", "line 1: the first column"},
      {"", "not a stroke table"},
      {"# only a comment\n", "not a stroke table"},
      {"---\nname: x\n", "has no end"},
  };
  for (const auto& [text, message] : cases) {
    const absl::Status status = StrokeTable::Parse(text, "my.tsv").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(status.message(), HasSubstr(message)) << text;
    EXPECT_THAT(status.message(), HasSubstr("my.tsv: ")) << text;
  }
  const std::string many = "大\t" + std::string(256, 'h') + "\n";
  EXPECT_FALSE(StrokeTable::Parse(many, "t").ok());
}

TEST(StrokeTableTest, LoadsPlainAndCompressedFiles) {
  const TestFolder folder;
  const std::string text = "大\thpn\n天\thhpn\n";
  for (const std::string& path :
       {folder.Write("s.tsv", text), folder.WriteGzip("s.gz", text),
        folder.WriteZstd("s.zst", text)}) {
    const auto table = StrokeTable::Load(path);
    ASSERT_TRUE(table.ok()) << table.status();
    EXPECT_EQ(table->size(), 2u);
  }
  const absl::Status missing =
      StrokeTable::Load(folder.File("missing")).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
}

TEST(StrokeTableTest, TheDefaultIsRimesTable) {
  const auto table = StrokeTable::Load();
  if (!std::filesystem::exists(StrokeTable::kDefaultPath)) {
    EXPECT_EQ(table.status().code(), absl::StatusCode::kNotFound);
    EXPECT_THAT(table.status().message(), HasSubstr("rime-data-stroke"));
    EXPECT_THAT(table.status().message(), HasSubstr("--strokes"));
    GTEST_SKIP() << "rime-data-stroke is not installed";
  }
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_GT(table->size(), 70000u);
  EXPECT_LE(table->skipped_entries(), 5u);
  // Written by hand, as schools in mainland China teach.
  EXPECT_EQ(table->Strokes(U'一'), "h");
  EXPECT_EQ(table->Strokes(U'大'), "hpn");
  EXPECT_EQ(table->Strokes(U'天'), "hhpn");
  EXPECT_EQ(table->Strokes(U'中'), "szhs");
  EXPECT_EQ(table->Strokes(U'汉'), "nnhzn");
  EXPECT_EQ(table->Strokes(U'京'), "nhszhspn");
  EXPECT_EQ(table->Strokes(U'北'), "shhpz");
  EXPECT_EQ(table->Strokes(U'a'), "");
}

TEST(StrokeTableTest, TextIsByCodePointAndReadBackAsTheSameTable) {
  const auto table = StrokeTable::Parse("大\t134\n一\th\n大\thpn\n", "t");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->Text(), "一\th\n大\thpn\n");
  const auto again = StrokeTable::Parse(table->Text(), "t");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->Text(), table->Text());
}

// U+FEFF at the start of a text is a mark, later a character as others.
TEST(StrokeTableTest, TextKeepsTheCharacterOfByteOrderMarks) {
  const auto table = StrokeTable::Parse("\uFEFF\uFEFF\th\n\uFF5E\tp\n", "t");
  ASSERT_TRUE(table.ok()) << table.status();
  const auto again = StrokeTable::Parse(table->Text(), "t");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->size(), 2u);
  EXPECT_EQ(again->Strokes(0xFEFF), table->Strokes(0xFEFF));
}

std::vector<std::string> OthersOf(const StrokeTable& table, uint32_t c) {
  std::vector<std::string> others;
  for (const absl::string_view other : table.OtherOrders(c)) {
    others.emplace_back(other);
  }
  return others;
}

TEST(StrokeTableTest, KeepsAllOrdersIfAsked) {
  const std::string text =
      "大\thpn\n"
      "京\tnhszhzpn\n京\t4152512\n京\tnhszhspn\n京\tnhszhzpn\n"
      "京\tnhszhspn\n"
      "天\thhpn\tfirst\thphn,41\n"
      "人\tpn\tonly\t\n"
      "口\tszh\tx\tno codes, of strokes\n";
  const StrokeTable preferred = ParseOrDie(text);
  EXPECT_FALSE(preferred.has_other_orders());
  EXPECT_TRUE(preferred.OtherOrders(U'京').empty());
  const auto table = StrokeTable::Parse(text, "t", StrokeOrders::kAll);
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_TRUE(table->has_other_orders());
  EXPECT_EQ(table->size(), preferred.size());
  for (const uint32_t c : {U'大', U'京', U'天', U'人', U'口'}) {
    EXPECT_EQ(table->Strokes(c), preferred.Strokes(c));
  }
  EXPECT_THAT(OthersOf(*table, U'京'), ElementsAre("nhzszhs", "nhszhzpn"));
  EXPECT_THAT(OthersOf(*table, U'天'), ElementsAre("hphn", "nh"));
  for (const uint32_t c : {U'大', U'人', U'口', U'x'}) {
    EXPECT_TRUE(table->OtherOrders(c).empty());
  }
  const auto again = StrokeTable::Parse(table->Text(), "t", StrokeOrders::kAll);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->Text(), table->Text());
  EXPECT_EQ(again->OtherOrders(U'京'), table->OtherOrders(U'京'));
  EXPECT_EQ(ParseOrDie(table->Text()).Text(), preferred.Text());
}

TEST(StrokeTableTest, ThePackageHasOtherOrdersOfHalfOfItsCharacters) {
  const auto table = StrokeTable::Load("", StrokeOrders::kAll);
  if (absl::IsNotFound(table.status())) GTEST_SKIP() << table.status();
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(OthersOf(*table, U'汉'), ElementsAre("szhhhshspnhszs"));
  EXPECT_THAT(OthersOf(*table, U'京'), ElementsAre("nhszhzpn"));
  EXPECT_TRUE(table->OtherOrders(U'的').empty());
  size_t with_others = 0;
  for (uint32_t c = 0; c < 0x40000; ++c) {
    with_others += table->OtherOrders(c).empty() ? 0 : 1;
  }
  EXPECT_GT(with_others, 35000u);
}

// Each character of the package's table has strokes, traditional ones too.
TEST(StrokeTableTest, AllCharactersOfThePackageAreUsable) {
  const auto table = StrokeTable::Load();
  if (absl::IsNotFound(table.status())) GTEST_SKIP() << table.status();
  ASSERT_TRUE(table.ok()) << table.status();
  const auto again = StrokeTable::Parse(table->Text(), "t");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_GT(again->size(), 75000u);
  EXPECT_EQ(again->size(), table->size());
  EXPECT_EQ(again->Text(), table->Text());
  for (const char* const traditional : {"漢", "語", "學", "國", "體"}) {
    EXPECT_NE(table->WordStrokes(traditional), "") << traditional;
  }
}

}  // namespace stroke_table_test
}  // namespace embed
