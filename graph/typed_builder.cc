#include "graph/typed_builder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/quoted.h"
#include "embed/base/status_macros.h"
#include "graph/graph_assembly.h"
#include "graph/typed_rows.h"

namespace embed {
namespace {

// Rows of the edges as given, each in its direction.
TypedRows GivenRows(const TypedEdges& edges, int threads) {
  const ArcList& arcs = edges.arcs;
  return ScatterTypedRows(
      edges.types_of_node.size(), arcs.weighted(), threads,
      [&](const auto& visit) {
        uint64_t place = 0;
        for (size_t b = 0; b < arcs.num_blocks(); ++b) {
          const absl::Span<const uint32_t> sources = arcs.sources(b);
          const absl::Span<const uint32_t> targets = arcs.targets(b);
          for (size_t i = 0; i < sources.size(); ++i, ++place) {
            visit(sources[i], targets[i], edges.edge_types[place],
                  arcs.weighted() ? arcs.weights(b)[i] : 1.0f);
          }
        }
      });
}

// Calls visit(source, arc) for each arc of the rows.
template <class Visit>
void ForEachArc(const TypedRows& rows, const Visit& visit) {
  for (uint32_t v = 0; v < rows.num_rows(); ++v) {
    for (uint64_t arc = rows.starts[v]; arc < rows.starts[v + uint64_t{1}];
         ++arc) {
      visit(v, arc);
    }
  }
}

// Which edge types hold each edge in both directions.
std::vector<bool> FindSymmetricTypes(const TypedRows& rows, size_t types) {
  std::vector<bool> symmetric(types, true);
  ForEachArc(rows, [&](uint32_t source, uint64_t arc) {
    const uint16_t type = rows.types[arc];
    if (!symmetric[type] || rows.targets[arc] == source) return;
    const uint32_t target = rows.targets[arc];
    const uint64_t back = FindArc(rows, target, source, type);
    symmetric[type] =
        back != rows.starts[target + uint64_t{1}] &&
        (rows.weights.empty() || rows.weights[back] == rows.weights[arc]);
  });
  return symmetric;
}

// The types that the graph will have, and where those given are among them.
struct EdgeTypes {
  std::vector<TypedGraph::EdgeType> types;
  std::vector<uint16_t> numbers;  // of the given types
};

absl::StatusOr<EdgeTypes> NumberEdgeTypes(const std::vector<std::string>& names,
                                          const std::vector<bool>& symmetric,
                                          bool directed) {
  EdgeTypes result;
  for (size_t i = 0; i < names.size(); ++i) {
    const auto number = static_cast<uint16_t>(result.types.size());
    result.numbers.push_back(number);
    if (directed || symmetric[i]) {
      const uint16_t inverse = directed ? TypedGraph::kNoType : number;
      result.types.push_back({names[i], inverse});
      continue;
    }
    const auto inverse = static_cast<uint16_t>(number + 1);
    const std::string inverse_name = absl::StrCat(names[i], "^-1");
    if (std::find(names.begin(), names.end(), inverse_name) != names.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the edge type ", Quoted(inverse_name),
                       " has the name that the way back of ", Quoted(names[i]),
                       " gets; call it otherwise, or leave it out"));
    }
    result.types.push_back({names[i], inverse});
    result.types.push_back({inverse_name, number});
  }
  return result;
}

// Calls visit(source, target, type, weight) for each arc of the graph.
template <class Visit>
void ForEachFinalArc(const TypedRows& rows, const EdgeTypes& types,
                     const std::vector<uint32_t>& number, const Visit& visit) {
  ForEachArc(rows, [&](uint32_t v, uint64_t arc) {
    const uint32_t source = number[v];
    const uint32_t target = number[rows.targets[arc]];
    const uint16_t type = types.numbers[rows.types[arc]];
    const uint16_t inverse = types.types[type].inverse;
    const float weight = rows.weights.empty() ? 1 : rows.weights[arc];
    visit(source, target, type, weight);
    if (inverse != type && inverse != TypedGraph::kNoType) {
      visit(target, source, inverse, weight);
    }
  });
}

