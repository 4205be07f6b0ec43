#include "graph/degree_penalty_step.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "graph/symmetry.h"

namespace embed {
namespace {

absl::Status CheckInput(const Graph& graph, double beta, bool weighted) {
  if (!(beta >= 0 && beta <= 10)) {
    return absl::InvalidArgumentError(
        absl::StrCat("degree_penalty is ", beta, "; it must be 0 to 10"));
  }
  if (weighted && !graph.weighted()) {
    return absl::InvalidArgumentError(
        "weighted walks need a graph with weights; load it as weighted");
  }
  if (!IsSymmetric(graph)) {
    return absl::InvalidArgumentError(
        "degree_penalty is defined for undirected graphs only; load the graph "
        "as undirected");
  }
  return absl::OkStatus();
}

// D^-beta of the degrees, up to a factor: they are taken in units of the middle
// of their range, for those of the largest or least weights would leave
// double's. Nodes without arcs keep 0.
void ToPenalties(double beta, std::vector<double>* degrees) {
  double least = std::numeric_limits<double>::infinity();
  double greatest = 0;
  for (const double degree : *degrees) {
    if (degree > 0) least = std::min(least, degree);
    greatest = std::max(greatest, degree);
  }
  const double unit = std::sqrt(least) * std::sqrt(greatest);
  for (double& degree : *degrees) {
    if (degree > 0) degree = std::pow(degree / unit, -beta);
  }
}

// The place in [0, sum) that two random words name.
double PlaceIn(double sum, const uint32_t* words) {
  return (words[0] + words[1] * 0x1.0p-32) * 0x1.0p-32 * sum;
}

// The index of the entry in whose part of the running sums `place` lies.
size_t IndexAt(const std::vector<double>& sums, double place) {
  return static_cast<size_t>(
      std::upper_bound(sums.begin(), sums.end() - 1, place) - sums.begin());
}

}  // namespace

absl::StatusOr<DegreePenaltyStep> DegreePenaltyStep::Create(const Graph& graph,
                                                            double beta,
                                                            bool weighted,
                                                            int threads) {
  EMBED_RETURN_IF_ERROR(CheckInput(graph, beta, weighted));
  const uint32_t nodes = graph.num_nodes();
  const uint64_t* const rows = graph.rows();
  const auto weight = [&graph, weighted](uint64_t arc) {
    return weighted ? static_cast<double>(graph.weights()[arc]) : 1.0;
  };
  // out[v] = the sum over the arcs of v of weight times factor(target).
  const auto sum_rows = [&](auto factor, std::vector<double>* out) {
    out->resize(nodes);
    ParallelFor(threads, nodes, [&](uint64_t begin, uint64_t end) {
      for (uint64_t v = begin; v < end; ++v) {
        double sum = 0;
        for (uint64_t arc = rows[v]; arc < rows[v + 1]; ++arc) {
          sum += weight(arc) * factor(graph.targets()[arc]);
        }
        (*out)[v] = sum;
      }
    });
  };
  // The factors' memory stays where it is when they become the step's.
  const auto rows_by = [&](const std::vector<double>& factors) {
    return AliasRows::Create(
        graph,
        [rows, weight, &graph, factors = factors.data()](
            uint32_t node, std::vector<double>* weights) {
          for (size_t i = 0; i < weights->size(); ++i) {
            const uint64_t arc = rows[node] + i;
            (*weights)[i] = weight(arc) * factors[graph.targets()[arc]];
          }
        },
        threads);
  };
  std::vector<double> penalties;
  std::vector<double> masses;
  std::vector<double> two_hops;
  sum_rows([](uint32_t) { return 1.0; }, &penalties);
  ToPenalties(beta, &penalties);
  sum_rows([&](uint32_t v) { return penalties[v]; }, &masses);
  sum_rows([&](uint32_t v) { return masses[v]; }, &two_hops);
  EMBED_ASSIGN_OR_RETURN(AliasRows hops, rows_by(penalties));
  EMBED_ASSIGN_OR_RETURN(AliasRows middles, rows_by(masses));
  DegreePenaltyStep step(graph, weighted, std::move(hops), std::move(middles));
  step.one_hop_.resize(nodes);
  for (uint32_t v = 0; v < nodes; ++v) {
    const double all = masses[v] + two_hops[v];
    const double share = all > 0 ? masses[v] / all : 1;
    step.one_hop_[v] =
        static_cast<uint32_t>(std::min(share * 0x1.0p32, 0x1.0p32 - 1));
  }
  step.penalties_ = std::move(penalties);
  step.masses_ = std::move(masses);
  return step;
}

void DegreePenaltyStep::Try(const RetryGroup& group, Memory* memory,
                            uint32_t* next) const {
  const uint64_t* const rows = graph_->rows();
  uint64_t arcs[RetryGroup::kMaxWalkers];
  const AliasRows* tables[RetryGroup::kMaxWalkers];
  for (int i = 0; i < group.active; ++i) {
    const uint32_t node = group.current[i];
    const uint64_t degree = rows[node + uint64_t{1}] - rows[node];
    const uint32_t* words = group.try_words(i);
    const bool one_hop = words[0] < one_hop_[node];
    tables[i] = one_hop ? &hops_ : &middles_;
    next[i] = degree == 0 ? kWalkEnd : kWalkStay;
    arcs[i] = degree == 0 ? 0 : rows[node] + ((words[1] * degree) >> 32);
    tables[i]->Prefetch(arcs[i]);
  }
  int two_hops[RetryGroup::kMaxWalkers];
  int count = 0;
  for (int i = 0; i < group.active; ++i) {
    if (next[i] == kWalkEnd) continue;
    next[i] =
        tables[i]->Target(group.current[i], arcs[i], group.try_words(i)[2]);
    two_hops[count] = i;
    count += tables[i] == &middles_;
    __builtin_prefetch(rows + next[i]);
  }
  for (int k = 0; k < count; ++k) {
    const int i = two_hops[k];
    const uint64_t* row = rows + next[i];
    arcs[i] = row[0] + ((group.try_words(i)[3] * (row[1] - row[0])) >> 32);
    hops_.Prefetch(arcs[i]);
  }
  for (int k = 0; k < count; ++k) {
    const int i = two_hops[k];
    const uint32_t drawn =
        hops_.Target(next[i], arcs[i], group.try_words(i)[4]);
    next[i] = drawn == group.current[i] ? kWalkStay : drawn;
    __builtin_prefetch(rows + drawn);
  }
  for (int i = 0; i < group.active; ++i) {
    memory[i].tries = group.fresh[i] ? 1 : memory[i].tries + 1;
    if (memory[i].tries <= kMaxTries) continue;
    next[i] = DrawExactly(group.current[i], group.try_words(i));
  }
}

uint32_t DegreePenaltyStep::DrawExactly(uint32_t node,
                                        const uint32_t* words) const {
  const uint64_t* const rows = graph_->rows();
  const absl::Span<const uint32_t> row = graph_->Neighbors(node);
  // The mass of one hop, then those of two by way of each neighbour.
  std::vector<double> sums = {masses_[node]};
  for (size_t i = 0; i < row.size(); ++i) {
    const double through = Weight(rows[node] + i);
    const double elsewhere =
        std::max(0.0, masses_[row[i]] - through * penalties_[node]);
    sums.push_back(sums.back() + through * elsewhere);
  }
  const size_t way = IndexAt(sums, PlaceIn(sums.back(), words));
  const uint32_t from = way == 0 ? node : row[way - 1];
  const absl::Span<const uint32_t> last = graph_->Neighbors(from);
  sums.clear();
  double sum = 0;
  for (size_t i = 0; i < last.size(); ++i) {
    const bool diagonal = way != 0 && last[i] == node;
    sum += diagonal ? 0 : Weight(rows[from] + i) * penalties_[last[i]];
    sums.push_back(sum);
  }
  return last[IndexAt(sums, PlaceIn(sum, words + 2))];
}

}  // namespace embed
