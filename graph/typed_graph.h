// A graph whose nodes and edges have types (a heterogeneous information
// network), for metapath and HIN2Vec walks.
//
// Nodes are numbered type by type, so that the nodes of one type are a range of
// ids, and so that a row, whose targets rise, holds its neighbours type by
// type. Two nodes have one arc for each type of edge between them, in the order
// of those types: in the rows of graph() a target may stand more than once.
//
// Each edge leads both ways: the way back has a type of its own, the inverse,
// unless the input lists the edges of a type both ways itself. A graph loaded
// as directed has no inverses. Any number of threads may read.
#ifndef EMBED_GRAPH_TYPED_GRAPH_H_
#define EMBED_GRAPH_TYPED_GRAPH_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "graph/graph.h"

namespace embed {

class TypedGraph {
 public:
  static constexpr uint16_t kNoType = 0xFFFF;

  struct NodeType {
    std::string name;
    uint32_t begin = 0;  // the nodes of the type are begin .. end - 1
    uint32_t end = 0;
  };
  struct EdgeType {
    std::string name;
    // The type of the way back: another one, itself where edges of the type
    // are listed both ways, kNoType in a directed graph.
    uint16_t inverse = kNoType;
  };
  // ArcsTo() for inner loops that know both types. A view into the graph.
  class ArcsBetween {
   public:
    // node: of the source type.
    ArcRange Of(uint32_t node) const {
      const uint64_t* row = rows_ + node;
      const uint32_t* starts = PlaceOfStarts(node);
      return {row[0] + starts[0], last_ ? row[1] : row[0] + starts[1]};
    }
    // Asks for what Of() reads.
    void Prefetch(uint32_t node) const {
      __builtin_prefetch(rows_ + node);
      __builtin_prefetch(PlaceOfStarts(node));
    }

   private:
    friend class TypedGraph;
    const uint32_t* PlaceOfStarts(uint32_t node) const {
      return starts_ + uint64_t{node - first_node_} * per_node_;
    }

    const uint64_t* rows_;
    const uint32_t* starts_;  // of the run in the first node's row
    uint32_t first_node_;
    uint16_t per_node_;
    bool last_;  // the run is the last of its row
  };

  TypedGraph() = default;
  // Ranges of node_types follow one another and cover all nodes. arc_types[a]
  // belongs to arc a; within a row, (target, arc type) rises without
  // repetition. O(nodes * types they have neighbours of + arcs).
  TypedGraph(Graph graph, std::vector<uint16_t> arc_types,
             std::vector<NodeType> node_types,
             std::vector<EdgeType> edge_types);

  const Graph& graph() const { return graph_; }
  // The graph without its types, in which a target stands once in a row: arcs
  // of several types to one node become one arc, weights summed. O(arcs).
  // InvalidArgument: a sum that is not finite.
  absl::StatusOr<Graph> TakeGraph() &&;
  absl::Span<const NodeType> node_types() const { return node_types_; }
  absl::Span<const EdgeType> edge_types() const { return edge_types_; }

  // The number of the type with this name, or kNoType.
  uint16_t FindNodeType(absl::string_view name) const;
  uint16_t FindEdgeType(absl::string_view name) const;

  uint16_t TypeOfNode(uint32_t node) const { return types_of_nodes_[node]; }
  uint16_t TypeOfArc(uint64_t arc) const { return arc_types_[arc]; }
  // The same as arrays, for inner loops.
  const uint16_t* types_of_nodes() const { return types_of_nodes_.data(); }
  const uint16_t* arc_types() const { return arc_types_.data(); }

  // True if any arc of the graph leads from a node of type `source` to one of
  // type `target`.
  bool Connects(uint16_t source, uint16_t target) const {
    return Run(source, target) != kNoType;
  }

  // The arcs from `node` to nodes of a type; O(1). Reads graph().rows()[node]
  // and PlaceOfRuns(node), which a caller may prefetch.
  ArcRange ArcsTo(uint32_t node, uint16_t type) const {
    const uint64_t* row = graph_.rows() + node;
    const uint16_t source = types_of_nodes_[node];
    const uint16_t run = Run(source, type);
    if (run == kNoType) return {row[0], row[0]};
    const uint32_t* starts = PlaceOfRuns(node);
    const bool last = run + 1 == runs_[source].per_node;
    return {row[0] + starts[run], last ? row[1] : row[0] + starts[run + 1]};
  }
  // Only for types that Connects() is true of.
  ArcsBetween Between(uint16_t source, uint16_t target) const;
  const uint32_t* PlaceOfRuns(uint32_t node) const {
    const uint16_t source = types_of_nodes_[node];
    return run_starts_.data() + runs_[source].begin +
           uint64_t{node - node_types_[source].begin} * runs_[source].per_node;
  }

  uint64_t memory_bytes() const {
    return graph_.memory_bytes() + run_starts_.size() * sizeof(uint32_t) +
           (arc_types_.size() + types_of_nodes_.size() + run_of_types_.size()) *
               sizeof(uint16_t);
  }

 private:
  // Where the runs of the rows of one node type lie in run_starts_.
  struct Runs {
    uint64_t begin = 0;
    uint16_t per_node = 0;
  };

  uint16_t Run(uint16_t source, uint16_t target) const {
    return run_of_types_[source * node_types_.size() + target];
  }
  void FindRunsOfTypes();
  void FillRunStarts();

  Graph graph_;
  std::vector<uint16_t> arc_types_;
  std::vector<uint16_t> types_of_nodes_;
  std::vector<NodeType> node_types_;
  std::vector<EdgeType> edge_types_;
  // A row is cut into runs of neighbours of one type, one run (perhaps of no
  // arc) for each type that any node of the row's own type has neighbours of.
  std::vector<uint16_t> run_of_types_;  // [types, types]; kNoType: no run
  std::vector<Runs> runs_;              // of each node type
  std::vector<uint32_t> run_starts_;    // from the start of the row
};

}  // namespace embed

#endif  // EMBED_GRAPH_TYPED_GRAPH_H_
