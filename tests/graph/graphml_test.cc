#include "graph/graphml.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/graph_file.h"
#include "gtest/gtest.h"
#include "tests/graph/loaded_rows.h"
#include "tests/graph/temp_file.h"

namespace embed {
namespace graphml_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kKeys[] =
    "<key id=\"w\" for=\"edge\" attr.name=\"weight\" attr.type=\"double\">"
    "<default>0.5</default></key>"
    "<key id=\"c\" for=\"node\" attr.name=\"color\" attr.type=\"string\"/>";

std::string Document(const std::string& graph) {
  return absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
      kKeys, graph, "</graphml>\n");
}

absl::StatusOr<LoadedGraph> TryLoad(const std::string& content,
                                    bool directed = false,
                                    bool weighted = false) {
  const TempFile file(content);
  GraphFileOptions options;
  options.path = file.path();
  options.format = GraphFormat::kGraphMl;
  options.directed = directed;
  options.weighted = weighted;
  auto loaded = LoadGraph(options);
  if (!loaded.ok()) {
    EXPECT_THAT(loaded.status().message(), HasSubstr(file.path() + ":"));
  }
  return loaded;
}

const std::string kUndirected = Document(
    "<graph id=\"G\" edgedefault=\"undirected\">"
    "<node id=\"b\"><data key=\"c\">red</data></node><node id=\"a\"/>"
    "<node id=\"two words\"/><node id=\"alone\"/>"
    "<edge source=\"a\" target=\"b\"><data key=\"w\">1.5</data></edge>"
    "<!-- <edge source='a' target='alone'/> -->"
    "<edge source=\"b\" target=\"a\"/>"
    "<edge source=\"two words\" target=\"two words\"/>"
    "<edge source=\"b\" target=\"two words\"/>"
    "</graph>");

TEST(GraphMlTest, ReadsNodesByIdAndWeights) {
  const auto loaded = TryLoad(kUndirected, false, true);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_THAT(Keys(*loaded), ElementsAre("b", "two words", "a", "alone"));
  EXPECT_THAT(Row(*loaded, "b"), ElementsAre("two words 0.5", "a 2"));
  EXPECT_THAT(Row(*loaded, "two words"), ElementsAre("b 0.5", "two words 0.5"));
  EXPECT_THAT(Row(*loaded, "alone"), IsEmpty());
  EXPECT_EQ(loaded->stats.edges, 3u);
  EXPECT_EQ(loaded->stats.duplicates, 1u);
  EXPECT_EQ(loaded->stats.self_loops, 1u);
  EXPECT_EQ(loaded->stats.isolated, 1u);
  const auto unweighted = TryLoad(kUndirected);
  ASSERT_TRUE(unweighted.ok());
  EXPECT_FALSE(unweighted->graph.weighted());
  EXPECT_EQ(unweighted->stats.ignored_weights, 4u);
}

TEST(GraphMlTest, ReadsDirectedEdgesAsAsked) {
  const std::string text = Document(
      "<graph edgedefault=\"directed\"><node id=\"x\"/><node id=\"y\"/>"
      "<edge source=\"x\" target=\"y\"/></graph>");
  const auto directed = TryLoad(text, true);
  ASSERT_TRUE(directed.ok()) << directed.status();
  EXPECT_THAT(Row(*directed, "y"), IsEmpty());
  EXPECT_EQ(directed->stats.ignored_directions, 0u);
  const auto both_ways = TryLoad(text);
  ASSERT_TRUE(both_ways.ok());
  EXPECT_THAT(Row(*both_ways, "y"), ElementsAre("x"));
  EXPECT_EQ(both_ways->stats.ignored_directions, 1u);
  EXPECT_THAT(TryLoad(kUndirected, true).status().message(),
              HasSubstr("the edges are undirected"));
}

TEST(GraphMlTest, ReadsNestedGraphs) {
  const auto loaded = TryLoad(
      Document("<graph edgedefault=\"undirected\"><node id=\"a\"/>"
               "<graph edgedefault=\"undirected\"><node id=\"c\"/>"
               "<edge source=\"c\" target=\"b\"/></graph>"
               "<node id=\"b\"/><edge source=\"a\" target=\"c\"/></graph>"));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_THAT(Row(*loaded, "c"), ElementsAre("a", "b"));
  EXPECT_EQ(loaded->graph.num_nodes(), 3u);
}

