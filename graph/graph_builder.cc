#include "graph/graph_builder.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "graph/large_vector.h"
#include "graph/row_passes.h"
#include "graph/scatter.h"

namespace embed {
namespace {

// Rows of a Graph in the making.
struct Rows {
  std::vector<uint64_t> starts;
  std::vector<uint32_t> targets;
  std::vector<float> weights;
};

// Calls visit(source, target) for each arc of the list.
template <class Visit>
void ForEachOneWay(const ArcList& arcs, const Visit& visit) {
  for (size_t b = 0; b < arcs.num_blocks(); ++b) {
    const absl::Span<const uint32_t> sources = arcs.sources(b);
    const absl::Span<const uint32_t> targets = arcs.targets(b);
    for (size_t i = 0; i < sources.size(); ++i) visit(sources[i], targets[i]);
  }
}

// Calls visit(source, value) for each arc that a list of edges stored both ways
// stands for: there(b) is the column of values of block b, `back` that of the
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

// The arcs in rows, within a row in the list's order.
ArcRows ScatterList(ArcList arcs, const GraphBuildOptions& options) {
  if (options.directed && arcs.weighted()) {
    return GatherInPasses(std::move(arcs), options.num_nodes, options.threads);
  }
  const auto sources = [&](size_t b) { return arcs.sources(b); };
  const auto targets = [&](size_t b) { return arcs.targets(b); };
  const auto weights = [&](size_t b) { return arcs.weights(b); };
  const auto each_target = [&](const auto& visit) {
    if (options.directed) return ForEachOneWay(arcs, visit);
    ForEachBothWays(arcs, targets, sources, visit);
  };
  ArcRows rows;
  rows.starts = LargeVector<uint64_t>(options.num_nodes + uint64_t{1});
  CountRowStarts(options.threads, each_target, &rows.starts);
  rows.targets = LargeVector<uint32_t>(rows.starts.back());
  ScatterColumn(options.threads, each_target, &rows.starts,
                rows.targets.data());
  if (!arcs.weighted()) return rows;
  rows.weights = LargeVector<float>(rows.starts.back());
  ScatterColumn(
      options.threads,
      [&](const auto& visit) {
        ForEachBothWays(arcs, weights, weights, visit);
      },
      &rows.starts, rows.weights.data());
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

// Calls visit(row) for the rows that threads which share `next` leave to the
// caller, rising. Rows differ widely in length, so threads take small pieces in
// turn.
template <class Visit>
void ForEachPiece(uint32_t num_rows, std::atomic<uint64_t>* next,
                  const Visit& visit) {
  constexpr uint64_t kPiece = 1024;
  for (uint64_t begin; (begin = next->fetch_add(kPiece)) < num_rows;) {
    const uint64_t end = std::min<uint64_t>(begin + kPiece, num_rows);
    for (uint64_t row = begin; row < end; ++row) {
      visit(static_cast<uint32_t>(row));
    }
  }
}

absl::Status JoinRows(int threads, ArcRows* rows) {
  std::atomic<uint64_t> next{0};
  std::atomic<bool> finite{true};
  RunThreads(std::min(threads, kMaxJoinThreads), [&](int /*thread*/) {
    RowJoiner joiner(rows);
    ForEachPiece(rows->num_rows(), &next, [&](uint32_t row) {
      if (!joiner.Join(row)) finite = false;
    });
  });
  if (finite) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "the weights of one edge add up to a number beyond the range of float; "
      "scale all weights down");
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

// Rows that begin at `starts` with the arcs that each_source(visit) tells by
// visit(row, target).
template <class EachSource>
Rows CollectRows(std::vector<uint64_t> starts, int threads,
                 const EachSource& each_source) {
  Rows rows;
  rows.starts = std::move(starts);
  rows.targets = LargeVector<uint32_t>(rows.starts.back());
  ScatterColumn(threads, each_source, &rows.starts, rows.targets.data());
  return rows;
}

// Rows of the arcs that enter each node, sources rising. In an undirected graph
// they are as long as those of the arcs that leave it.
Rows TransposeArranged(const ArcRows& rows, absl::Span<const uint32_t> order,
                       absl::Span<const uint32_t> number, bool directed,
                       int threads) {
  const auto each_source = [&](const auto& visit) {
    for (uint32_t i = 0; i < order.size(); ++i) {
      const uint64_t begin = rows.starts[order[i]];
      const uint64_t end = begin + rows.size(order[i]);
      for (uint64_t arc = begin; arc < end; ++arc) {
        visit(number[rows.targets[arc]], i);
      }
    }
  };
  std::vector<uint64_t> starts;
  if (directed) {
    starts = LargeVector<uint64_t>(order.size() + 1);
    CountRowStarts(threads, each_source, &starts);
  } else {
    starts = ArrangedStarts(rows, order);
  }
  return CollectRows(std::move(starts), threads, each_source);
}

// The rows turned round once more, to begin at `starts`.
Rows Transpose(const Rows& rows, std::vector<uint64_t> starts, int threads) {
  return CollectRows(std::move(starts), threads, [&](const auto& visit) {
    for (uint32_t v = 0; v + uint64_t{1} < rows.starts.size(); ++v) {
      const uint64_t end = rows.starts[v + uint64_t{1}];
      for (uint64_t arc = rows.starts[v]; arc < end; ++arc) {
        visit(rows.targets[arc], v);
      }
    }
  });
}

Rows ArrangeUnweighted(ArcRows rows, absl::Span<const uint32_t> order,
                       absl::Span<const uint32_t> number,
                       const GraphBuildOptions& options) {
  Rows result =
      TransposeArranged(rows, order, number, options.directed, options.threads);
  if (!options.directed) return result;
  std::vector<uint64_t> starts = ArrangedStarts(rows, order);
  rows = ArcRows();  // frees its memory before more is taken
  return Transpose(result, std::move(starts), options.threads);
}

// Gives the targets of a row their numbers and sorts the row by them, weights
// along. *arcs is memory to work in.
void SortWeightedRow(uint32_t row, absl::Span<const uint32_t> number,
                     std::vector<uint64_t>* arcs, ArcRows* rows) {
  uint32_t* const targets = rows->targets.data() + rows->starts[row];
  float* const weights = rows->weights.data() + rows->starts[row];
  arcs->resize(rows->size(row));
  for (size_t i = 0; i < arcs->size(); ++i) {
    uint32_t bits;
    std::memcpy(&bits, &weights[i], sizeof(bits));
    (*arcs)[i] = uint64_t{number[targets[i]]} << 32 | bits;
  }
  std::sort(arcs->begin(), arcs->end());
  for (size_t i = 0; i < arcs->size(); ++i) {
    const auto bits = static_cast<uint32_t>((*arcs)[i]);
    targets[i] = static_cast<uint32_t>((*arcs)[i] >> 32);
    std::memcpy(&weights[i], &bits, sizeof(bits));
  }
}

// The rows' part of a column, in the new order of the rows.
template <class T>
std::vector<T> ArrangeColumn(const std::vector<T>& column, const ArcRows& rows,
                             absl::Span<const uint32_t> order,
                             const std::vector<uint64_t>& starts) {
  std::vector<T> result = LargeVector<T>(starts.back());
  for (size_t i = 0; i < order.size(); ++i) {
    std::copy_n(column.begin() + static_cast<int64_t>(rows.starts[order[i]]),
                rows.size(order[i]),
                result.begin() + static_cast<int64_t>(starts[i]));
  }
  return result;
}

// Sorts rows where they are and moves them a column at a time: slower than
// transposing, but three columns are the most there ever are, instead of four.
Rows ArrangeWeighted(ArcRows rows, absl::Span<const uint32_t> order,
                     absl::Span<const uint32_t> number, int threads) {
  std::atomic<uint64_t> next{0};
  RunThreads(threads, [&](int /*thread*/) {
    std::vector<uint64_t> arcs;
    ForEachPiece(rows.num_rows(), &next, [&](uint32_t row) {
      SortWeightedRow(row, number, &arcs, &rows);
    });
  });
  Rows result;
  result.starts = ArrangedStarts(rows, order);
  result.targets = ArrangeColumn(rows.targets, rows, order, result.starts);
  rows.targets = std::vector<uint32_t>();
  result.weights = ArrangeColumn(rows.weights, rows, order, result.starts);
  return result;
}

}  // namespace

absl::StatusOr<ArcRows> GatherRows(ArcList arcs,
                                   const GraphBuildOptions& options) {
  ArcRows rows = ScatterList(std::move(arcs), options);
  rows.sizes = LargeVector<uint32_t>(options.num_nodes);
  EMBED_RETURN_IF_ERROR(JoinRows(options.threads, &rows));
  return rows;
}

Graph ArrangeRows(ArcRows rows, absl::Span<const uint32_t> order,
                  const GraphBuildOptions& options) {
  std::vector<uint32_t> number = LargeVector<uint32_t>(order.size());
  for (uint32_t i = 0; i < order.size(); ++i) number[order[i]] = i;
  Rows result =
      rows.weights.empty()
          ? ArrangeUnweighted(std::move(rows), order, number, options)
          : ArrangeWeighted(std::move(rows), order, number, options.threads);
  return Graph(std::move(result.starts), std::move(result.targets),
               std::move(result.weights), !options.directed);
}

absl::StatusOr<Graph> BuildGraph(ArcList arcs,
                                 const GraphBuildOptions& options) {
  EMBED_ASSIGN_OR_RETURN(ArcRows rows, GatherRows(std::move(arcs), options));
  std::vector<uint32_t> order(options.num_nodes);
  std::iota(order.begin(), order.end(), 0);
  return ArrangeRows(std::move(rows), order, options);
}

}  // namespace embed
