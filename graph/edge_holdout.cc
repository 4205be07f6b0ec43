#include "graph/edge_holdout.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "embed/base/hash_table.h"
#include "embed/base/philox.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

bool HasArc(const Graph& graph, uint32_t source, uint32_t target) {
  const absl::Span<const uint32_t> row = graph.Neighbors(source);
  return std::binary_search(row.begin(), row.end(), target);
}

// Which nodes are connected so far (union by size, paths halved).
class Components {
 public:
  explicit Components(uint32_t nodes) : parent_(nodes), size_(nodes, 1) {
    std::iota(parent_.begin(), parent_.end(), 0);
  }

  // False if they were connected before.
  bool Join(uint32_t a, uint32_t b) {
    a = Root(a);
    b = Root(b);
    if (a == b) return false;
    if (size_[a] < size_[b]) std::swap(a, b);
    parent_[b] = a;
    size_[a] += size_[b];
    return true;
  }

 private:
  uint32_t Root(uint32_t node) {
    while (parent_[node] != node) {
      parent_[node] = parent_[parent_[node]];
      node = parent_[node];
    }
    return node;
  }

  std::vector<uint32_t> parent_;
  std::vector<uint32_t> size_;
};

// Edges without the self-loops, and the self-loops.
struct EdgeLists {
  std::vector<Arc> edges;
  std::vector<Arc> self_loops;
};

EdgeLists ListEdges(const Graph& graph, bool directed) {
  EdgeLists lists;
  for (uint32_t node = 0; node < graph.num_nodes(); ++node) {
    for (const uint32_t target : graph.Neighbors(node)) {
      if (target == node) {
        lists.self_loops.push_back({node, node});
      } else if (directed || node < target) {
        lists.edges.push_back({node, target});
      }
    }
  }
  return lists;
}

bool Before(const Arc& a, const Arc& b) {
  return a.source != b.source ? a.source < b.source : a.target < b.target;
}

template <class T>
void Shuffle(std::vector<T>* list, Philox* random) {
  for (size_t left = list->size(); left > 1; --left) {
    std::swap((*list)[left - 1],
              (*list)[random->Below(static_cast<uint32_t>(left))]);
  }
}

// Draws pairs that are no edges, none twice.
class NonEdgeSampler {
 public:
  NonEdgeSampler(const Graph& graph, const HoldoutOptions& options)
      : graph_(graph),
        directed_(options.directed),
        random_(options.seed, RandomPurpose::kNonEdges, /*epoch=*/0, 0) {}

  absl::StatusOr<std::vector<Arc>> Uniform(uint64_t wanted, uint64_t edges) {
    const uint64_t n = graph_.num_nodes();
    const uint64_t pairs = directed_ ? n * (n - 1) : n * (n - 1) / 2;
    const uint64_t free = pairs - edges;
    if (free < wanted) {
      return absl::InvalidArgumentError(
          absl::StrCat("only ", free, " pairs of nodes have no edge, ", wanted,
                       " are wanted; hold out fewer edges"));
    }
    // Where most draws would fail there are so few pairs that all fit.
    if (free < pairs / 4 || wanted > free / 2) return FromAll(wanted);
    std::vector<Arc> drawn;
    while (drawn.size() < wanted) {
      const uint32_t a = random_.Below(graph_.num_nodes());
      Take({a, random_.Below(graph_.num_nodes())}, &drawn);
    }
    return drawn;
  }

  absl::StatusOr<std::vector<Arc>> SameSource(absl::Span<const Arc> edges) {
    const std::vector<uint32_t> targets = Targets();
    std::vector<Arc> drawn;
    for (const Arc& edge : edges) {
      if (!TakeFor(edge.source, targets, &drawn)) {
        return absl::InvalidArgumentError(absl::StrCat(
            "a node of degree ", graph_.Degree(edge.source),
            " has no further pair without an edge; hold out fewer edges"));
      }
    }
    return drawn;
  }

 private:
  // Appends the pair if it may be: true.
  bool Take(Arc pair, std::vector<Arc>* drawn) {
    if (!directed_ && pair.target < pair.source) {
      std::swap(pair.source, pair.target);
    }
    if (pair.source == pair.target) return false;
    if (HasArc(graph_, pair.source, pair.target)) return false;
    const uint64_t code = uint64_t{pair.source} << 32 | pair.target;
    if (!seen_.insert(code).second) return false;
    drawn->push_back(pair);
    return true;
  }

