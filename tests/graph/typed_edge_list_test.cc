#include "graph/typed_edge_list.h"

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "embed/base/philox.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/graph/temp_file.h"

namespace embed {
namespace typed_edge_list_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::StatusOr<LoadedTypedGraph> TryLoad(const std::string& content,
                                         GraphFileOptions options = {}) {
  const TempFile file(content);
  options.path = file.path();
  return LoadTypedGraph(options);
}

LoadedTypedGraph Load(const std::string& content,
                      const GraphFileOptions& options = {}) {
  auto loaded = TryLoad(content, options);
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  return loaded.ok() ? std::move(*loaded) : LoadedTypedGraph();
}

std::vector<std::string> Keys(const LoadedTypedGraph& loaded) {
  std::vector<std::string> keys;
  for (uint32_t id = 0; id < loaded.vocabulary.size(); ++id) {
    keys.emplace_back(loaded.vocabulary.key(id));
  }
  return keys;
}

// "EDGE_TYPE TARGET [WEIGHT]" of each arc of a node.
std::vector<std::string> Row(const LoadedTypedGraph& loaded, const char* key) {
  const uint32_t node = loaded.vocabulary.Find(key);
  const Graph& graph = loaded.graph.graph();
  std::vector<std::string> row;
  for (uint64_t arc = graph.rows()[node]; arc < graph.rows()[node + 1]; ++arc) {
    const uint16_t type = loaded.graph.TypeOfArc(arc);
    row.push_back(absl::StrCat(loaded.graph.edge_types()[type].name, " ",
                               loaded.vocabulary.key(graph.targets()[arc])));
    if (graph.weighted()) {
      absl::StrAppend(&row.back(), " ",
                      graph.Weights(node)[arc - graph.rows()[node]]);
    }
  }
  return row;
}

constexpr char kPapers[] =
    "# papers, authors, venues\n"
    "p1\tpaper\twritten_by\tann\tauthor\n"
    "p1\tpaper\twritten_by\tbob\tauthor\n"
    "p2\tpaper\twritten_by\tbob\tauthor\r\n"
    "p2\tpaper\twritten_by\tbob\tauthor\n"
    "\n"
    "p1\tpaper\tpublished_in\tbig conference\tvenue\n"
    "p2\tpaper\tcites\tp1\tpaper\n"
    "bob\tauthor\tknows\tann\tauthor\n"
    "ann\tauthor\tknows\tbob\tauthor\n";

TEST(TypedEdgeListTest, GivesEveryEdgeItsWayBack) {
  const LoadedTypedGraph loaded = Load(kPapers);
  EXPECT_FALSE(loaded.keys_have_types);
  EXPECT_THAT(Keys(loaded),
              ElementsAre("p1", "p2", "bob", "ann", "big conference"));
  EXPECT_THAT(Row(loaded, "p1"),
              ElementsAre("cites^-1 p2", "written_by bob", "written_by ann",
                          "published_in big conference"));
  EXPECT_THAT(Row(loaded, "p2"), ElementsAre("cites p1", "written_by bob"));
  EXPECT_THAT(Row(loaded, "bob"),
              ElementsAre("written_by^-1 p1", "written_by^-1 p2", "knows ann"));
  EXPECT_THAT(Row(loaded, "big conference"), ElementsAre("published_in^-1 p1"));
  EXPECT_THAT(loaded.vocabulary.counts(), ElementsAre(4, 2, 3, 2, 1));
  EXPECT_EQ(loaded.stats.lines, 10u);
  EXPECT_EQ(loaded.stats.edges, 6u);
  EXPECT_EQ(loaded.stats.duplicates, 1u);
  const TypedGraph& graph = loaded.graph;
  const uint16_t knows = graph.FindEdgeType("knows");
  EXPECT_EQ(graph.edge_types()[knows].inverse, knows);
  const uint16_t cites = graph.FindEdgeType("cites");
  EXPECT_EQ(graph.edge_types()[cites].inverse, graph.FindEdgeType("cites^-1"));
  EXPECT_EQ(graph.FindEdgeType("knows^-1"), TypedGraph::kNoType);
  const uint16_t author = graph.FindNodeType("author");
  EXPECT_EQ(graph.node_types()[author].begin, 2u);
  EXPECT_EQ(graph.node_types()[author].end, 4u);
  EXPECT_EQ(graph.TypeOfNode(3), author);
  EXPECT_TRUE(graph.Connects(author, graph.FindNodeType("paper")));
  EXPECT_FALSE(graph.Connects(author, graph.FindNodeType("venue")));
}

TEST(TypedEdgeListTest, NamesKeysThatAreAlikeWithTheirTypes) {
  const absl::Status status =
      TryLoad("x\ta\te\tx\tb\nc\ta:b\te\tb:c\ta\n").status();
  EXPECT_THAT(status.message(), HasSubstr(".txt: key 'a:b:c' is given twice"));
  EXPECT_THAT(status.message(), HasSubstr("so keys are type:name"));
}

TEST(TypedEdgeListTest, HasNoWaysBackWhenDirected) {
  GraphFileOptions options;
  options.directed = true;
  const LoadedTypedGraph loaded = Load(kPapers, options);
  EXPECT_THAT(Row(loaded, "p1"), ElementsAre("written_by bob", "written_by ann",
                                             "published_in big conference"));
  EXPECT_THAT(Row(loaded, "bob"), ElementsAre("knows ann"));
  EXPECT_THAT(Row(loaded, "big conference"), IsEmpty());
  EXPECT_EQ(loaded.stats.edges, 7u);
  EXPECT_EQ(loaded.graph.edge_types()[0].inverse, TypedGraph::kNoType);
}

TEST(TypedEdgeListTest, SumsWeightsAndTellsUnequalOnesApart) {
  GraphFileOptions options;
  options.weighted = true;
  const LoadedTypedGraph loaded = Load(
      "a\tx\tcalls\tb\tx\t1.5\n"
      "b\tx\tcalls\ta\tx\t3\n"
      "a\tx\tcalls\tb\tx\t2\n"
      "a\tx\tlikes\tb\tx\t1\n"
      "b\tx\tlikes\ta\tx\t1\n"
      "a\tx\tlikes\ta\tx\t4\n",
      options);
  // calls is 3.5 there and 3 back; likes is 1 both ways.
  EXPECT_THAT(Row(loaded, "a"), ElementsAre("likes a 4", "calls b 3.5",
                                            "calls^-1 b 3", "likes b 1"));
  EXPECT_THAT(Row(loaded, "b"),
              ElementsAre("calls a 3", "calls^-1 a 3.5", "likes a 1"));
  EXPECT_EQ(loaded.stats.edges, 4u);
  EXPECT_EQ(loaded.stats.duplicates, 1u);
  EXPECT_EQ(loaded.stats.self_loops, 1u);
}

TEST(TypedEdgeListTest, TellsNodesOfOneNameApartByType) {
  const TempFile nodes("7\ttag\nlonely\tuser\n7\tuser\n");
  GraphFileOptions options;
  options.node_list_path = nodes.path();
  const LoadedTypedGraph loaded = Load("7\tuser\tlikes\t7\titem\n", options);
  EXPECT_TRUE(loaded.keys_have_types);
  EXPECT_THAT(Keys(loaded),
              ElementsAre("user:7", "user:lonely", "item:7", "tag:7"));
  EXPECT_EQ(loaded.stats.isolated, 2u);
  EXPECT_EQ(loaded.graph.node_types().size(), 3u);
}

struct RandomEdge {
  uint32_t source;
  uint32_t type;
  uint32_t target;
  uint32_t weight;
};

// Edges between 60 nodes of 4 types by 5 edge types, many repeated.
std::vector<RandomEdge> RandomEdges(int count) {
  Philox random(7, RandomPurpose::kTest, 0, 0);
  std::vector<RandomEdge> edges(static_cast<size_t>(count));
  for (RandomEdge& edge : edges) {
    edge.source = random.Below(random.Below(60) + 1);
    edge.type = random.Below(5);
    edge.target = random.Below(random.Below(60) + 1);
    edge.weight = 1 + random.Below(3);
  }
  return edges;
}

std::string Lines(const std::vector<RandomEdge>& edges) {
  std::string text;
  for (const RandomEdge& edge : edges) {
    absl::StrAppend(&text, "n", edge.source, "\tT", edge.source % 4, "\tE",
                    edge.type, "\tn");
    absl::StrAppend(&text, edge.target, "\tT", edge.target % 4, "\t",
                    edge.weight, "\n");
  }
  return text;
}

// One arc as (source, edge type, target), by name.
using NamedArc = std::tuple<std::string, std::string, std::string>;

std::map<NamedArc, float> ArcsOf(const LoadedTypedGraph& loaded) {
  std::map<NamedArc, float> arcs;
  const Graph& graph = loaded.graph.graph();
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    for (uint32_t i = 0; i < graph.Degree(v); ++i) {
      const uint16_t type = loaded.graph.TypeOfArc(graph.rows()[v] + i);
      const NamedArc arc(loaded.vocabulary.key(v),
                         loaded.graph.edge_types()[type].name,
                         loaded.vocabulary.key(graph.Neighbors(v)[i]));
      EXPECT_TRUE(arcs.emplace(arc, graph.Weights(v)[i]).second);
    }
  }
  return arcs;
}

