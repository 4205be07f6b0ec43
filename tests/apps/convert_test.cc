// embedconvert, as users run it, on models of this project and on what is none.
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace convert_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ConvertTest, FormsOfAModelAreThoseOfItsTraining) {
  const ToolRunner runner;
  runner.Write("corpus.txt", SmallCorpus());
  ASSERT_EQ(runner
                .Run({"embedtrain", "--mode=fasttext", "--buckets=500",
                      "--export=vec,bin,npy", "--output=first", "corpus.txt"})
                .exit_code,
            0);
  const ToolResult from_model = runner.Run(
      {"embedconvert", "--export=vec,bin,npy", "--output=a", "first.embed"});
  ASSERT_EQ(from_model.exit_code, 0) << from_model.err;
  const ToolResult from_text = runner.Run(
      {"embedconvert", "--export=vec,bin", "--output=b", "first.vec"});
  ASSERT_EQ(from_text.exit_code, 0) << from_text.err;
  const ToolResult from_binary = runner.Run(
      {"embedconvert", "--export=vec,bin", "--output=c", "first.bin"});
  ASSERT_EQ(from_binary.exit_code, 0) << from_binary.err;
  const ToolResult from_numpy = runner.Run(
      {"embedconvert", "--export=vec,bin", "--output=d", "first.npy"});
  ASSERT_EQ(from_numpy.exit_code, 0) << from_numpy.err;
  for (const char* ending : {".vec", ".bin"}) {
    const std::string first = runner.Read(std::string("first") + ending);
    for (const char* prefix : {"a", "b", "c", "d"}) {
      EXPECT_EQ(runner.Read(std::string(prefix) + ending), first) << prefix;
    }
  }
  EXPECT_EQ(runner.Read("a.npy"), runner.Read("first.npy"));
  EXPECT_THAT(
      runner.List(),
      ElementsAre("a.bin", "a.faiss", "a.keys.txt", "a.npy", "a.vec", "b.bin",
                  "b.faiss", "b.vec", "c.bin", "c.faiss", "c.vec", "corpus.txt",
                  "d.bin", "d.faiss", "d.vec", "first.bin", "first.embed",
                  "first.faiss", "first.keys.txt", "first.npy", "first.vec"));
}

// Of an index with changes: what is there, as it is kept.
TEST(ConvertTest, AnIndexGivesItsVectors) {
  const ToolRunner runner;
  runner.Write("v.vec", "4 2\na 0.6 0.8\nb 3 0\nc 0 -2\nd 1 1\n");
  runner.Write("gone.txt", "b\n");
  runner.Write("more.vec", "1 2\ne 0 5\n");
  ASSERT_EQ(runner.Run({"embedconvert", "v.vec", "v.faiss"}).exit_code, 0);
  ASSERT_EQ(runner
                .Run({"embedconvert", "--delete=gone.txt", "--add=more.vec",
                      "v.faiss"})
                .exit_code,
            0);
  const ToolResult back = runner.Run({"embedconvert", "v.faiss", "back.vec"});
  ASSERT_EQ(back.exit_code, 0) << back.err;
  EXPECT_THAT(back.err, HasSubstr("v.faiss: an index; its vectors are as"));
  // By cosine, so of length 1.
  const std::map<std::string, std::pair<double, double>> expected = {
      {"a", {0.6, 0.8}},
      {"c", {0, -1}},
      {"d", {0.7071, 0.7071}},
      {"e", {0, 1}}};
  const std::vector<std::string> lines = Lines(runner.Read("back.vec"));
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0], "4 2");
  for (size_t i = 1; i < lines.size(); ++i) {
    std::istringstream line(lines[i]);
    std::string key;
    double x, y;
    ASSERT_TRUE(line >> key >> x >> y) << lines[i];
    ASSERT_EQ(expected.count(key), 1u) << key;
    EXPECT_NEAR(x, expected.at(key).first, 0.02) << key;
    EXPECT_NEAR(y, expected.at(key).second, 0.02) << key;
  }
  const ToolResult added =
      runner.Run({"embedconvert", "--add=v.faiss", "v.faiss"});
  EXPECT_EQ(added.exit_code, 0) << added.err;
}