TEST(GraphMlTest, RefusesASecondGraph) {
  const std::string graph =
      "<graph edgedefault=\"undirected\"><node id=\"a\"/>"
      "<edge source=\"a\" target=\"a\"/></graph>";
  EXPECT_THAT(TryLoad(Document(graph + graph)).status().message(),
              HasSubstr("2 graphs in the <graphml>"));
}

// What a key is for is all, unless it says so.
TEST(GraphMlTest, ReadsAWeightWhoseKeyIsForAll) {
  for (const char* whose : {"", " for=\"all\"", " for=\"edge\""}) {
    const auto loaded = TryLoad(
        absl::StrCat("<?xml version=\"1.0\"?>\n<graphml><key id=\"w\"", whose,
                     " attr.name=\"weight\" attr.type=\"double\">"
                     "<default>0.5</default></key><key id=\"n\"",
                     whose[0] == '\0' ? "" : " for=\"node\"",
                     " attr.name=\"name\" attr.type=\"string\"/>"
                     "<graph edgedefault=\"undirected\">"
                     "<node id=\"a &amp; &lt;&quot;b\">"
                     "<data key=\"n\">x &lt; y</data></node><node id=\"c\"/>"
                     "<node id=\"d\"/>"
                     "<edge source=\"a &amp; &lt;&quot;b\" target=\"c\">"
                     "<data key=\"w\">1.5</data></edge>"
                     "<edge source=\"c\" target=\"d\"/></graph></graphml>"),
        false, true);
    ASSERT_TRUE(loaded.ok()) << whose << loaded.status();
    EXPECT_THAT(Row(*loaded, "c"), ElementsAre("a & <\"b 1.5", "d 0.5"));
  }
}

TEST(GraphMlTest, TellsWhereAFileIsBroken) {
  const auto expect = [](const std::string& text, const char* what,
                         bool weighted = false) {
    const auto loaded = TryLoad(text, false, weighted);
    EXPECT_EQ(loaded.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(loaded.status().message(), HasSubstr(what));
    EXPECT_EQ(loaded.status().message().find('\n'), std::string::npos);
  };
  expect("", "this is not GraphML");
  expect("a b\nb c\n", "this is not GraphML");
  expect("<graphml>\n<graph>\n<node\n</graph></graphml>", ":4: ");
  expect("<html/>", "no <graphml>");
  expect("<graphml/>", "no <graph>");
  expect("<graphml><graph/></graphml>", "without edgedefault");
  const auto graph = [](const char* content) {
    return Document(
        absl::StrCat("<graph edgedefault=\"undirected\">"
                     "<node id=\"a\"/><node id=\"b\"/>"
                     "<edge source=\"a\" target=\"b\"/>",
                     content, "</graph>"));
  };
  expect(graph("<node/>"), "node 3 has no id");
  expect(graph("<node id=\"&#1;\"/>"), "node 3: the control character 0x01");
  expect(graph("<edge source=\"a\"/>"), "edge 2 has no target");
  expect(graph("<edge source=\"a\" target=\"z\"/>"),
         "edge 2: its target 'z' is no node");
  expect(graph("<edge source=\"a\" target=\"b\" directed=\"true\"/>"),
         "directed edges in a graph of undirected ones");
  const auto weight = [&](const char* value) {
    return graph(absl::StrCat("<edge source=\"a\" target=\"b\">"
                              "<data key=\"w\">",
                              value, "</data></edge>")
                     .c_str());
  };
  expect(weight("heavy"), "edge 2: the weight 'heavy' is not a number", true);
  expect(weight("nan"), "edge 2: the weight 'nan' is not a finite", true);
  expect(weight("-1"), "edge 2: the weight '-1' is negative", true);
  expect(
      "<graphml><graph edgedefault=\"undirected\"><node id=\"a\"/>"
      "<edge source=\"a\" target=\"a\"/></graph></graphml>",
      "edge 1: no data called \"weight\"", true);
  expect(Document("<graph edgedefault=\"undirected\"/>"), "no edge");
  std::string deep = "<graphml>";
  for (int i = 0; i < 200000; ++i) deep += "<a>";
  expect(deep, "elements more than 500 deep");
  std::string hidden = "<graphml>";
  for (int i = 0; i < 200000; ++i) hidden += "<a b='/>'>";
  expect(hidden, "elements more than 500 deep");
}

}  // namespace graphml_test
}  // namespace embed