TEST(TypedEdgeListTest, AgreesWithAMapForAnyThreads) {
  const std::vector<RandomEdge> edges = RandomEdges(4000);
  std::map<NamedArc, float> expected;
  for (const RandomEdge& edge : edges) {
    const std::string source = absl::StrCat("n", edge.source);
    const std::string target = absl::StrCat("n", edge.target);
    const std::string type = absl::StrCat("E", edge.type);
    expected[{source, type, target}] += static_cast<float>(edge.weight);
    expected[{target, type + "^-1", source}] += static_cast<float>(edge.weight);
  }
  const std::string text = Lines(edges);
  GraphFileOptions options;
  options.weighted = true;
  std::vector<std::string> keys;
  for (const int threads : {1, 2, 4}) {
    options.threads = threads;
    const LoadedTypedGraph loaded = Load(text, options);
    EXPECT_EQ(ArcsOf(loaded), expected);
    if (threads == 1) keys = Keys(loaded);
    EXPECT_EQ(Keys(loaded), keys);
  }
}

// Lines enough for several blocks, of 3 node types and 2 edge types that take
// turns.
std::vector<std::string> ManyLines() {
  Philox random(8, RandomPurpose::kTest, 0, 0);
  std::vector<std::string> lines(120000);
  for (std::string& line : lines) {
    const uint32_t source = random.Below(30000);
    const uint32_t target = random.Below(30000);
    line = absl::StrCat("node ", source, "\ttype ", source % 3, "\tE",
                        random.Below(2), "\t", target, "\tT", target % 2);
  }
  return lines;
}

