#include "graph/metapath.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "graph/typed_edge_list.h"
#include "gtest/gtest.h"
#include "tests/graph/temp_file.h"

namespace embed {
namespace metapath_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kEdges[] =
    "a1\tauthor\twrites\tp1\tpaper\n"
    "p1\tpaper\tappears_in\tv1\tvenue\n"
    "v1\tvenue\tof\ts1\tco-author set\n"
    "v1\tvenue\tof\ts2\tco\n";

TypedGraph MakeGraph(bool directed = false) {
  const TempFile file(kEdges);
  GraphFileOptions options;
  options.path = file.path();
  options.directed = directed;
  auto loaded = LoadTypedGraph(options);
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  return std::move(loaded->graph);
}

std::vector<std::string> Names(const Metapath& metapath,
                               const TypedGraph& graph) {
  std::vector<std::string> names;
  for (const uint16_t type : metapath.types()) {
    names.push_back(graph.node_types()[type].name);
  }
  return names;
}

TEST(MetapathTest, TakesNamesAndLetters) {
  const TypedGraph graph = MakeGraph();
  for (const char* const text :
       {"author-paper-venue-paper-author", "A-P-V-P-A", "a-paper-v-P-author"}) {
    const auto metapath = Metapath::Parse(text, graph);
    ASSERT_TRUE(metapath.ok()) << metapath.status();
    EXPECT_THAT(Names(*metapath, graph),
                ElementsAre("author", "paper", "venue", "paper"));
  }
}

TEST(MetapathTest, NamesMayHoldTheSeparator) {
  const TypedGraph graph = MakeGraph();
  const auto metapath =
      Metapath::Parse("co-author set-V-co-V-co-author set", graph);
  ASSERT_TRUE(metapath.ok()) << metapath.status();
  EXPECT_THAT(Names(*metapath, graph),
              ElementsAre("co-author set", "venue", "co", "venue"));
}

struct BadMetapath {
  const char* text;
  absl::StatusCode code;
  const char* message;
};

TEST(MetapathTest, NamesWhatIsWrong) {
  const TypedGraph graph = MakeGraph();
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  constexpr auto kNoEdge = absl::StatusCode::kFailedPrecondition;
  const BadMetapath cases[] = {
      {"", kInvalid, "two types"},
      {"author", kInvalid, "two types"},
      {"author-", kInvalid, "two types"},
      {"A--A", kInvalid, "\"\" is no type of node"},
      {"-A", kInvalid, "\"\" is no type of node"},
      {"author-band-author", kInvalid,
       "\"band\" is no type of node; there are author, paper, venue"},
      {"Author-P-Author", kInvalid, "\"Author\" is no type"},
      {"V-C-V", kInvalid, "\"C\" may be co-author set or co"},
      {"A-P-V", kInvalid,
       "begins with author and ends with venue; walks repeat it"},
      {"A-P-A-V-A", kNoEdge, "step 3: no edge leads from author to venue"},
      {"A-A", kNoEdge, "step 1: no edge leads from author to author"},
  };
  for (const BadMetapath& bad : cases) {
    const absl::Status status = Metapath::Parse(bad.text, graph).status();
    EXPECT_EQ(status.code(), bad.code) << bad.text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(bad.message));
  }
}

TEST(MetapathTest, DirectedEdgesDoNotLeadBack) {
  const absl::Status status =
      Metapath::Parse("A-P-A", MakeGraph(/*directed=*/true)).status();
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("step 2: no edge leads from paper to author"));
}

}  // namespace metapath_test
}  // namespace embed
