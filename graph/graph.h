// An immutable directed graph in compressed sparse rows, for walks.
//
// Nodes are 0 .. num_nodes() - 1. Row v lists the targets of the arcs that
// leave v, rising, none twice. An undirected edge is two arcs, a self-loop one.
// Weights, where the graph has them, lie beside the arcs: 4 bytes an arc
// without them, 8 with. Any number of threads may read.
#ifndef EMBED_GRAPH_GRAPH_H_
#define EMBED_GRAPH_GRAPH_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "boost/graph/compressed_sparse_row_graph.hpp"

namespace embed {

// Arcs begin .. end - 1 of the arrays of a graph.
struct ArcRange {
  uint64_t begin;
  uint64_t end;
};

class Graph {
 public:
  using Csr =
      boost::compressed_sparse_row_graph<boost::directedS, boost::no_property,
                                         boost::no_property, boost::no_property,
                                         uint32_t, uint64_t>;

  Graph() = default;
  // Row v is targets[rows[v] .. rows[v + 1]), rising without repetition;
  // weights[i] > 0 belongs to targets[i], or weights is empty. rows has one
  // entry more than there are nodes, the last of them targets.size().
  // undirected: each arc has its reverse, of the same weight.
  Graph(std::vector<uint64_t> rows, std::vector<uint32_t> targets,
        std::vector<float> weights, bool undirected = false);

  Graph(Graph&&) = default;
  Graph& operator=(Graph&&) = default;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  uint32_t num_nodes() const {
    return static_cast<uint32_t>(csr_.m_forward.m_rowstart.size() - 1);
  }
  uint64_t num_arcs() const { return csr_.m_forward.m_column.size(); }
  bool weighted() const { return !weights_.empty(); }
  // Known to have the reverse of each arc, of the same weight, for it was made
  // of undirected edges.
  bool undirected() const { return undirected_; }

  // The number of arcs that leave `node`.
  uint32_t Degree(uint32_t node) const {
    return static_cast<uint32_t>(rows()[node + 1] - rows()[node]);
  }
  absl::Span<const uint32_t> Neighbors(uint32_t node) const {
    return {targets() + rows()[node], Degree(node)};
  }
  // Weights(v)[i] belongs to Neighbors(v)[i]; empty in an unweighted graph.
  absl::Span<const float> Weights(uint32_t node) const {
    if (!weighted()) return {};
    return {weights_.data() + rows()[node], Degree(node)};
  }

  // The rows as arrays, for inner loops: arc a of node v, rows()[v] <= a <
  // rows()[v + 1], leads to targets()[a].
  const uint64_t* rows() const { return csr_.m_forward.m_rowstart.data(); }
  const uint32_t* targets() const { return csr_.m_forward.m_column.data(); }
  // weights()[a] is the weight of arc a; null in an unweighted graph.
  const float* weights() const {
    return weighted() ? weights_.data() : nullptr;
  }

  // The same graph for the algorithms of Boost.Graph.
  const Csr& csr() const { return csr_; }

  uint64_t memory_bytes() const {
    return (num_nodes() + uint64_t{1}) * sizeof(uint64_t) +
           num_arcs() * sizeof(uint32_t) + weights_.size() * sizeof(float);
  }

 private:
  Csr csr_;
  std::vector<float> weights_;
  bool undirected_ = false;
};

}  // namespace embed

#endif  // EMBED_GRAPH_GRAPH_H_