TEST(TypedEdgeListTest, NumbersNodesOfManyBlocksAlikeForAnyThreads) {
  const std::string text = absl::StrJoin(ManyLines(), "\n");
  ASSERT_GT(text.size(), size_t{3} << 20);
  GraphFileOptions options;
  const LoadedTypedGraph one = Load(text, options);
  const TypedGraph& graph = one.graph;
  for (const int threads : {2, 3}) {
    options.threads = threads;
    const LoadedTypedGraph loaded = Load(text, options);
    EXPECT_EQ(Keys(loaded), Keys(one));
    ASSERT_EQ(loaded.graph.graph().num_arcs(), graph.graph().num_arcs());
    for (uint64_t arc = 0; arc < graph.graph().num_arcs(); ++arc) {
      ASSERT_EQ(loaded.graph.graph().targets()[arc],
                graph.graph().targets()[arc]);
      ASSERT_EQ(loaded.graph.TypeOfArc(arc), graph.TypeOfArc(arc));
    }
  }
}

TEST(TypedEdgeListTest, TellsTheFirstOfSeveralWrongLines) {
  const auto message = [](const std::vector<std::string>& lines, int threads) {
    GraphFileOptions options;
    options.threads = threads;
    return std::string(
        TryLoad(absl::StrJoin(lines, "\n"), options).status().message());
  };
  std::vector<std::string> lines = ManyLines();
  // What each is noticed by: its fields, an edge type, a node of one type, a
  // node of another type.
  lines[90010] = "a\tx\te";
  lines[90009] = "a\ttype 1\te\x01\tb\tT0";
  lines[90008] = "a\ttype 1\tE1\tb\x02\tT0";
  lines[90007] = "a\x03\ttype 2\tE1\tb\tT1";
  for (const char* const what :
       {":90008: the control character 0x03",
        ":90009: the control character 0x02",
        ":90010: the control character 0x01", ":90011: 3 fields"}) {
    for (const int threads : {1, 3}) {
      EXPECT_THAT(message(lines, threads), HasSubstr(what));
    }
    const size_t wrong = static_cast<size_t>(std::stoi(std::string(what + 1)));
    lines[wrong - 1] = lines[0];
  }
  EXPECT_EQ(message(lines, 2), "");
}

