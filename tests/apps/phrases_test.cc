// Phrases, as users find, look at and join them.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace phrases_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// 12 lines of "new york times" among words that are met anywhere.
std::string Text() {
  std::string text;
  for (int i = 0; i < 12; ++i) {
    text += "the new york times of the day\nof the new day the of day\n";
  }
  return text;
}

class PhrasesTest : public testing::Test {
 protected:
  void SetUp() override { runner_.Write("t.txt", Text()); }

  ToolResult Run(std::vector<std::string> flags) const {
    flags.insert(flags.begin(), {"embedtrain", "--mode=word2vec"});
    return runner_.Run(flags);
  }

  ToolRunner runner_;
};

TEST_F(PhrasesTest, FoundLookedAtAndJoined) {
  const ToolResult found = Run({"--find_phrases=p1", "--joined_text=joined.txt",
                                "--phrase_threshold=3.5", "t.txt"});
  ASSERT_EQ(found.exit_code, 0) << found.err;
  EXPECT_THAT(found.err, HasSubstr("24 lines, 168 tokens"));
  EXPECT_THAT(found.err, HasSubstr("wrote p1"));
  // york times: (12 - 5) * 168 / (12 * 12), new york: 7 * 168 / (24 * 12).
  EXPECT_THAT(Lines(runner_.Read("p1")),
              ElementsAre("phrase\tscore\tcount\tfirst\tsecond",
                          "york times\t8.16667\t12\t12\t12",
                          "new york\t4.08333\t12\t24\t12"));
  EXPECT_EQ(Lines(runner_.Read("joined.txt"))[0],
            "the new_york times of the day");
  EXPECT_EQ(runner_.List(),
            (std::vector<std::string>{"joined.txt", "p1", "t.txt"}));
  // Again, on what the first list joined: from the text, or with the list.
  const std::vector<std::string> again = {
      "--phrase_threshold=3.5", "--joined_text=-", "--find_phrases=p2"};
  std::vector<std::string> from_text = again;
  from_text.push_back("joined.txt");
  const ToolResult second = Run(from_text);
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(second.out, HasSubstr("the new_york_times of the day\n"));
  const std::string list = runner_.Read("p2");
  std::vector<std::string> from_list = again;
  from_list.insert(from_list.end(), {"--phrases=p1", "t.txt"});
  const ToolResult same = Run(from_list);
  ASSERT_EQ(same.exit_code, 0) << same.err;
  EXPECT_EQ(same.out, second.out);
  EXPECT_EQ(runner_.Read("p2"), list);
  // Trained on with both lists.
  const ToolResult trained =
      Run({"--phrases=p1,p2", "--vocab_out=v", "--dim=8", "--threads=1",
           "--min_count=1", "--output=o", "t.txt"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("joined the phrases of p1, p2"));
  EXPECT_THAT(runner_.Read("v"), HasSubstr("new_york_times 12\n"));
  EXPECT_THAT(runner_.Read("v"), Not(HasSubstr("york ")));
  EXPECT_EQ(runner_.Run({"embedquery", "--index=o.faiss", "new_york_times"})
                .exit_code,
            0);
}

TEST_F(PhrasesTest, SameResultsFromStandardInputAndAnyThreads) {
  const auto list = [&](const std::string& threads, const std::string& input) {
    ToolRunner::Options options;
    options.input = Text();
    const ToolResult result = runner_.Run(
        {"embedtrain", "--mode=cw2vec", "--find_phrases=p", "--joined_text=j",
         "--phrase_threshold=1", "--threads=" + threads, input},
        options);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return runner_.Read("p") + runner_.Read("j");
  };
  const std::string expected = list("1", "t.txt");
  EXPECT_EQ(list("2", "t.txt"), expected);
  EXPECT_EQ(list("2", "-"), expected);
}

// Characters of unsegmented Chinese become words.
TEST_F(PhrasesTest, FollowTheOtherFilters) {
  std::string text;
  for (int i = 0; i < 10; ++i) text += "去北京ABC\n在ABC北京\n";
  runner_.Write("zh.txt", text);
  const ToolResult result =
      Run({"--tokens=chars", "--lowercase", "--find_phrases=p",
           "--joined_text=-", "--phrase_threshold=2", "zh.txt"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("去 北_京 abc\n"));
}

TEST_F(PhrasesTest, WrongUseAndBadFiles) {
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{
           {"--phrase_threshold=5", "t.txt"},
           {"--phrase_min_count=5", "--phrases=p", "t.txt"},
           {"--joined_text=x", "t.txt"},
           {"--find_phrases=p", "--phrase_min_count=0", "t.txt"},
           {"--find_phrases=p", "--phrase_threshold=-1", "t.txt"},
           {"--find_phrases=p", "--phrase_threshold=nan", "t.txt"},
           {"--find_phrases=-", "t.txt"},
           {"--find_phrases=t.txt", "t.txt"},
           {"--find_phrases=p", "--joined_text=t.txt", "t.txt"},
           {"--find_phrases=p", "--joined_text=p", "t.txt"},
           {"--find_phrases=p", "--vocab_out=v", "t.txt"},
           {"--find_phrases=p", "--export=vec", "t.txt"},
           {"--find_phrases=p", "--min_count=2", "t.txt"},
           {"--find_phrases=p", "--keep=t.txt", "t.txt"},
           {"--find_phrases=p", "--max_vocab=5", "t.txt"},
           {"--phrases=p", "--joined_text=j", "--vocab_in=v", "t.txt"},
           {"--mode=deepwalk", "--find_phrases=p", "t.txt"},
           {"--mode=item2vec", "--phrases=p", "t.txt"}}) {
    const ToolResult result = Run(flags);
    EXPECT_EQ(result.exit_code, 2) << flags[0] << "\n" << result.err;
    EXPECT_EQ(Lines(result.err).size(), 1u);
  }
  EXPECT_EQ(runner_.Read("t.txt"), Text());
  const ToolResult missing = Run({"--phrases=none", "t.txt"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.err, HasSubstr("none"));
  runner_.Write("bad", "new york\nnew_york\n");
  const ToolResult bad = Run({"--phrases=bad", "t.txt"});
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_THAT(Lines(bad.err).back(), HasSubstr("bad: line 2"));
  runner_.Write("broken", "new york \xff\n");
  runner_.Write("list", "new york\n");
  const ToolResult joined =
      Run({"--phrases=list", "--joined_text=-", "broken"});
  EXPECT_EQ(joined.out, "new_york \uFFFD\n");
  EXPECT_THAT(joined.err, HasSubstr("1 bad UTF-8 sequence"));
  runner_.Write("empty", "");
  EXPECT_EQ(Run({"--find_phrases=p", "empty"}).exit_code, 1);
  EXPECT_EQ(Run({"--find_phrases=no/p", "t.txt"}).exit_code, 1);
}

}  // namespace phrases_test
}  // namespace embed
