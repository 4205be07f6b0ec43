#include "graph/from_boost.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "boost/graph/adjacency_list.hpp"
#include "boost/graph/compressed_sparse_row_graph.hpp"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/graph/loaded_rows.h"

namespace rail {

// A network of a user's own, a ring of stations and a stub: the least that a
// graph must tell. Stations are known by letters, not by numbers.
struct Network {
  using vertex_descriptor = char;
  using edge_descriptor = std::pair<char, char>;
  using directed_category = boost::undirected_tag;
  using edge_parallel_category = boost::disallow_parallel_edge_tag;
  struct traversal_category : public virtual boost::vertex_list_graph_tag,
                              public virtual boost::incidence_graph_tag {};
  using vertex_iterator = std::string::const_iterator;
  using out_edge_iterator = std::vector<edge_descriptor>::const_iterator;
  using vertices_size_type = size_t;
  using degree_size_type = size_t;
  using edges_size_type = size_t;

  static char null_vertex() { return '\0'; }

  std::string stations;
  std::vector<std::vector<edge_descriptor>> lines;  // of each station
};

std::pair<std::string::const_iterator, std::string::const_iterator> vertices(
    const Network& network) {
  return {network.stations.begin(), network.stations.end()};
}
size_t num_vertices(const Network& network) { return network.stations.size(); }
std::pair<Network::out_edge_iterator, Network::out_edge_iterator> out_edges(
    char station, const Network& network) {
  const auto& lines = network.lines[network.stations.find(station)];
  return {lines.begin(), lines.end()};
}
size_t out_degree(char station, const Network& network) {
  return network.lines[network.stations.find(station)].size();
}
char source(const Network::edge_descriptor& edge, const Network&) {
  return edge.first;
}
char target(const Network::edge_descriptor& edge, const Network&) {
  return edge.second;
}

Network MakeNetwork(const std::string& stations,
                    const std::vector<std::pair<char, char>>& lines) {
  Network network;
  network.stations = stations;
  network.lines.resize(stations.size());
  for (const auto& [a, b] : lines) {
    network.lines[stations.find(a)].emplace_back(a, b);
    if (a != b) network.lines[stations.find(b)].emplace_back(b, a);
  }
  return network;
}

}  // namespace rail

