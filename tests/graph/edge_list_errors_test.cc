#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/graph_file.h"
#include "graph/line_blocks.h"
#include "gtest/gtest.h"
#include "tests/graph/temp_file.h"

namespace embed {
namespace edge_list_errors_test {

using ::testing::HasSubstr;

// Expects InvalidArgument with "PATH" + where and `what` in the message.
void ExpectError(const std::string& content, const std::string& where,
                 const std::string& what, bool weighted = false) {
  const TempFile file(content);
  GraphFileOptions options;
  options.path = file.path();
  options.weighted = weighted;
  const auto loaded = LoadGraph(options);
  EXPECT_EQ(loaded.status().code(), absl::StatusCode::kInvalidArgument)
      << loaded.status();
  EXPECT_THAT(loaded.status().message(), HasSubstr(file.path() + where));
  EXPECT_THAT(loaded.status().message(), HasSubstr(what));
}

TEST(EdgeListErrorsTest, NamesALineWithOneField) {
  ExpectError("a b\n#\nc\n", ":3: ", "only one field, 'c'");
  ExpectError("a,b\n", ":1: ", "no comma");
  ExpectError(std::string(100, 'k') + "\n", ":1: ", "kkk...'");
}

TEST(EdgeListErrorsTest, NamesACommaBetweenFields) {
  ExpectError("a b\n1, 2\n", ":2: ", "a comma behind the first field, '1,'");
}

// Its sizes would be an edge.
TEST(EdgeListErrorsTest, RefusesMatrixMarket) {
  ExpectError(
      "%%MatrixMarket matrix coordinate pattern symmetric\n% a comment\n"
      "4 4 2\n1 2\n2 3\n",
      ":1: ", "Matrix Market");
}

TEST(EdgeListErrorsTest, NamesAWrongWeight) {
  const auto expect = [](const char* weight, const char* what) {
    ExpectError(absl::StrCat("a b 1\nb c ", weight, "\n"), ":2: ", what, true);
  };
  expect("", "no weight");
  expect("heavy", "'heavy' is not a number");
  expect("1.5x", "'1.5x' is not a number");
  expect("1,5", "is not a number");
  expect("+", "is not a number");
  expect("nan", "not a finite number");
  expect("inf", "not a finite number");
  expect("1e39", "not a finite number");
  expect("1e999", "not a finite number");
  expect("1e-99", "not a finite number");
  expect("-inf", "negative");
  expect("-1", "'-1' is negative");
  expect("0", "drop the edge");
  expect("0.0", "drop the edge");
  expect("-0", "drop the edge");
}

TEST(EdgeListErrorsTest, NamesASumOfWeightsThatOverflows) {
  ExpectError("a b 3e38\nb a 3e38\n", ": ", "scale all weights down", true);
}

TEST(EdgeListErrorsTest, NamesKeysThatAreNoText) {
  ExpectError("a b\nb \xFF\xFE\n", ":2: ", "not UTF-8 (byte 0xFF)");
  ExpectError(std::string("a b\nb\0 c\n", 9),
              ":2: ", "does not look like a graph");
  ExpectError(std::string("\x7F"
                          "ELF\1\1\1\0\0\0",
                          10),
              ":1: ", "does not look like a graph");
  // UTF-16, with its byte order mark.
  const char utf16[] =
      "\xFF\xFE"
      "a\0 \0b\0\n";
  ExpectError(std::string(utf16, sizeof(utf16)),
              ":1: ", "does not look like a graph");
  // Far into a batch of lines that are looked up together.
  std::string text;
  for (int i = 0; i < 100; ++i) absl::StrAppend(&text, i, " ", i + 1, "\n");
  ExpectError(text + "1 x\x01\n", ":101: ", "0x01");
}

TEST(EdgeListErrorsTest, NamesKeysAndLinesThatAreTooLong) {
  const std::string longest(65536, 'k');
  const TempFile good(absl::StrCat("a ", longest, "\n"));
  GraphFileOptions options;
  options.path = good.path();
  EXPECT_TRUE(LoadGraph(options).ok());
  ExpectError(absl::StrCat("a b\na ", longest, "k\n"),
              ":2: ", "a key of 65537 bytes");
  const std::string line(LineBlocks::kMaxLineBytes, ' ');
  const TempFile wide(absl::StrCat("a b", line.substr(3), "\nb c\n"));
  options.path = wide.path();
  EXPECT_TRUE(LoadGraph(options).ok());
  ExpectError(absl::StrCat("a b\nb", line, "\n"),
              ":2: ", "a line of more than 1048576 bytes");
  ExpectError(std::string(9 << 20, 'x'),
              ":1: ", "a line of more than 1048576 bytes");
}

TEST(EdgeListErrorsTest, RefusesGraphsWithNothingToLearn) {
  ExpectError("", ": ", "no edge, 0 nodes: nothing to learn from");
  ExpectError("# nothing\n\n", ": ", "no edge, 0 nodes");
  ExpectError("a a\na a\n", ": ", "nothing to learn from");
}

TEST(EdgeListErrorsTest, NamesTheLineOfANodeList) {
  const TempFile edges("a b\n");
  const TempFile nodes("a\nb c\n");
  GraphFileOptions options;
  options.path = edges.path();
  options.node_list_path = nodes.path();
  const auto loaded = LoadGraph(options);
  EXPECT_EQ(loaded.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(loaded.status().message(), HasSubstr(nodes.path() + ":2: "));
  options.node_list_path = "/nowhere/nodes";
  EXPECT_EQ(LoadGraph(options).status().code(), absl::StatusCode::kNotFound);
}

TEST(EdgeListErrorsTest, NamesAFileThatIsMissing) {
  GraphFileOptions options;
  options.path = "/nowhere/edges";
  const auto loaded = LoadGraph(options);
  EXPECT_EQ(loaded.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(loaded.status().message(), HasSubstr("/nowhere/edges"));
}

}  // namespace edge_list_errors_test
}  // namespace embed