TEST(ConvertTest, WrongUsageIsTwoAndBadDataIsOne) {
  const ToolRunner runner;
  runner.Write("short.bin", std::string("\xBA\x16\x4F\x2F\x0C\0\0\0", 8));
  runner.Write("a.ftz", "something");
  runner.Write("v.vec", "1 2\na 0.5 1\n");
  const ToolResult none = runner.Run({"embedconvert"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("expected one input file"));
  EXPECT_EQ(runner.Run({"embedconvert", "-"}).exit_code, 2);
  EXPECT_EQ(runner.Run({"embedconvert", "--export=xyz", "v.vec"}).exit_code, 2);
  const ToolResult itself =
      runner.Run({"embedconvert", "--export=vec", "v.vec"});
  EXPECT_EQ(itself.exit_code, 2);
  EXPECT_THAT(itself.err, HasSubstr("is an input as well"));
  const ToolResult cut = runner.Run({"embedconvert", "short.bin"});
  EXPECT_EQ(cut.exit_code, 1);
  EXPECT_THAT(cut.err, HasSubstr("short.bin: byte 8"));
  EXPECT_EQ(Lines(cut.err).size(), 1u);
  const ToolResult other = runner.Run({"embedconvert", "a.ftz"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.err, HasSubstr("not a fastText model"));
  EXPECT_EQ(runner.Run({"embedconvert", "missing.vec"}).exit_code, 1);
  EXPECT_THAT(runner.List(), ElementsAre("a.ftz", "short.bin", "v.vec"));
}

TEST(ConvertTest, SaysWhatAFileIsWhoseNameTellsAnother) {
  const ToolRunner runner;
  // Words that begin as FAISS's types do.
  runner.Write("v.vec", "IxFI 0.5 1\nIBM 0.5 2\n");
  ASSERT_EQ(runner.Run({"embedconvert", "v.vec", "v.faiss"}).exit_code, 0);
  ASSERT_EQ(runner.Run({"embedconvert", "v.vec", "v.npy"}).exit_code, 0);
  runner.Write("index.txt", runner.Read("v.faiss"));
  runner.Write("numbers.bin", runner.Read("v.npy"));
  runner.Write("faiss.vec", std::string("IxFI\x02\0\0\0\x01\0\0", 11));
  runner.Write("empty.faiss", "");
  for (const auto& [name, said] :
       std::vector<std::pair<std::string, std::string>>{
           {"index.txt", "an index (.faiss); expected a name"},
           {"numbers.bin", "a matrix of NumPy (.npy); expected a name"},
           {"faiss.vec", "an index of FAISS; expected a name"},
           {"empty.faiss", ""}}) {
    const ToolResult result = runner.Run({"embedconvert", name, "x.vec"});
    EXPECT_EQ(result.exit_code, 1) << name;
    EXPECT_THAT(result.err, HasSubstr(name + ": " + said));
    EXPECT_EQ(Lines(result.err).size(), 1u);
  }
}

// The limit is on what the system cannot take back: files that are mapped are
// none of it.
TEST(ConvertTest, TablesMayBeLargerThanMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers take more than the limit";
#endif
  constexpr int kRows = 400000;
  const ToolRunner runner;
  {
    std::string text = absl::StrCat(kRows, " 160\n");
    for (int i = 0; i < kRows; ++i) {
      absl::StrAppend(&text, "key", i);
      for (int j = 0; j < 160; ++j) {
        text.append(i % (j + 2) == 0 ? " .5" : j % 2 == 0 ? " 1" : " -1");
      }
      text.push_back('\n');
    }
    runner.Write("v.vec", text);
  }
  ToolRunner::Options options;
  // The table alone takes 244 MiB; OpenBLAS takes up to 136 at its start.
  options.data_limit = uint64_t{220} << 20;
  const std::vector<std::string> command = {
      "embedconvert", "--threads=1", "--export=npy", "--index=flat", "v.vec"};
  const ToolResult refused = runner.Run(command, options);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("no memory for a table of"));
  EXPECT_THAT(runner.List(), ElementsAre("v.vec"));
  std::vector<std::string> spilling = command;
  spilling.insert(spilling.end() - 1, {"--memory_limit=100MiB", "--output=a"});
  const ToolResult spilled = runner.Run(spilling, options);
  ASSERT_EQ(spilled.exit_code, 0) << spilled.err;
  spilling[4] = "--memory_limit=4GiB";
  spilling[5] = "--output=b";
  ASSERT_EQ(runner.Run(spilling).exit_code, 0);
  for (const char* ending : {".faiss", ".npy", ".keys.txt"}) {
    EXPECT_TRUE(runner.Read(std::string("a") + ending) ==
                runner.Read(std::string("b") + ending))
        << ending;
  }
}

}  // namespace convert_test
}  // namespace embed