namespace embed {
namespace from_boost_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Distance {
  float miles;
};

// Names "n0", "n1", ... for numbered vertices.
std::string NumberName(size_t v) { return absl::StrCat("n", v); }

template <class OutEdges>
void ExpectUndirectedList() {
  using List = boost::adjacency_list<OutEdges, boost::vecS, boost::undirectedS,
                                     boost::no_property, Distance>;
  List list(5);
  add_edge(0, 1, Distance{1}, list);
  add_edge(1, 0, Distance{2}, list);
  add_edge(2, 2, Distance{4}, list);
  add_edge(2, 2, Distance{8}, list);
  add_edge(3, 2, Distance{16}, list);
  const auto loaded =
      WeightedGraphFromBoost(list, NumberName, get(&Distance::miles, list), 2);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_THAT(Keys(*loaded), ElementsAre("n2", "n0", "n1", "n3", "n4"));
  EXPECT_THAT(Row(*loaded, "n0"), ElementsAre("n1 3"));
  EXPECT_THAT(Row(*loaded, "n1"), ElementsAre("n0 3"));
  EXPECT_THAT(Row(*loaded, "n2"), ElementsAre("n2 12", "n3 16"));
  EXPECT_THAT(Row(*loaded, "n4"), IsEmpty());
  EXPECT_EQ(loaded->stats.edges, 3u);
  EXPECT_EQ(loaded->stats.duplicates, 2u);
  EXPECT_EQ(loaded->stats.self_loops, 1u);
  EXPECT_EQ(loaded->stats.isolated, 1u);
}

TEST(GraphFromBoostTest, TakesUndirectedAdjacencyLists) {
  ExpectUndirectedList<boost::vecS>();
  ExpectUndirectedList<boost::listS>();
  ExpectUndirectedList<boost::multisetS>();
}

TEST(GraphFromBoostTest, TakesBidirectionalListsWithNamedVertices) {
  struct Person {
    std::string name;
  };
  // Vertices of a listS graph are pointers.
  using List = boost::adjacency_list<boost::setS, boost::listS,
                                     boost::bidirectionalS, Person>;
  List list;
  const auto ann = add_vertex(Person{"ann"}, list);
  const auto bob = add_vertex(Person{"bob"}, list);
  const auto cyd = add_vertex(Person{"cyd"}, list);
  add_edge(ann, bob, list);
  add_edge(cyd, bob, list);
  add_edge(bob, bob, list);
  const auto loaded = GraphFromBoost(list, get(&Person::name, list));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_FALSE(loaded->graph.weighted());
  EXPECT_THAT(Keys(*loaded), ElementsAre("bob", "ann", "cyd"));
  EXPECT_THAT(Row(*loaded, "ann"), ElementsAre("bob"));
  EXPECT_THAT(Row(*loaded, "bob"), ElementsAre("bob"));
  EXPECT_EQ(loaded->stats.edges, 3u);
}

TEST(GraphFromBoostTest, TakesCompressedSparseRows) {
  using Csr = boost::compressed_sparse_row_graph<boost::directedS>;
  const std::vector<std::pair<int, int>> pairs = {
      {0, 2}, {0, 1}, {0, 2}, {2, 3}};
  const Csr csr(boost::edges_are_unsorted_multi_pass, pairs.begin(),
                pairs.end(), 4);
  // Numbers are good names, too.
  const auto loaded = GraphFromBoost(csr, get(boost::vertex_index, csr));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_THAT(Row(*loaded, "0"), ElementsAre("2", "1"));
  EXPECT_THAT(Row(*loaded, "1"), IsEmpty());
  EXPECT_THAT(Row(*loaded, "2"), ElementsAre("3"));
  EXPECT_EQ(loaded->stats.duplicates, 1u);
}

TEST(GraphFromBoostTest, TakesAClassOfTheUsersOwn) {
  const rail::Network network = rail::MakeNetwork(
      "ABCDE", {{'A', 'B'}, {'B', 'C'}, {'C', 'A'}, {'C', 'D'}, {'A', 'A'}});
  const auto loaded = GraphFromBoost(
      network, [](char station) { return std::string(1, station); });
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_THAT(Keys(*loaded), ElementsAre("A", "C", "B", "D", "E"));
  EXPECT_THAT(Row(*loaded, "A"), ElementsAre("A", "C", "B"));
  EXPECT_THAT(Row(*loaded, "D"), ElementsAre("C"));
  EXPECT_EQ(loaded->stats.edges, 5u);
  EXPECT_EQ(loaded->stats.self_loops, 1u);
}

TEST(GraphFromBoostTest, RefusesWhatNoGraphShouldHave) {
  using List = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS,
                                     boost::no_property, Distance>;
  List list(2);
  const auto one = [](size_t) { return "x"; };
  EXPECT_THAT(GraphFromBoost(list, NumberName).status().message(),
              HasSubstr("no edge"));
  add_edge(0, 1, Distance{std::numeric_limits<float>::max()}, list);
  EXPECT_THAT(GraphFromBoost(list, one).status().message(),
              HasSubstr("vertices 0 and 1 have the same name, 'x'"));
  EXPECT_THAT(
      GraphFromBoost(list, [](size_t) { return ""; }).status().message(),
      HasSubstr("vertex 0 has a name of 0 bytes"));
  EXPECT_THAT(
      GraphFromBoost(list, [](size_t) { return "\xFF"; }).status().message(),
      HasSubstr("not UTF-8"));
  add_edge(0, 1, Distance{std::numeric_limits<float>::max()}, list);
  const auto load = [&] {
    return WeightedGraphFromBoost(list, NumberName,
                                  get(&Distance::miles, list));
  };
  EXPECT_THAT(load().status().message(), HasSubstr("scale all weights down"));
  for (const float bad : {0.0f, -1.0f, std::numeric_limits<float>::quiet_NaN(),
                          std::numeric_limits<float>::infinity()}) {
    list[edge(0, 1, list).first].miles = bad;
    EXPECT_THAT(load().status().message(), HasSubstr("must be above 0"));
  }
}

}  // namespace from_boost_test
}  // namespace embed