// Arcs that leave each node and, if directed, those that enter it.
std::vector<uint64_t> CountArcs(const TypedRows& rows, const EdgeTypes& types,
                                bool directed) {
  std::vector<uint64_t> counts(rows.num_rows());
  ForEachArc(rows, [&](uint32_t v, uint64_t arc) {
    const uint16_t type = types.numbers[rows.types[arc]];
    ++counts[v];
    if (directed || types.types[type].inverse != type) {
      ++counts[rows.targets[arc]];
    }
  });
  return counts;
}

// Nodes type by type, within a type by falling count.
std::vector<uint32_t> OrderNodes(const std::vector<uint64_t>& counts,
                                 const TypedEdges& edges,
                                 std::vector<TypedGraph::NodeType>* types) {
  std::vector<uint32_t> sizes(edges.node_type_names.size());
  for (const uint16_t type : edges.types_of_node) ++sizes[type];
  uint32_t begin = 0;
  std::vector<uint32_t> places;
  for (size_t type = 0; type < sizes.size(); ++type) {
    const uint32_t end = begin + sizes[type];
    types->push_back({edges.node_type_names[type], begin, end});
    places.push_back(std::exchange(begin, end));
  }
  std::vector<uint32_t> order(counts.size());
  for (const uint32_t v : FallingOrder(counts)) {
    order[places[edges.types_of_node[v]]++] = v;
  }
  return order;
}

void CountEdges(const TypedRows& rows, const std::vector<bool>& symmetric,
                BuiltTypedGraph* built) {
  built->different = rows.targets.size();
  uint64_t there_or_back = 0;
  ForEachArc(rows, [&](uint32_t v, uint64_t arc) {
    if (rows.targets[arc] == v) {
      ++built->self_loops;
    } else if (symmetric[rows.types[arc]]) {
      ++there_or_back;
    }
  });
  built->edges = built->different - there_or_back / 2;
}

}  // namespace

absl::StatusOr<BuiltTypedGraph> BuildTypedGraph(TypedEdges edges, bool directed,
                                                int threads) {
  TypedRows given = GivenRows(edges, threads);
  const bool weighted = edges.arcs.weighted();
  edges.arcs = ArcList(false);  // frees its memory before more is taken
  EMBED_RETURN_IF_ERROR(SortAndJoin(threads, &given));
  // In a directed graph the two directions are two edges.
  const std::vector<bool> symmetric =
      directed ? std::vector<bool>(edges.edge_type_names.size(), false)
               : FindSymmetricTypes(given, edges.edge_type_names.size());
  EMBED_ASSIGN_OR_RETURN(EdgeTypes types, NumberEdgeTypes(edges.edge_type_names,
                                                          symmetric, directed));
  BuiltTypedGraph built;
  const std::vector<uint64_t> counts = CountArcs(given, types, directed);
  CountEdges(given, symmetric, &built);
  std::vector<TypedGraph::NodeType> node_types;
  built.order = OrderNodes(counts, edges, &node_types);
  std::vector<uint32_t> number(counts.size());
  for (uint32_t i = 0; i < number.size(); ++i) {
    number[built.order[i]] = i;
    built.counts.push_back(counts[built.order[i]]);
  }
  TypedRows rows = ScatterTypedRows(
      counts.size(), weighted, threads,
      [&](const auto& visit) { ForEachFinalArc(given, types, number, visit); });
  given = TypedRows();
  EMBED_RETURN_IF_ERROR(SortAndJoin(threads, &rows));
  built.graph = TypedGraph(
      Graph(std::move(rows.starts), std::move(rows.targets),
            std::move(rows.weights)),
      std::move(rows.types), std::move(node_types), std::move(types.types));
  return built;
}

}  // namespace embed
