// How a gradient moves a row: plain SGD, clipped SGD, or AdaGrad with one
// accumulator a row; or not at all, for a frozen table.
//
// With g the downward gradient of the loss of one step for one row r (rows as
// they were before the step), clip C, learning rate `rate`:
//
//   clip:     g <- g min(1, C / |g|)             (nothing for C = 0)
//   SGD:      x_r += rate g
//   AdaGrad:  a_r += |g|^2 / dim
//             x_r += rate g / sqrt(a_r + epsilon)
//
// AdaGrad is Duchi, Hazan, Singer (2011) with the mean of a row's squared
// gradients in place of one accumulator a number, as PyTorch-BigGraph and
// DGL-KE have it: 4 bytes a row more instead of a second table, and the
// direction of a row's gradient is kept.
//
// A row that occurs several times in a step (a word twice in a window, an
// n-gram twice in a word) is moved once an occurrence, one after the other,
// each by its own gradient and each clipped and accumulated by itself: an
// occurrence is an example of its own, as in the fused kernels, and no step
// has to look for equal rows.
//
// Threads race for accumulators as they do for rows (Hogwild): an addition may
// be lost, which makes a later step slightly longer and breaks nothing.
#ifndef EMBED_TRAIN_OPTIMIZER_H_
#define EMBED_TRAIN_OPTIMIZER_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/base/aligned_buffer.h"
#include "embed/kernels/gradient_step.h"
#include "embed/model/embedding_table.h"
#include "embed/train/objective.h"

namespace embed {

enum class OptimizerKind { kSgd, kAdaGrad };

struct OptimizerOptions {
  // InvalidArgument naming the option and its value.
  absl::Status Validate() const;
  // SGD without anything else, for which there are the fused kernels.
  bool IsPlainSgd() const {
    return kind == OptimizerKind::kSgd && clip_gradient == 0 && train_input &&
           train_output;
  }

  OptimizerKind kind = OptimizerKind::kSgd;
  double clip_gradient = 0;  // C, the largest L2 norm of a gradient; 0 = off
  double epsilon = 1e-10;    // of AdaGrad, 1e-30 to 1
  // false: the table is frozen, not a byte of it changes. With both false a run
  // only measures the loss.
  bool train_input = true;
  bool train_output = true;
};

// scale * vector, the downward gradient for one row.
struct RowGradient {
  const float* vector;  // as long as a row with its padding, 64-byte aligned
  float scale;
  float squared_norm;  // |scale * vector|^2
};

// Moves the rows of one table. Thread-safe in the sense of Hogwild.
class RowOptimizer {
 public:
  // The table must outlive this. ResourceExhausted: no memory for accumulators.
  static absl::StatusOr<RowOptimizer> Create(const OptimizerOptions& options,
                                             bool train, EmbeddingTable* table);
  // The bytes of the accumulators that Create() asks for.
  static uint64_t AccumulatorBytes(const OptimizerOptions& options, bool train,
                                   uint64_t rows);

  // False: the table is frozen; spare the work of its gradients.
  bool trains() const { return train_; }
  // [rows, stride], padding included.
  absl::Span<float> values() {
    return absl::MakeSpan(table_->data(), table_->rows() * stride_);
  }
  // a_r of every row, zero at first; empty without AdaGrad.
  absl::Span<float> accumulators() {
    return absl::MakeSpan(accumulators_, accumulators_ ? table_->rows() : 0);
  }

  // `row` is a row of the table. Apply() only when the table trains.
  void Prefetch(const float* row) const {
    if (accumulators_ != nullptr) __builtin_prefetch(AccumulatorOf(row), 1);
  }
  void Apply(const RowGradient& gradient, float rate, float* row) {
    kernels_.add(StepSize(gradient.squared_norm, rate, row) * gradient.scale,
                 gradient.vector, stride_, row);
  }

 private:
  RowOptimizer(const OptimizerOptions& options, bool train,
               EmbeddingTable* table, AlignedBuffer buffer);

  float* AccumulatorOf(const float* row) const {
    return accumulators_ + static_cast<size_t>(row - table_->data()) / stride_;
  }
  // What the gradient is multiplied by; notes its square.
  float StepSize(float squared_norm, float rate, const float* row) {
    if (squared_norm > squared_clip_) {
      rate *= clip_ / std::sqrt(squared_norm);
      squared_norm = squared_clip_;
    }
    if (accumulators_ == nullptr) return rate;
    float* const sum = AccumulatorOf(row);
    *sum += squared_norm * one_over_dim_;
    return rate / std::sqrt(*sum + epsilon_);
  }

  EmbeddingTable* table_;
  uint64_t stride_;
  bool train_;
  float clip_;
  float squared_clip_;  // infinite without clipping
  float epsilon_;
  float one_over_dim_;
  AlignedBuffer buffer_;
  float* accumulators_;  // null without AdaGrad
  GradientKernels kernels_;
};

// Those of the two tables of an objective.
struct TableOptimizers {
  static absl::StatusOr<std::unique_ptr<TableOptimizers>> Create(
      const OptimizerOptions& options, EmbeddingTable* input_table,
      EmbeddingTable* output_table);
  // Of both, for tables of so many rows.
  static uint64_t AccumulatorBytes(const OptimizerOptions& options,
                                   uint64_t inputs, uint64_t outputs);

  // The tables that train and their accumulators, named "input", "output",
  // "input_squares" and "output_squares".
  std::vector<TrainedArray> State();

  bool plain_sgd;  // nothing to do here: the fused kernels update the tables
  RowOptimizer input;
  RowOptimizer output;
};

}  // namespace embed

#endif  // EMBED_TRAIN_OPTIMIZER_H_
