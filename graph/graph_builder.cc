#include "graph/graph_builder.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "graph/large_vector.h"
#include "graph/scatter.h"

namespace embed {
namespace {

// Rows of a Graph in the making.
struct Rows {
  std::vector<uint64_t> starts;
  std::vector<uint32_t> targets;
  std::vector<float> weights;
};

// Calls visit(source, value) for each arc that the list stands for: value_of(b)
// is the column of values of block b.
template <class Column, class Visit>
void ForEachOneWay(const ArcList& arcs, const Column& value_of,
                   const Visit& visit) {
  for (size_t b = 0; b < arcs.num_blocks(); ++b) {
    const absl::Span<const uint32_t> sources = arcs.sources(b);
    const auto values = value_of(b);
    for (size_t i = 0; i < sources.size(); ++i) visit(sources[i], values[i]);
  }
}

// The same for edges stored both ways; `back` is the column of values of the
// ways back.
template <class There, class Back, class Visit>
void ForEachBothWays(const ArcList& arcs, const There& there, const Back& back,
                     const Visit& visit) {
  for (size_t b = 0; b < arcs.num_blocks(); ++b) {
    const absl::Span<const uint32_t> sources = arcs.sources(b);
    const absl::Span<const uint32_t> targets = arcs.targets(b);
    const auto values = there(b);
    const auto values_back = back(b);
    for (size_t i = 0; i < sources.size(); ++i) {
      visit(sources[i], values[i]);
      if (sources[i] != targets[i]) visit(targets[i], values_back[i]);
    }
  }
}

// The arcs in rows, within a row in the list's order. Columns of the list are
// given back as soon as they are in place.
Rows ScatterList(ArcList arcs, const GraphBuildOptions& options) {
  const auto sources = [&](size_t b) { return arcs.sources(b); };
  const auto targets = [&](size_t b) { return arcs.targets(b); };
  const auto weights = [&](size_t b) { return arcs.weights(b); };
  const auto each_target = [&](const auto& visit) {
    if (options.directed) return ForEachOneWay(arcs, targets, visit);
    ForEachBothWays(arcs, targets, sources, visit);
  };
  const auto each_weight = [&](const auto& visit) {
    if (options.directed) return ForEachOneWay(arcs, weights, visit);
    ForEachBothWays(arcs, weights, weights, visit);
  };
  Rows rows;
  rows.starts = LargeVector<uint64_t>(options.num_nodes + uint64_t{1});
  CountRowStarts(options.threads, each_target, &rows.starts);
  rows.targets = LargeVector<uint32_t>(rows.starts.back());
  ScatterColumn(options.threads, each_target, &rows.starts,
                rows.targets.data());
  if (!arcs.weighted()) return rows;
  if (options.directed) arcs.FreeTargets();
  rows.weights = LargeVector<float>(rows.starts.back());
  ScatterColumn(options.threads, each_weight, &rows.starts,
                rows.weights.data());
  return rows;
}

// Makes one arc of those of a row that have the same target.
class RowJoiner {
 public:
  explicit RowJoiner(ArcRows* rows)
      : rows_(rows), places_(LargeVector<uint64_t>(rows->num_rows())) {}

  // Rows in rising order, for `places_` tells an arc of this row from those of
  // rows before by its place. False: a sum of weights that is not finite.
  bool Join(uint32_t row) {
    const uint64_t begin = rows_->starts[row];
    const uint64_t end = rows_->starts[row + uint64_t{1}];
    const bool weighted = !rows_->weights.empty();
    uint32_t* const targets = rows_->targets.data();
    uint64_t kept = begin;
    for (uint64_t i = begin; i < end; ++i) {
      const uint32_t target = targets[i];
      uint64_t& place = places_[target];
      const bool repeated = place > begin;
      if (weighted) Add(repeated ? place - 1 - begin : kept - begin, i);
      if (repeated) continue;
      targets[kept] = target;
      place = ++kept;
    }
    rows_->sizes[row] = static_cast<uint32_t>(kept - begin);
    return !weighted || StoreSums(begin, kept);
  }

 private:
  // Sums are of double: rounded once, not with each term.
  void Add(uint64_t place, uint64_t arc) {
    const double weight = rows_->weights[arc];
    if (place < sums_.size()) {
      sums_[place] += weight;
    } else {
      sums_.push_back(weight);
    }
  }

  bool StoreSums(uint64_t begin, uint64_t end) {
    bool finite = true;
    for (uint64_t i = begin; i < end; ++i) {
      const float sum = static_cast<float>(sums_[i - begin]);
      finite = finite && std::isfinite(sum);
      rows_->weights[i] = sum;
    }
    sums_.clear();
    return finite;
  }