  bool TakeFor(uint32_t source, const std::vector<uint32_t>& targets,
               std::vector<Arc>* drawn) {
    constexpr int kTries = 64;
    const uint32_t size = static_cast<uint32_t>(targets.size());
    for (int i = 0; i < kTries; ++i) {
      if (Take({source, targets[random_.Below(size)]}, drawn)) return true;
    }
    // Nearly all of its pairs are edges or taken: in random order, any that is
    // left.
    std::vector<uint32_t> order = targets;
    Shuffle(&order, &random_);
    return std::any_of(order.begin(), order.end(), [&](uint32_t target) {
      return Take({source, target}, drawn);
    });
  }

  std::vector<Arc> FromAll(uint64_t wanted) {
    std::vector<Arc> all;
    for (uint32_t a = 0; a < graph_.num_nodes(); ++a) {
      for (uint32_t b = directed_ ? 0 : a + 1; b < graph_.num_nodes(); ++b) {
        if (a != b && !HasArc(graph_, a, b)) all.push_back({a, b});
      }
    }
    Shuffle(&all, &random_);
    all.resize(wanted);
    return all;
  }

  // The nodes that an edge leads to, rising.
  std::vector<uint32_t> Targets() const {
    std::vector<bool> is_target(graph_.num_nodes());
    for (uint64_t arc = 0; arc < graph_.num_arcs(); ++arc) {
      is_target[graph_.targets()[arc]] = true;
    }
    std::vector<uint32_t> targets;
    for (uint32_t node = 0; node < graph_.num_nodes(); ++node) {
      if (is_target[node]) targets.push_back(node);
    }
    return targets;
  }

  const Graph& graph_;
  const bool directed_;
  Philox random_;
  HashSet<uint64_t> seen_;
};

// Moves `wanted` edges (in random order) that no component needs to
// result->held_out and the others to result->kept.
absl::Status Divide(const Graph& graph, std::vector<Arc> edges, uint64_t wanted,
                    const HoldoutOptions& options, Holdout* result) {
  Philox random(options.seed, RandomPurpose::kHeldOutEdges, /*epoch=*/0, 0);
  Shuffle(&edges, &random);
  Components components(graph.num_nodes());
  for (const Arc& edge : edges) {
    const bool needed = components.Join(edge.source, edge.target);
    (needed ? result->kept : result->held_out).push_back(edge);
  }
  const uint64_t spare = result->held_out.size();
  if (spare < wanted) {
    const double most =
        static_cast<double>(spare) / static_cast<double>(edges.size());
    return absl::InvalidArgumentError(absl::StrCat(
        "a fraction of ", options.fraction, " of ", edges.size(),
        " edges cannot be held out with every component still connected; at "
        "most ",
        std::floor(most * 1e4) / 1e4));
  }
  result->kept.insert(result->kept.end(),
                      result->held_out.begin() + static_cast<ptrdiff_t>(wanted),
                      result->held_out.end());
  result->held_out.resize(wanted);
  return absl::OkStatus();
}

}  // namespace

absl::Status HoldoutOptions::Validate() const {
  if (!(fraction > 0 && fraction < 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("fraction ", fraction, " is not between 0 and 1"));
  }
  if (non_edges == NonEdges::kSameSource && !directed) {
    return absl::InvalidArgumentError(
        "pairs of the same source are of directed graphs only");
  }
  return absl::OkStatus();
}

absl::StatusOr<Holdout> HoldOutEdges(const Graph& graph,
                                     const HoldoutOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  EdgeLists lists = ListEdges(graph, options.directed);
  const uint64_t edges = lists.edges.size();
  if (edges > std::numeric_limits<uint32_t>::max()) {
    return absl::InvalidArgumentError(
        absl::StrCat(edges, " edges; at most 2^32 - 1 can be divided"));
  }
  const uint64_t wanted = static_cast<uint64_t>(
      std::llround(options.fraction * static_cast<double>(edges)));
  if (wanted == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a fraction of ", options.fraction, " of ", edges, " edges is none"));
  }
  Holdout result;
  EMBED_RETURN_IF_ERROR(
      Divide(graph, std::move(lists.edges), wanted, options, &result));
  result.kept.insert(result.kept.end(), lists.self_loops.begin(),
                     lists.self_loops.end());
  std::sort(result.kept.begin(), result.kept.end(), Before);
  NonEdgeSampler sampler(graph, options);
  if (options.non_edges == NonEdges::kUniform) {
    EMBED_ASSIGN_OR_RETURN(result.non_edges, sampler.Uniform(wanted, edges));
  } else {
    EMBED_ASSIGN_OR_RETURN(result.non_edges,
                           sampler.SameSource(result.held_out));
  }
  return result;
}

}  // namespace embed
