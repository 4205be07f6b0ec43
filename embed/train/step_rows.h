// The rows of one step and who finds them: which input rows make which input
// vectors, and what these should predict, for one center of a block. The
// directions of skip-gram and CBOW differ in nothing else.
#ifndef EMBED_TRAIN_STEP_ROWS_H_
#define EMBED_TRAIN_STEP_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "embed/model/embedding_table.h"
#include "embed/model/feature_map.h"
#include "embed/train/output_layer.h"
#include "embed/train/window_sampler.h"
#include "embed/train/window_setup.h"

namespace embed {

// Every input predicts every target. The first `num_inputs` of `inputs` count.
struct StepRows {
  std::vector<float*> inputs;
  size_t num_inputs = 0;
  // true: one input vector, h = scale * sum of the rows, whose gradient times
  // gradient_scale goes to every row. false: each row is an input vector.
  bool composed = false;
  float scale = 1.0f;
  float gradient_scale = 1.0f;
  Targets targets;
};

// Thread-safe.
class StepGatherer {
 public:
  virtual ~StepGatherer() = default;
  // What the sampler should draw for it.
  virtual NegativesPer negatives_per() const = 0;
  // Centers between asking for rows and using them, so that the work on the
  // former hides the memory access.
  virtual size_t prefetch_ahead() const = 0;
  // Replaces *rows by those that center i needs and the centers before it did
  // not; none for i beyond the block.
  virtual void NewRows(const WindowBlock& block, size_t i,
                       std::vector<const float*>* rows) const = 0;
  // Fills *rows for center i; returns the examples of the step, 0 when the
  // center makes none.
  virtual uint64_t Gather(const WindowBlock& block, size_t i,
                          StepRows* rows) const = 0;
};

// Skip-gram of plain ids: each context is an input and predicts the center.
class WindowGatherer : public StepGatherer {
 public:
  // All arguments of the gatherers must outlive them.
  WindowGatherer(const WindowSetup* setup, EmbeddingTable* input);
  NegativesPer negatives_per() const override { return NegativesPer::kCenter; }
  size_t prefetch_ahead() const override { return 2; }
  void NewRows(const WindowBlock& block, size_t i,
               std::vector<const float*>* rows) const override;
  uint64_t Gather(const WindowBlock& block, size_t i,
                  StepRows* rows) const override;

 protected:
  // Makes the contexts of center i the inputs.
  void GatherInputs(const WindowBlock& block, size_t i, StepRows* rows) const;
  const OutputLayer& layer() const { return layer_; }

 private:
  const size_t window_;
  const OutputLayer& layer_;
  EmbeddingTable* const input_;
};

// CBOW: the mean of the same contexts predicts the center. exact: the gradient
// is divided like the mean (cbow.h).
class CbowGatherer : public WindowGatherer {
 public:
  CbowGatherer(const WindowSetup* setup, bool exact, EmbeddingTable* input)
      : WindowGatherer(setup, input), exact_(exact) {}
  uint64_t Gather(const WindowBlock& block, size_t i,
                  StepRows* rows) const override;

 private:
  const bool exact_;
};

// Replaces *targets by those of all contexts of center i, each context with
// `negatives` of the center's; returns the contexts.
uint64_t CollectContexts(const WindowBlock& block, size_t i, size_t negatives,
                         const OutputLayer& layer, Targets* targets);

// Skip-gram of composed inputs: the center's features predict each context,
// each with negatives of its own.
class FeatureGatherer : public StepGatherer {
 public:
  FeatureGatherer(const WindowSetup* setup, const FeatureMap* features,
                  EmbeddingTable* input);
  NegativesPer negatives_per() const override { return NegativesPer::kContext; }
  // A center with its features is long enough to hide the next one's misses.
  size_t prefetch_ahead() const override { return 1; }
  void NewRows(const WindowBlock& block, size_t i,
               std::vector<const float*>* rows) const override;
  uint64_t Gather(const WindowBlock& block, size_t i,
                  StepRows* rows) const override;

 private:
  const size_t negatives_;
  const bool undivided_;
  const OutputLayer& layer_;
  const FeatureMap* const features_;
  EmbeddingTable* const input_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_STEP_ROWS_H_