  ArcRows* rows_;
  std::vector<uint64_t> places_;  // one above that of the last arc to a node
  std::vector<double> sums_;
};

absl::Status JoinRows(int threads, ArcRows* rows) {
  // Rows differ widely in length, so threads take small pieces in turn.
  constexpr uint64_t kPiece = 1024;
  std::atomic<uint64_t> next{0};
  std::atomic<bool> finite{true};
  RunThreads(std::min(threads, kMaxJoinThreads), [&](int) {
    RowJoiner joiner(rows);
    for (uint64_t begin; (begin = next.fetch_add(kPiece)) < rows->num_rows();) {
      const uint64_t end = std::min<uint64_t>(begin + kPiece, rows->num_rows());
      for (uint64_t row = begin; row < end; ++row) {
        if (!joiner.Join(static_cast<uint32_t>(row))) finite = false;
      }
    }
  });
  if (finite) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "the weights of one edge add up to a number beyond the range of float; "
      "scale all weights down");
}

// Calls visit(number[target], number of the source, arc) for the arcs of the
// rows in their new order.
template <class Visit>
void ForEachArranged(const ArcRows& rows, absl::Span<const uint32_t> order,
                     absl::Span<const uint32_t> number, const Visit& visit) {
  for (uint32_t i = 0; i < order.size(); ++i) {
    const uint64_t begin = rows.starts[order[i]];
    const uint64_t end = begin + rows.size(order[i]);
    for (uint64_t arc = begin; arc < end; ++arc) {
      visit(number[rows.targets[arc]], i, arc);
    }
  }
}

// Rows that begin at `starts` with the arcs that each_source(visit) tells by
// visit(row, target) and, if `weighted`, each_weight(visit) by visit(row,
// weight).
template <class EachSource, class EachWeight>
Rows CollectRows(std::vector<uint64_t> starts, bool weighted, int threads,
                 const EachSource& each_source, const EachWeight& each_weight) {
  Rows rows;
  rows.starts = std::move(starts);
  rows.targets = LargeVector<uint32_t>(rows.starts.back());
  ScatterColumn(threads, each_source, &rows.starts, rows.targets.data());
  if (!weighted) return rows;
  rows.weights = LargeVector<float>(rows.starts.back());
  ScatterColumn(threads, each_weight, &rows.starts, rows.weights.data());
  return rows;
}

// Where rows begin that are as long as the arranged rows themselves.
std::vector<uint64_t> ArrangedStarts(const ArcRows& rows,
                                     absl::Span<const uint32_t> order) {
  std::vector<uint64_t> starts = LargeVector<uint64_t>(order.size() + 1);
  for (size_t i = 0; i < order.size(); ++i) {
    starts[i + 1] = starts[i] + rows.size(order[i]);
  }
  return starts;
}

// Rows of the arcs that enter each node, sources rising. In an undirected graph
// they are as long as those of the arcs that leave it.
Rows TransposeArranged(const ArcRows& rows, absl::Span<const uint32_t> order,
                       bool directed, int threads) {
  std::vector<uint32_t> number = LargeVector<uint32_t>(order.size());
  for (uint32_t i = 0; i < order.size(); ++i) number[order[i]] = i;
  const auto each_source = [&](const auto& visit) {
    ForEachArranged(rows, order, number,
                    [&](uint32_t target, uint32_t source, uint64_t) {
                      visit(target, source);
                    });
  };
  const auto each_weight = [&](const auto& visit) {
    ForEachArranged(rows, order, number,
                    [&](uint32_t target, uint32_t, uint64_t arc) {
                      visit(target, rows.weights[arc]);
                    });
  };
  std::vector<uint64_t> starts;
  if (directed) {
    starts = LargeVector<uint64_t>(order.size() + 1);
    CountRowStarts(threads, each_source, &starts);
  } else {
    starts = ArrangedStarts(rows, order);
  }
  return CollectRows(std::move(starts), !rows.weights.empty(), threads,
                     each_source, each_weight);
}

// The rows turned round once more, to begin at `starts`.
Rows Transpose(const Rows& rows, std::vector<uint64_t> starts, int threads) {
  const auto each_source = [&](const auto& visit) {
    for (uint32_t v = 0; v + uint64_t{1} < rows.starts.size(); ++v) {
      const uint64_t end = rows.starts[v + uint64_t{1}];
      for (uint64_t arc = rows.starts[v]; arc < end; ++arc) {
        visit(rows.targets[arc], v);
      }
    }
  };
  const auto each_weight = [&](const auto& visit) {
    for (uint64_t arc = 0; arc < rows.weights.size(); ++arc) {
      visit(rows.targets[arc], rows.weights[arc]);
    }
  };
  return CollectRows(std::move(starts), !rows.weights.empty(), threads,
                     each_source, each_weight);
}

}  // namespace

absl::StatusOr<ArcRows> GatherRows(ArcList arcs,
                                   const GraphBuildOptions& options) {
  Rows scattered = ScatterList(std::move(arcs), options);
  ArcRows rows;
  rows.starts = std::move(scattered.starts);
  rows.targets = std::move(scattered.targets);
  rows.weights = std::move(scattered.weights);
  rows.sizes = LargeVector<uint32_t>(options.num_nodes);
  EMBED_RETURN_IF_ERROR(JoinRows(options.threads, &rows));
  return rows;
}

Graph ArrangeRows(ArcRows rows, absl::Span<const uint32_t> order,
                  const GraphBuildOptions& options) {
  Rows result =
      TransposeArranged(rows, order, options.directed, options.threads);
  if (options.directed) {
    std::vector<uint64_t> starts = ArrangedStarts(rows, order);
    rows = ArcRows();  // frees its memory before more is taken
    result = Transpose(result, std::move(starts), options.threads);
  }
  return Graph(std::move(result.starts), std::move(result.targets),
               std::move(result.weights));
}

absl::StatusOr<Graph> BuildGraph(ArcList arcs,
                                 const GraphBuildOptions& options) {
  EMBED_ASSIGN_OR_RETURN(ArcRows rows, GatherRows(std::move(arcs), options));
  std::vector<uint32_t> order(options.num_nodes);
  std::iota(order.begin(), order.end(), 0);
  return ArrangeRows(std::move(rows), order, options);
}

}  // namespace embed
