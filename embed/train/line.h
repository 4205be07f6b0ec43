// LINE (Tang, Qu, Wang, Zhang, Yan, Mei: LINE: large-scale information network
// embedding, WWW 2015) as an objective over edges.
//
// Each sequence {u, v} is an edge drawn in proportion to its weight. With k
// negatives n drawn in proportion to degree^noise_exponent (equation 7), x the
// vectors of vertices and y those of contexts, a drawn edge descends
//
//   order 1:  softplus(-x_u.x_v) + sum_n softplus(x_u.x_n)
//   order 2:  softplus(-x_u.y_v) + sum_n softplus(x_u.y_n)
//
// by embed/kernels/edge_step.h. The two orders have tables of their own; with
// both, each is trained on the same edges with the same negatives: one draw
// serves two models that share no number.
//
// Negatives come from the noise distribution as it is: one equal to v, or to u,
// is trained as the negative that it is, as in equation 7 and in the released
// code (skip-gram leaves a negative equal to its positive out). Rows update
// after the whole step is scored; the released code updates target by target, a
// difference of order rate^2.
//
// The negatives of example i of a batch are the draws k i .. k (i + 1) - 1 of
// the stream (seed, kNegatives, epoch, first_sequence of the batch).
//
// Order 1 is for undirected graphs: its score does not know a direction. In
// order 2 a vertex that no arc leaves is never the tail of one, and its own
// vector stays as it started.
#ifndef EMBED_TRAIN_LINE_H_
#define EMBED_TRAIN_LINE_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/model/embedding_table.h"
#include "embed/train/line_tables.h"
#include "embed/train/negative_sampler.h"
#include "embed/train/objective.h"

namespace embed {

struct LineOptions {
  // InvalidArgument naming the option and its value.
  absl::Status Validate() const;

  int negatives = 5;  // k
  double noise_exponent = 0.75;
  uint64_t seed = 1;
};

class Line : public Objective {
 public:
  // degrees: of each vertex, >= 0; the paper's are the weights of the edges
  // that leave it, summed. vertices: as MakeLineVertices(); contexts:
  // [vertices, layout.dim()], null in order 1. Tables must outlive this.
  // InvalidArgument: an option, degrees that are all zero, tables of other
  // shapes.
  static absl::StatusOr<std::unique_ptr<Line>> Create(
      const LineLayout& layout, const LineOptions& options,
      absl::Span<const double> degrees, EmbeddingTable* vertices,
      EmbeddingTable* contexts);

  std::unique_ptr<Worker> NewWorker() const override;
  // "input", the vertices, and with order 2 "output", the contexts.
  std::vector<TrainedArray> State() const override;
  // Unimplemented.
  absl::StatusOr<std::unique_ptr<PairTraining>> NewPairTraining(
      const PartitionOptions& options) const override;

 private:
  class EdgeWorker;

  Line(const LineLayout& layout, const LineOptions& options,
       NegativeSampler negative_sampler, EmbeddingTable* vertices,
       EmbeddingTable* contexts)
      : layout_(layout),
        options_(options),
        negative_sampler_(std::move(negative_sampler)),
        vertices_(vertices),
        contexts_(contexts) {}

  const LineLayout layout_;
  const LineOptions options_;
  const NegativeSampler negative_sampler_;
  EmbeddingTable* const vertices_;
  EmbeddingTable* const contexts_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_LINE_H_