TEST(TypedGraphTest, FindsTheArcsToEachType) {
  const LoadedTypedGraph loaded = Load(Lines(RandomEdges(200)));
  const TypedGraph& typed = loaded.graph;
  const Graph& graph = typed.graph();
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    uint64_t covered = 0;
    for (uint16_t type = 0; type < typed.node_types().size(); ++type) {
      const ArcRange range = typed.ArcsTo(v, type);
      EXPECT_GE(range.begin, graph.rows()[v]);
      EXPECT_LE(range.end, graph.rows()[v + 1]);
      for (uint64_t arc = range.begin; arc < range.end; ++arc) {
        EXPECT_EQ(typed.TypeOfNode(graph.targets()[arc]), type);
      }
      covered += range.end - range.begin;
    }
    EXPECT_EQ(covered, graph.Degree(v));
  }
}

TEST(TypedEdgeListTest, TellsWhichLineIsWrong) {
  const auto expect = [](const std::string& line, const char* what,
                         bool weighted = false) {
    GraphFileOptions options;
    options.weighted = weighted;
    const auto loaded = TryLoad("a\tx\te\tb\ty\t1\n" + line + "\n", options);
    EXPECT_EQ(loaded.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(loaded.status().message(), HasSubstr(":2: "));
    EXPECT_THAT(loaded.status().message(), HasSubstr(what));
  };
  expect("a\tx\te\tb", "4 fields; expected source, source type");
  expect("a b c d e", "1 field; expected");
  expect("a\tx\te\tb\ty\t1\t2", "7 fields; expected");
  expect("a\tx\t\tb\ty", "the edge type is empty");
  expect("a\tx\te\tb\ty", "no weight", true);
  expect("a\tx\te\tb\ty\tnan", "'nan' is not a finite number", true);
  expect("a\tx\te\tb\ty\t-2", "'-2' is negative", true);
  expect("a\tx\te\tb\xFF\ty", "not UTF-8");
  expect("a\tx\x01\te\tb\ty", "the control character 0x01");
  std::string types;
  for (int i = 0; i < 1001; ++i) {
    absl::StrAppend(&types, i == 0 ? "" : "\n", "a\tt", i, "\te\tb\ty");
  }
  const auto loaded = TryLoad(types);
  EXPECT_THAT(loaded.status().message(),
              HasSubstr(":1000: more than 1000 node types"));
}

TEST(TypedEdgeListTest, RefusesWhatMakesNoGraph) {
  GraphFileOptions options;
  EXPECT_THAT(TryLoad("# nothing\n").status().message(), HasSubstr("no edge"));
  EXPECT_THAT(TryLoad("a\tx\te\tb\ty\nb\ty\te^-1\ta\tx\n").status().message(),
              HasSubstr("'e^-1' has the name that the way back of 'e' gets"));
  options.weighted = true;
  EXPECT_THAT(TryLoad("a\tx\te\tb\ty\t3e38\na\tx\te\tb\ty\t3e38\n", options)
                  .status()
                  .message(),
              HasSubstr("scale all weights down"));
  options.path = "/nowhere/edges";
  EXPECT_EQ(LoadTypedGraph(options).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace typed_edge_list_test
}  // namespace embed
