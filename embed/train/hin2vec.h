// HIN2Vec (Fu, Lee, Lei: HIN2Vec: explore meta-paths in heterogeneous
// information networks for representation learning, CIKM 2017) as an objective
// over typed walks (embed/train/relation_walk.h).
//
// Of each triple of nodes x, y and relation r it learns whether the relation
// holds between the nodes, with one table of nodes W and one of relations R:
//
//   P(r | x, y) = sigmoid(sum_i W_x,i W_y,i f(R_r,i))
//   L = -log P(r | x, y) - sum_n log(1 - P(r | x, n))
//
// where the k negatives n replace y only. f and its gradient, and the order of
// updates: embed/kernels/triple_step.h. Triples of a walk are trained one after
// the other.
//
// Negatives come from count^noise_exponent, of ids of the same group as y (its
// type), or of all ids with a single group, as in the released code. A negative
// that is x or y is left out, not drawn again, as in that code.
//
// Where the released code departs from its own paper or fails, this follows the
// paper: relations of all lengths are trained (its keys of three and more steps
// were wrong), each path is a relation of its own (its keys had no separator),
// and there may be more than 1000.
//
// The negatives of the walk with number s are the draws of the stream (seed,
// kNegatives, epoch, s) in the order of its triples.
#ifndef EMBED_TRAIN_HIN2VEC_H_
#define EMBED_TRAIN_HIN2VEC_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/kernels/triple_step.h"
#include "embed/model/embedding_table.h"
#include "embed/train/grouped_negatives.h"
#include "embed/train/objective.h"
#include "embed/train/relation_index.h"
#include "embed/train/relation_walk.h"

namespace embed {

struct Hin2vecOptions {
  // InvalidArgument naming the option and its value.
  absl::Status Validate() const;

  int window = 3;  // the longest relation in steps
  bool allow_cycles = false;
  int negatives = 5;  // k, 0 to 1000
  double noise_exponent = 0.75;
  RelationGate gate = RelationGate::kStep;
  uint64_t seed = 1;
};

// Starting values as in the released code: nodes uniform on +-1/2 over dim,
// relations uniform on 0 to 1 over dim, so that every step is open at first.
void FillHin2vecTables(uint64_t seed, int threads, EmbeddingTable* nodes,
                       EmbeddingTable* relation_vectors);

class Hin2vec : public Objective {
 public:
  // counts: visits of each node. group_ends: as GroupedNegatives. relations:
  // those of the walks to come; triples of others are left out. Tables: [nodes,
  // dim] and [relations, dim]. All but counts and ends must outlive this.
  // InvalidArgument: an option, no visits, no relation, tables of other shapes.
  static absl::StatusOr<std::unique_ptr<Hin2vec>> Create(
      const Hin2vecOptions& options, absl::Span<const uint64_t> counts,
      absl::Span<const uint32_t> group_ends, const RelationIndex* relations,
      EmbeddingTable* nodes, EmbeddingTable* relation_vectors);

  std::unique_ptr<Worker> NewWorker() const override;
  // "input", the nodes, and "relations".
  std::vector<TrainedArray> State() const override;
  // Unimplemented.
  absl::StatusOr<std::unique_ptr<PairTraining>> NewPairTraining(
      const PartitionOptions& options) const override;

 private:
  class TripleWorker;

  Hin2vec(const Hin2vecOptions& options, GroupedNegatives noise,
          const RelationIndex* relations, EmbeddingTable* nodes,
          EmbeddingTable* relation_vectors)
      : options_(options),
        noise_(std::move(noise)),
        relations_(relations),
        nodes_(nodes),
        relation_vectors_(relation_vectors) {}

  const Hin2vecOptions options_;
  const GroupedNegatives noise_;
  const RelationIndex* const relations_;
  EmbeddingTable* const nodes_;
  EmbeddingTable* const relation_vectors_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_HIN2VEC_H_
