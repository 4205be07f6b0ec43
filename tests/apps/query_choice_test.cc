// Which answers embedquery gives: --query_file, --allow, --deny, --mmr, --csls.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace query_choice_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class QueryChoiceTest : public testing::Test {
 protected:
  void SetUp() override {
    // Three near "a" that are near to one another, and one apart.
    runner_.Write("v.vec",
                  "6 2\na 1 0\nb 1 0.1\nc 1 0.11\nd 1 0.12\ne 1 -0.3\n"
                  "f -1 0\n");
    const ToolResult result = runner_.Run({"embedconvert", "v.vec", "v.faiss"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }

  ToolResult Query(std::vector<std::string> arguments,
                   const std::string& input = "") const {
    arguments.insert(arguments.begin(), {"embedquery", "--index=v.faiss"});
    ToolRunner::Options options;
    options.input = input;
    return runner_.Run(arguments, options);
  }

  // The keys of the answers.
  std::vector<std::string> Keys(const ToolResult& result) const {
    EXPECT_EQ(result.exit_code, 0) << result.err;
    std::vector<std::string> keys;
    for (const std::string& line : Lines(result.out)) {
      const std::vector<std::string> fields = absl::StrSplit(line, '\t');
      keys.push_back(fields.size() == 4 ? fields[2] : line);
    }
    return keys;
  }

  ToolRunner runner_;
};

TEST_F(QueryChoiceTest, ListsAllowAndDeny) {
  runner_.Write("some.txt", "e\r\nb\n\nnone\nf\n");
  runner_.Write("no.txt", "b\n");
  const ToolResult allowed = Query({"--allow=some.txt", "a"});
  EXPECT_THAT(Keys(allowed), ElementsAre("b", "e", "f"));
  EXPECT_THAT(allowed.err, HasSubstr("note: 1 keys"));
  EXPECT_THAT(allowed.err, HasSubstr("\"none\""));
  EXPECT_THAT(Keys(Query({"--allow=some.txt", "--deny=no.txt", "a"})),
              ElementsAre("e", "f"));
  EXPECT_THAT(Keys(Query({"--deny=no.txt", "a"})),
              ElementsAre("c", "d", "e", "f"));
  EXPECT_THAT(Keys(Query({"--allow=some.txt", "--filter=prefix=f", "a"})),
              ElementsAre("f"));
  runner_.Write("empty.txt", "");
  EXPECT_THAT(Keys(Query({"--allow=empty.txt", "a"})), IsEmpty());
  EXPECT_EQ(Query({"--allow=missing.txt", "a"}).exit_code, 1);
}

TEST_F(QueryChoiceTest, DiverseAnswersDiffer) {
  EXPECT_THAT(Keys(Query({"--k=3", "a"})), ElementsAre("b", "c", "d"));
  EXPECT_THAT(Keys(Query({"--k=3", "--mmr=1", "a"})),
              ElementsAre("b", "c", "d"));
  EXPECT_EQ(Keys(Query({"--k=3", "--mmr=0.3", "a"}))[1], "f");
}

TEST_F(QueryChoiceTest, CslsIsTwiceTheCosineLessTheSurroundings) {
  const std::vector<std::string> lines =
      Lines(Query({"--k=1", "--csls=2", "a"}).out);
  ASSERT_EQ(lines.size(), 1u);
  const std::vector<std::string> fields = absl::StrSplit(lines[0], '\t');
  ASSERT_EQ(fields.size(), 4u);
  EXPECT_EQ(fields[2], "b");
  // 2 cos(a, b) - mean of cos(a, b), cos(a, c) - mean of cos(b, c), cos(b, d).
  EXPECT_NEAR(std::stod(fields[3]), -0.00432, 0.001);
  EXPECT_EQ(Query({"--csls=0", "a"}).out, Query({"a"}).out);
}

TEST_F(QueryChoiceTest, FilesOfQueries) {
  runner_.Write("lines.txt", "a\nb\tc\n");
  EXPECT_EQ(Query({"--k=2", "--query_file=lines.txt"}).out,
            Query({"--k=2"}, "a\nb\tc\n").out);
  runner_.Write("q.vec", "2 2\nfirst 1 0\nsecond -1 0.1\n");
  const ToolResult vec = Query({"--k=1", "--query_file=q.vec"});
  EXPECT_THAT(Lines(vec.out), ElementsAre(testing::StartsWith("first\t1\ta\t"),
                                          testing::StartsWith("second\t1\tf")));
  // NumPy's format, as its description says: 1.0, 2 x 2 float32.
  std::string header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
  header.resize(117, ' ');
  header += '\n';
  const float numbers[] = {1, 0, -1, 0.1f};
  std::string npy = std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header;
  npy.append(reinterpret_cast<const char*>(numbers), sizeof(numbers));
  runner_.Write("q.npy", npy);
  const ToolResult numpy = Query({"--k=1", "--query_file=q.npy"});
  EXPECT_THAT(Lines(numpy.out), ElementsAre(testing::StartsWith("0\t1\ta\t"),
                                            testing::StartsWith("1\t1\tf")));
  runner_.Write("wide.vec", "1 3\nx 1 2 3\n");
  const ToolResult wide = Query({"--query_file=wide.vec"});
  EXPECT_EQ(wide.exit_code, 1);
  EXPECT_THAT(wide.err, HasSubstr("vectors of 3 numbers, the index has 2"));
  EXPECT_EQ(Query({"--query_file=none.txt"}).exit_code, 1);
  runner_.Write("text.npy", "1 2\n");
  EXPECT_EQ(Query({"--query_file=text.npy"}).exit_code, 1);
}

// A row of word2vec's binary form.
std::string BinaryRow(const std::string& key, float x, float y) {
  const float numbers[] = {x, y};
  return key + " " +
         std::string(reinterpret_cast<const char*>(numbers), sizeof(numbers)) +
         "\n";
}

TEST_F(QueryChoiceTest, KeysWithTabsAreOneColumnAndOneQuery) {
  runner_.Write("t.bin", "4 2\n" + BinaryRow("a\tb", 1, 0) +
                             BinaryRow("a", 0, 1) + BinaryRow("b\\", 0.1f, 1) +
                             BinaryRow("near\tit", 1, 0.1f));
  ASSERT_EQ(runner_.Run({"embedconvert", "t.bin", "t.faiss"}).exit_code, 0);
  const ToolResult one =
      runner_.Run({"embedquery", "--index=t.faiss", "--k=1", "a\tb"});
  EXPECT_EQ(one.exit_code, 0) << one.err;
  EXPECT_THAT(one.out, testing::StartsWith("a\\tb\t1\tnear\\tit\t0.99"));
  const ToolResult history =
      runner_.Run({"embedquery", "--index=t.faiss", "--k=1", "a\tb\\"});
  EXPECT_EQ(history.exit_code, 0) << history.err;
  EXPECT_THAT(history.out, testing::StartsWith("a + b\\\\\t1\tnear\\tit\t"));
}

// As FAISS 1.7.3 writes an IndexFlatIP of these rows of two numbers.
std::string FlatFaiss(const std::vector<float>& numbers) {
  std::string bytes = "IxFI";
  const auto add = [&](const auto& value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
  };
  add(int32_t{2});
  add(static_cast<int64_t>(numbers.size() / 2));
  add(int64_t{1 << 20});
  add(int64_t{1 << 20});
  add(true);
  add(int32_t{0});
  add(static_cast<uint64_t>(numbers.size()));
  for (const float number : numbers) add(number);
  return bytes;
}

TEST_F(QueryChoiceTest, QueriesThatCannotBeAskedLeaveTheOthers) {
  runner_.Write("nan.faiss", FlatFaiss({1, 0, std::nanf(""), 1, 0, 0, 1, 1}));
  ToolResult result = runner_.Run(
      {"embedquery", "--index=nan.faiss", "--k=1", "1", "0", "2", "3"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(Lines(result.out), ElementsAre(testing::StartsWith("0\t1\t"),
                                             testing::StartsWith("3\t1\t")));
  EXPECT_THAT(Lines(result.err),
              ElementsAre(HasSubstr("query \"1\": a vector of these keys is "
                                    "not finite"),
                          HasSubstr("query \"2\": a zero vector is near "
                                    "nothing")));
  result = Query({"--k=1", "--minus=a", "a", "b"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, Query({"--k=1", "--minus=a", "b"}).out);
  EXPECT_THAT(result.err, HasSubstr("query \"a\": a zero vector"));
  runner_.Write("q.vec", "2 2\nnothing 0 0\nfirst 1 0\n");
  result = Query({"--k=1", "--query_file=q.vec"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(Lines(result.out),
              ElementsAre(testing::StartsWith("first\t1\ta\t")));
  EXPECT_THAT(result.err, HasSubstr("query \"nothing\": a zero vector"));
  // By distance zero is a place as any other.
  ASSERT_EQ(runner_.Run({"embedconvert", "--metric=l2", "v.vec", "v.faiss"})
                .exit_code,
            0);
  EXPECT_EQ(Query({"--k=1", "--minus=a", "a"}).exit_code, 0);
}

TEST_F(QueryChoiceTest, StandardInputIsReadOnce) {
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"--allow=-"},
        {"--deny=-"},
        {"--allow=-", "--deny=-", "a"},
        {"--query_file=-", "--deny=-"}}) {
    const ToolResult result = Query(flags, "a\n");
    EXPECT_EQ(result.exit_code, 2) << flags[0];
    EXPECT_THAT(result.err, HasSubstr("from standard input"));
  }
  EXPECT_THAT(Keys(Query({"--allow=-", "a"}, "e\n")), ElementsAre("e"));
}

TEST_F(QueryChoiceTest, FilesThatAreNoLinesAreToldApart) {
  runner_.Write("lines", runner_.Read("v.faiss"));
  const ToolResult result = Query({"--query_file=lines"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("lines: an index (.faiss); --query_file"));
  EXPECT_EQ(Query({"--query_file=v.faiss"}).exit_code, 1);
}

TEST_F(QueryChoiceTest, WrongUsageIsExitCode2) {
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"--mmr=1.1", "a"},
        {"--mmr=nan", "a"},
        {"--mmr=0.5", "--csls=3", "a"},
        {"--mmr=0.5", "--min_score=0.2", "a"},
        {"--csls=5", "--k=100000", "a"},
        {"--query_file=v.vec", "a"},
        {"--query_file=v.vec", "--minus=a"},
        {"--query_file=v.vec", "--pool=max"},
        {"--query_file=v.vec", "--analogy=a b c"},
        {"--filter=type=", "a"}}) {
    const ToolResult result = Query(flags);
    EXPECT_EQ(result.exit_code, 2) << flags[0] << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(Lines(result.err).size(), 1u) << result.err;
  }
}

}  // namespace query_choice_test
}  // namespace embed
