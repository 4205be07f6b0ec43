#include "graph/graph_builder.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/checked_math.h"
#include "embed/base/parallel.h"

namespace embed {
namespace {

struct WeightedTarget {
  uint32_t target;
  float weight;
};

struct Rows {
  std::vector<uint64_t> starts;
  std::vector<uint32_t> targets;
  std::vector<float> weights;
};

// A vector of `size` zeros that asks for huge pages before it is first touched:
// walks read it at random places, and would miss the TLB at nearly each step.
template <class T>
std::vector<T> LargeVector(uint64_t size) {
  constexpr uintptr_t kHugePage = uintptr_t{2} << 20;
  std::vector<T> result;
  result.reserve(size);
  const uint64_t bytes = size * sizeof(T);
  const uintptr_t address = reinterpret_cast<uintptr_t>(result.data());
  const uint64_t before = RoundUp(address, kHugePage) - address;
  if (before < bytes) {
    // Advice only: without huge pages all works, a little slower.
    (void)madvise(reinterpret_cast<char*>(result.data()) + before,
                  (bytes - before) & ~(kHugePage - 1), MADV_HUGEPAGE);
  }
  result.resize(size);
  return result;
}

// Turns counts (of row v at v + 1) into the starts of the rows.
void CountsToStarts(std::vector<uint64_t>* counts) {
  for (size_t i = 1; i < counts->size(); ++i) (*counts)[i] += (*counts)[i - 1];
}

// Calls visit(source, target, weight) for each arc that the list stands for.
template <class Visit>
void ForEachStoredArc(const ArcList& arcs, bool directed, const Visit& visit) {
  arcs.ForEach([&](Arc arc, float weight) {
    visit(arc.source, arc.target, weight);
    if (!directed && arc.source != arc.target) {
      visit(arc.target, arc.source, weight);
    }
  });
}

// The arcs in rows, within a row in the list's order.
Rows ScatterRows(const ArcList& arcs, const GraphBuildOptions& options) {
  Rows rows;
  rows.starts = LargeVector<uint64_t>(options.num_nodes + uint64_t{1});
  ForEachStoredArc(arcs, options.directed,
                   [&](uint32_t source, uint32_t, float) {
                     ++rows.starts[source + uint64_t{1}];
                   });
  CountsToStarts(&rows.starts);
  rows.targets = LargeVector<uint32_t>(rows.starts.back());
  if (arcs.weighted()) rows.weights = LargeVector<float>(rows.starts.back());
  // starts[v] serves as the place of the next arc of v, which leaves it at the
  // end of row v; shifted by one it is the starts again.
  ForEachStoredArc(arcs, options.directed,
                   [&](uint32_t source, uint32_t target, float weight) {
                     const uint64_t place = rows.starts[source]++;
                     rows.targets[place] = target;
                     if (arcs.weighted()) rows.weights[place] = weight;
                   });
  for (uint64_t v = options.num_nodes; v > 0; --v) {
    rows.starts[v] = rows.starts[v - 1];
  }
  rows.starts[0] = 0;
  return rows;
}

void SortRow(const Rows& rows, uint32_t* targets, float* weights, uint64_t node,
             std::vector<WeightedTarget>* scratch) {
  const uint64_t begin = rows.starts[node];
  const uint64_t end = rows.starts[node + 1];
  if (rows.weights.empty()) {
    std::sort(targets + begin, targets + end);
    return;
  }
  scratch->clear();
  for (uint64_t i = begin; i < end; ++i) {
    scratch->push_back({targets[i], weights[i]});
  }
  // Stable, so that weights of one arc are added in the list's order.
  std::stable_sort(scratch->begin(), scratch->end(),
                   [](const WeightedTarget& a, const WeightedTarget& b) {
                     return a.target < b.target;
                   });
  for (uint64_t i = begin; i < end; ++i) {
    targets[i] = (*scratch)[i - begin].target;
    weights[i] = (*scratch)[i - begin].weight;
  }
}

void SortRows(int threads, Rows* rows) {
  // Rows differ widely in length, so threads take small pieces in turn.
  constexpr uint64_t kPiece = 1024;
  const uint64_t nodes = rows->starts.size() - 1;
  std::atomic<uint64_t> next{0};
  RunThreads(threads, [&](int) {
    std::vector<WeightedTarget> scratch;
    for (uint64_t begin; (begin = next.fetch_add(kPiece)) < nodes;) {
      for (uint64_t v = begin; v < std::min(begin + kPiece, nodes); ++v) {
        SortRow(*rows, rows->targets.data(), rows->weights.data(), v, &scratch);
      }
    }
  });
}

// Makes one arc of neighbours in a sorted row that have the same target, and
// closes the gaps.
absl::Status MergeRows(Rows* rows) {
  const bool weighted = !rows->weights.empty();
  uint64_t kept = 0;
  uint64_t begin = 0;
  for (size_t v = 0; v + 1 < rows->starts.size(); ++v) {
    const uint64_t end = rows->starts[v + 1];
    for (uint64_t i = begin; i < end;) {
      const uint32_t target = rows->targets[i];
      double sum = 0;
      for (; i < end && rows->targets[i] == target; ++i) {
        if (weighted) sum += rows->weights[i];
      }
      rows->targets[kept] = target;
      if (weighted) {
        rows->weights[kept] = static_cast<float>(sum);
        if (!std::isfinite(rows->weights[kept])) {
          return absl::InvalidArgumentError(absl::StrCat(
              "the weights of one edge add up to ", sum,
              ", beyond the range of float; scale all weights down"));
        }
      }
      ++kept;
    }
    begin = end;
    rows->starts[v + 1] = kept;
  }
  rows->targets.resize(kept);
  if (weighted) rows->weights.resize(kept);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Graph> BuildGraph(ArcList arcs,
                                 const GraphBuildOptions& options) {
  Rows rows = ScatterRows(arcs, options);
  arcs = ArcList(false);  // frees the list
  SortRows(options.threads, &rows);
  absl::Status status = MergeRows(&rows);
  if (!status.ok()) return status;
  return Graph(std::move(rows.starts), std::move(rows.targets),
               std::move(rows.weights));
}

Graph RenumberGraph(const Graph& graph, absl::Span<const uint32_t> order,
                    int threads) {
  const uint32_t nodes = graph.num_nodes();
  std::vector<uint32_t> number(nodes);
  for (uint32_t i = 0; i < nodes; ++i) number[order[i]] = i;
  Rows rows;
  rows.starts = LargeVector<uint64_t>(nodes + uint64_t{1});
  for (uint32_t i = 0; i < nodes; ++i) {
    rows.starts[i + uint64_t{1}] = graph.Degree(order[i]);
  }
  CountsToStarts(&rows.starts);
  rows.targets = LargeVector<uint32_t>(graph.num_arcs());
  if (graph.weighted()) rows.weights = LargeVector<float>(graph.num_arcs());
  ParallelFor(threads, nodes, [&](uint64_t begin, uint64_t end) {
    for (uint64_t v = begin; v < end; ++v) {
      uint64_t place = rows.starts[v];
      if (graph.weighted()) {
        const absl::Span<const float> weights = graph.Weights(order[v]);
        std::copy(weights.begin(), weights.end(), rows.weights.data() + place);
      }
      for (uint32_t target : graph.Neighbors(order[v])) {
        rows.targets[place++] = number[target];
      }
    }
  });
  SortRows(threads, &rows);
  return Graph(std::move(rows.starts), std::move(rows.targets),
               std::move(rows.weights));
}

}  // namespace embed
