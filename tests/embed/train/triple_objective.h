// A method over triples as a user would add it, in the way of HIN2Vec: each
// sequence {x, y, r} is one example, and both nodes and the relation are rows
// of one table. With s = sum_d X_d Y_d R_d the loss is log(1 + exp(-s)).
#ifndef EMBED_TESTS_EMBED_TRAIN_TRIPLE_OBJECTIVE_H_
#define EMBED_TESTS_EMBED_TRAIN_TRIPLE_OBJECTIVE_H_

#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "embed/train/objective.h"

namespace embed {

class TripleObjective : public Objective {
 public:
  // table: rows of `dim` numbers, as many as the ids reach.
  TripleObjective(std::vector<float>* table, size_t dim)
      : table_(table), dim_(dim) {}

  std::unique_ptr<Worker> NewWorker() const override {
    return std::make_unique<TripleWorker>(this);
  }
  std::vector<TrainedArray> State() const override {
    return {{"rows", absl::MakeSpan(*table_)}};
  }

  // One step on one triple; returns its loss before the step.
  static double Step(absl::Span<const uint32_t> triple, float rate, size_t dim,
                     std::vector<float>* table) {
    float* const x = table->data() + triple[0] * dim;
    float* const y = table->data() + triple[1] * dim;
    float* const r = table->data() + triple[2] * dim;
    double score = 0;
    for (size_t d = 0; d < dim; ++d) score += x[d] * y[d] * r[d];
    const float step = rate * static_cast<float>(1 / (1 + std::exp(score)));
    for (size_t d = 0; d < dim; ++d) {
      const float xd = x[d];
      const float yd = y[d];
      const float rd = r[d];
      x[d] += step * yd * rd;
      y[d] += step * xd * rd;
      r[d] += step * xd * yd;
    }
    return std::log1p(std::exp(-score));
  }

 private:
  class TripleWorker : public Worker {
   public:
    explicit TripleWorker(const TripleObjective* owner) : owner_(owner) {}
    void Train(uint32_t /*epoch*/, const SequenceBatch& batch,
               const RateRange& rate, TrainStats* stats) override {
      for (size_t i = 0; i < batch.num_sequences(); ++i) {
        stats->loss += Step(batch.sequence(i), static_cast<float>(rate.first),
                            owner_->dim_, owner_->table_);
      }
      stats->tokens += batch.ids.size();
      stats->examples += batch.num_sequences();
    }

   private:
    const TripleObjective* const owner_;
  };

  std::vector<float>* const table_;
  const size_t dim_;
};

}  // namespace embed

#endif  // EMBED_TESTS_EMBED_TRAIN_TRIPLE_OBJECTIVE_H_
