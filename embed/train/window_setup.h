// What the objectives over windows (skip-gram, CBOW) share: their options, the
// samplers made from the counts, and the output layer.
#ifndef EMBED_TRAIN_WINDOW_SETUP_H_
#define EMBED_TRAIN_WINDOW_SETUP_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/model/embedding_table.h"
#include "embed/train/negative_sampler.h"
#include "embed/train/optimizer.h"
#include "embed/train/output_layer.h"
#include "embed/train/part_negatives.h"
#include "embed/train/subsampler.h"
#include "embed/train/window_sampler.h"

namespace embed {

enum class OutputLoss { kNegativeSampling, kHierarchicalSoftmax };

struct WindowModelOptions {
  // InvalidArgument naming the option and its value.
  absl::Status Validate() const;

  int window = 5;           // largest radius; uniform on 1 .. window
  int negatives = 5;        // draws a pair, 0 to 1000; unused by the softmax
  double subsample = 1e-3;  // threshold of Subsampler, 0 = off
  double noise_exponent = 0.75;
  uint64_t seed = 1;
  OutputLoss loss = OutputLoss::kNegativeSampling;
  OptimizerOptions optimizer = {};
  // Consecutive centers that share one draw of negatives; above 1 only for
  // skip-gram of plain ids by negative sampling and plain SGD.
  int share_negatives = 1;
  // Centers of a sequence that a draw of a negative serves, each at another
  // time (WindowOptions::reuse). No effect where negatives are drawn for each
  // context (composed inputs) or in groups; in a PairTraining a draw serves so
  // many groups of centers, and one group of contexts.
  int reuse_negatives = 1;
  // Of composed inputs: every feature row gets the whole gradient, which for a
  // mean of n rows is n times the true one, as in fastText.
  bool undivided_gradient = false;
  // Ends of ranges of ids: a negative comes from the range of its positive
  // (embed/train/grouped_negatives.h). Empty: from all ids. Without features
  // and shared negatives only.
  std::vector<uint32_t> negative_groups = {};
  bool fixed_window = false;  // the radius is always the largest
};

// InvalidArgument: the tables do not have these rows and one dim.
absl::Status CheckTables(uint64_t inputs, uint64_t outputs,
                         const EmbeddingTable& input,
                         const EmbeddingTable& output);

// Thread-safe.
class WindowSetup {
 public:
  // counts: occurrences of each id. output: [ids, dim], for either loss (the
  // softmax leaves its last row alone); must outlive this.
  static absl::StatusOr<std::unique_ptr<WindowSetup>> Create(
      const WindowModelOptions& options, absl::Span<const uint64_t> counts,
      EmbeddingTable* output);

  // For one thread; must not outlive this.
  WindowSampler NewSampler(NegativesPer negatives_per) const;

  uint64_t seed() const { return options_.seed; }
  int window() const { return options_.window; }
  bool softmax() const {
    return options_.loss == OutputLoss::kHierarchicalSoftmax;
  }
  // Draws a pair: none with hierarchical softmax.
  int negatives() const;
  const OutputLayer& layer() const { return *layer_; }
  bool grouped() const { return !options_.negative_groups.empty(); }
  bool undivided_gradient() const { return options_.undivided_gradient; }
  // Centers that share their negatives.
  int share_negatives() const { return options_.share_negatives; }
  // Centers that a draw of a negative serves.
  int reuse_negatives() const {
    return grouped() ? 1 : options_.reuse_negatives;
  }
  // How often each id is a center in a pass, on average.
  std::vector<double> CenterCounts() const;
  // Negatives for tables cut into `parts` parts.
  absl::StatusOr<PartNegatives> NewPartNegatives(RowParts parts) const {
    return PartNegatives::Create(counts_, options_.noise_exponent, parts);
  }

 private:
  WindowSetup(const WindowModelOptions& options,
              absl::Span<const uint64_t> counts, Subsampler subsampler,
              NegativeSampler negative_sampler,
              std::unique_ptr<OutputLayer> layer);

  const WindowModelOptions options_;
  const std::vector<uint64_t> counts_;
  const Subsampler subsampler_;
  const NegativeSampler negative_sampler_;
  const std::unique_ptr<OutputLayer> layer_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_WINDOW_SETUP_H_
