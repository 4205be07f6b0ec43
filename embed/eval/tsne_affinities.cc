// NeighborAffinities(): how near points are, from their distances.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/eval/tsne.h"

namespace embed {
namespace {

absl::Status Check(const NeighborGraph& graph) {
  const size_t points = graph.offsets.size() - 1;
  for (size_t i = 0; i < points; ++i) {
    for (uint64_t at = graph.offsets[i]; at < graph.offsets[i + 1]; ++at) {
      if (graph.ids[at] >= points || graph.ids[at] == i) {
        return absl::InvalidArgumentError(absl::StrCat(
            "point ", i, " of ", points, " has the neighbor ", graph.ids[at]));
      }
      const float distance = graph.squared_distances[at];
      if (!(distance >= 0) || !std::isfinite(distance)) {
        return absl::InvalidArgumentError(
            absl::StrCat("points ", i, " and ", graph.ids[at],
                         " have the squared distance ", distance));
      }
    }
  }
  if (graph.ids.empty()) {
    return absl::InvalidArgumentError("no point has a neighbor");
  }
  return absl::OkStatus();
}

// exp(-b d) of each distance less the smallest (which changes no share), their
// sum to *sum, and the entropy of the shares in nats.
double Entropy(absl::Span<const float> distances, double nearest, double b,
               std::vector<double>* values, double* sum) {
  *sum = 0;
  double weighted = 0;
  for (size_t i = 0; i < distances.size(); ++i) {
    const double further = double{distances[i]} - nearest;
    (*values)[i] = std::exp(-b * further);
    *sum += (*values)[i];
    weighted += further * (*values)[i];
  }
  return std::log(*sum) + b * weighted / *sum;
}

// p_{j|i} for all neighbors of one point.
void FillShares(absl::Span<const float> distances, double perplexity,
                absl::Span<float> shares) {
  constexpr int kHalvings = 200;
  constexpr double kTolerance = 1e-6;  // of the entropy
  if (distances.empty()) return;
  const double wanted = std::log(perplexity);
  const double nearest = *std::min_element(distances.begin(), distances.end());
  std::vector<double> values(distances.size());
  double sum = 0;
  double low = 0;
  double high = HUGE_VAL;
  double b = 1;
  for (int i = 0; i < kHalvings; ++i) {
    const double entropy = Entropy(distances, nearest, b, &values, &sum);
    if (std::abs(entropy - wanted) < kTolerance) break;
    // Equal distances, or few of them, have one entropy for any b.
    if (b > 1e30 || b < 1e-30) break;
    (entropy > wanted ? low : high) = b;
    b = std::isinf(high) ? 2 * b : (low + high) / 2;
  }
  for (size_t i = 0; i < shares.size(); ++i) {
    shares[i] = static_cast<float>(values[i] / sum);
  }
}

using Share = std::pair<uint32_t, float>;  // with a point

// The shares of each point with its neighbors and of those with it: at
// offsets[i] .. offsets[i + 1].
struct BothWays {
  std::vector<uint64_t> offsets;
  std::vector<Share> shares;
};

BothWays Transposed(const NeighborGraph& graph,
                    const std::vector<float>& shares) {
  const size_t points = graph.offsets.size() - 1;
  BothWays both;
  both.offsets.resize(points + 1);
  for (size_t i = 0; i < points; ++i) {
    both.offsets[i + 1] += graph.offsets[i + 1] - graph.offsets[i];
  }
  for (const uint32_t id : graph.ids) ++both.offsets[id + 1];
  for (size_t i = 0; i < points; ++i) both.offsets[i + 1] += both.offsets[i];
  both.shares.resize(2 * graph.ids.size());
  std::vector<uint64_t> ends(both.offsets.begin(), both.offsets.end() - 1);
  for (uint32_t i = 0; i < points; ++i) {
    for (uint64_t at = graph.offsets[i]; at < graph.offsets[i + 1]; ++at) {
      const uint32_t id = graph.ids[at];
      both.shares[ends[i]++] = {id, shares[at]};
      both.shares[ends[id]++] = {i, shares[at]};
    }
  }
  return both;
}

}  // namespace

absl::StatusOr<Affinities> NeighborAffinities(const NeighborGraph& graph,
                                              double perplexity, int threads) {
  EMBED_RETURN_IF_ERROR(Check(graph));
  const size_t points = graph.offsets.size() - 1;
  std::vector<float> shares(graph.ids.size());
  ParallelFor(threads, points, [&](uint64_t begin, uint64_t end) {
    for (uint64_t i = begin; i < end; ++i) {
      const size_t first = graph.offsets[i];
      const size_t count = graph.offsets[i + 1] - first;
      FillShares(
          absl::MakeConstSpan(graph.squared_distances).subspan(first, count),
          perplexity, absl::MakeSpan(shares).subspan(first, count));
    }
  });
  double total = 0;
  for (const float share : shares) total += 2 * double{share};
  BothWays both = Transposed(graph, shares);
  Affinities result;
  for (size_t i = 0; i < points; ++i) {
    const auto end =
        both.shares.begin() + static_cast<std::ptrdiff_t>(both.offsets[i + 1]);
    auto at =
        both.shares.begin() + static_cast<std::ptrdiff_t>(both.offsets[i]);
    std::sort(at, end);
    while (at < end) {
      const uint32_t id = at->first;
      double sum = 0;
      for (; at < end && at->first == id; ++at) sum += double{at->second};
      result.ids.push_back(id);
      result.values.push_back(static_cast<float>(sum / total));
    }
    result.offsets.push_back(result.ids.size());
  }
  return result;
}

}  // namespace embed
