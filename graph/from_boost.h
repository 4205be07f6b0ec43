// A graph from any graph of Boost's kind: one that models VertexListGraph and
// IncidenceGraph, be it of Boost.Graph or a class of the user's own.
//
//     boost::adjacency_list<> g = ...;
//     auto loaded = GraphFromBoost(g, [&](auto v) { return names[v]; });
//
// What its edges mean is the graph's own directed_category: in an undirected
// graph an edge comes out of both its ends. Parallel edges become one, weights
// summed; self-loops and nodes without edges are kept.
#ifndef EMBED_GRAPH_FROM_BOOST_H_
#define EMBED_GRAPH_FROM_BOOST_H_

#include <cmath>
#include <cstdint>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "boost/functional/hash.hpp"
#include "boost/graph/graph_traits.hpp"
#include "boost/property_map/property_map.hpp"
#include "embed/base/status_macros.h"
#include "embed/model/vocabulary.h"
#include "graph/graph_assembly.h"
#include "graph/loaded_graph.h"
#include "graph/numbered_edges.h"

namespace embed {

namespace from_boost_internal {

// A property map, read by get(map, key), or a function.
template <class Map, class Key>
decltype(auto) ValueOf(const Map& map, const Key& key) {
  if constexpr (std::is_invocable_v<const Map&, const Key&>) {
    return map(key);
  } else {
    using boost::get;  // for maps that are pointers
    return get(map, key);
  }
}

// Adds the nodes in the graph's order; each must have a name of its own.
template <class BoostGraph, class NameMap, class Numbers>
absl::Status AddNodes(const BoostGraph& graph, const NameMap& names,
                      NumberedEdges* edges, Numbers* numbers) {
  const auto [begin, end] = vertices(graph);
  for (auto v = begin; v != end; ++v) {
    const std::string name = absl::StrCat(ValueOf(names, *v));
    const uint32_t next = edges->keys.size();
    uint32_t number;
    if (name.empty() || name.size() > Vocabulary::kMaxKeyBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("vertex ", next, " has a name of ", name.size(),
                       " bytes; expected 1 to ", Vocabulary::kMaxKeyBytes));
    }
    if (edges->keys.Intern({name}, &number) == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("the name of vertex ", next, ": ", KeyProblem(name)));
    }
    if (number != next) {
      return absl::InvalidArgumentError(
          absl::StrCat("vertices ", number, " and ", next,
                       " have the same name, '", name, "'"));
    }
    numbers->emplace(*v, number);
  }
  return absl::OkStatus();
}

inline absl::Status CheckWeight(float weight, absl::string_view source) {
  if (std::isfinite(weight) && weight > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("an edge of '", source, "' has the weight ", weight,
                   "; weights must be above 0 and finite"));
}

// Adds the edges that come out of each node. An undirected edge comes out of
// both its ends and is taken at its lower one; an undirected self-loop may come
// out of its only node twice, one after the other (as in adjacency_list), and
// is taken once.
template <class BoostGraph, class WeightMap, class Numbers>
absl::Status AddEdges(const BoostGraph& graph, const WeightMap& weights,
                      bool directed, const Numbers& numbers,
                      NumberedEdges* edges) {
  const auto [begin, end] = vertices(graph);
  for (auto v = begin; v != end; ++v) {
    const uint32_t node = numbers.at(*v);
    const auto [first, last] = out_edges(*v, graph);
    auto loop = last;  // the self-loop met last
    for (auto edge = first; edge != last; ++edge) {
      const auto found = numbers.find(target(*edge, graph));
      if (found == numbers.end()) {
        return absl::InvalidArgumentError(
            absl::StrCat("an edge of '", edges->keys.key(node),
                         "' leads to none of the graph's vertices"));
      }
      if (!directed && found->second < node) continue;
      if (!directed && found->second == node) {
        const bool repeated = loop != last && *loop == *edge;
        loop = repeated ? last : edge;
        if (repeated) continue;
      }
      const auto weight = static_cast<float>(ValueOf(weights, *edge));
      EMBED_RETURN_IF_ERROR(CheckWeight(weight, edges->keys.key(node)));
      edges->arcs.Append({node, found->second}, weight);
    }
  }
  return absl::OkStatus();
}

template <class BoostGraph, class NameMap, class WeightMap>
absl::StatusOr<LoadedGraph> Convert(const BoostGraph& graph,
                                    const NameMap& names,
                                    const WeightMap& weights, bool weighted,
                                    int threads) {
  using Traits = boost::graph_traits<BoostGraph>;
  constexpr bool kDirected =
      std::is_convertible_v<typename Traits::directed_category,
                            boost::directed_tag>;
  NumberedEdges edges(weighted);
  std::unordered_map<typename Traits::vertex_descriptor, uint32_t,
                     boost::hash<typename Traits::vertex_descriptor>>
      numbers;
  numbers.reserve(num_vertices(graph));
  EMBED_RETURN_IF_ERROR(AddNodes(graph, names, &edges, &numbers));
  EMBED_RETURN_IF_ERROR(AddEdges(graph, weights, kDirected, numbers, &edges));
  return AssembleGraph(std::move(edges), kDirected, threads, "the graph");
}

}  // namespace from_boost_internal

// names: a property map of vertices (read by get(names, v)) or a function of a
// vertex; what absl::StrCat() takes. Ids as loaded_graph.h tells, "first
// appearance" being the order of vertices(graph).
// InvalidArgument: a name that is no key or that two vertices have, an edge out
// of the graph; no edge at all. Functions of `graph` are found as Boost finds
// them, by the namespace of its type.
template <class BoostGraph, class NameMap>
absl::StatusOr<LoadedGraph> GraphFromBoost(const BoostGraph& graph,
                                           const NameMap& names,
                                           int threads = 1) {
  return from_boost_internal::Convert(
      graph, names, [](const auto&) { return 1.0f; }, false, threads);
}

// The same with weights: a property map or a function of edges, a number each.
// InvalidArgument also: a weight that is not above 0 and finite, or a sum of
// weights that is not finite.
template <class BoostGraph, class NameMap, class WeightMap>
absl::StatusOr<LoadedGraph> WeightedGraphFromBoost(const BoostGraph& graph,
                                                   const NameMap& names,
                                                   const WeightMap& weights,
                                                   int threads = 1) {
  return from_boost_internal::Convert(graph, names, weights, true, threads);
}

}  // namespace embed

#endif  // EMBED_GRAPH_FROM_BOOST_H_
