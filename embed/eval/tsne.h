// t-SNE (van der Maaten, Hinton 2008): places in the plane such that what is
// near stays near, in the Barnes-Hut form (van der Maaten 2014).
//
//   p_{j|i} = exp(-b_i d_ij^2) / sum over the neighbors k of i of the same,
//             b_i such that 2^entropy of p_{.|i} is the perplexity
//   p_ij    = (p_{j|i} + p_{i|j}) / 2n, 0 but for neighbors
//   q_ij    = (1 + |y_i - y_j|^2)^-1 / Z,  Z the sum over all pairs
//   KL      = sum p_ij log(p_ij / q_ij) is descended:
//   dKL/dy_i = 4 sum_j (e p_ij - q_ij) Z q_ij (y_i - y_j)
//
// The sums over all j go over cells of a quadtree (embed/eval/point_tree.h): a
// cell whose width is below theta times its distance counts as one point. e is
// 12 in the first part of the steps ("early exaggeration"), then 1. Steps have
// momentum and a gain for each coordinate as in the authors' code; the learning
// rate is n / e by default (Belkina et al. 2019), and the start is the first
// two principal components at a deviation of 1e-4 (Kobak, Berens 2019), so that
// the picture depends on no seed.
#ifndef EMBED_EVAL_TSNE_H_
#define EMBED_EVAL_TSNE_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/eval/point_tree.h"

namespace embed {

// The neighbors of each point: those of point i are at offsets[i] ..
// offsets[i + 1] of ids and of distances.
struct NeighborGraph {
  std::vector<uint64_t> offsets = {0};
  std::vector<uint32_t> ids;
  std::vector<float> squared_distances;
};

struct TsneOptions {
  // InvalidArgument naming the option and its value.
  absl::Status Validate() const;
  // Neighbors a point needs for this perplexity, as published: 3 times as many.
  uint64_t Neighbors() const { return static_cast<uint64_t>(3 * perplexity); }

  double perplexity = 30;  // 1 or more
  int steps = 750;
  int exaggerated_steps = 250;  // of them, the first
  double exaggeration = 12;
  // Of the gradient without its factor 4, as in the authors' code; 0:
  // n / exaggeration, 200 at least.
  double learning_rate = 0;
  double theta = 0.5;  // 0 to 0.7; 0: every pair
  int threads = 1;     // the results are the same for any
};

// A sparse symmetric matrix, the upper and the lower half, summing up to 1.
struct Affinities {
  std::vector<uint64_t> offsets = {0};
  std::vector<uint32_t> ids;
  std::vector<float> values;
};

// p_ij of the formulas. A point whose neighbors are fewer than the perplexity
// has all of them alike. InvalidArgument: a neighbor that is no point or is the
// point itself, a distance that is negative or not finite, no neighbors at all.
absl::StatusOr<Affinities> NeighborAffinities(const NeighborGraph& graph,
                                              double perplexity, int threads);

struct TsneForces {
  std::vector<Point> gradient;  // dKL/dy
  double z = 0.0;               // of the formulas
};

// One step's gradient; `tree` is scratch memory. places: at least one.
TsneForces TsneGradient(const Affinities& affinities,
                        absl::Span<const Point> places, double exaggeration,
                        double theta, int threads, PointTree* tree);

// KL in nats, from the z of these places.
double TsneDivergence(const Affinities& affinities,
                      absl::Span<const Point> places, double z, int threads);

// After each step, with the divergence as it was up to 50 steps before (it
// costs as much as a step); from the caller's thread. False ends the work:
// Cancelled.
using TsneProgress =
    std::function<bool(int step, int steps, double divergence)>;

// start: the first places of all points, of any scale: it is scaled. Errors:
// those of Validate() and NeighborAffinities(); InvalidArgument: not one start
// a point. Memory: some 40 bytes a neighbor and 200 a point.
absl::StatusOr<std::vector<Point>> Tsne(const NeighborGraph& graph,
                                        absl::Span<const Point> start,
                                        const TsneOptions& options,
                                        const TsneProgress& progress);

}  // namespace embed

#endif  // EMBED_EVAL_TSNE_H_
