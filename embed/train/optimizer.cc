#include "embed/train/optimizer.h"

#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"

namespace embed {

absl::Status OptimizerOptions::Validate() const {
  // Above this the square is no float32.
  constexpr double kLargestClip = 1e18;
  if (!(clip_gradient >= 0 && clip_gradient <= kLargestClip)) {
    return absl::InvalidArgumentError(
        absl::StrCat("clip_gradient is ", clip_gradient,
                     ", expected a norm up to ", kLargestClip, " or 0"));
  }
  if (clip_gradient > 0 && clip_gradient < 1 / kLargestClip) {
    return absl::InvalidArgumentError(
        absl::StrCat("clip_gradient is ", clip_gradient, ", expected at least ",
                     1 / kLargestClip));
  }
  if (!(epsilon >= 1e-30 && epsilon <= 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("epsilon is ", epsilon, ", expected 1e-30 to 1"));
  }
  return absl::OkStatus();
}

absl::StatusOr<RowOptimizer> RowOptimizer::Create(
    const OptimizerOptions& options, bool train, EmbeddingTable* table) {
  AlignedBuffer buffer;
  const uint64_t bytes = AccumulatorBytes(options, train, table->rows());
  if (bytes > 0) {
    EMBED_ASSIGN_OR_RETURN(buffer, AlignedBuffer::Create(bytes));
  }
  return RowOptimizer(options, train, table, std::move(buffer));
}

uint64_t RowOptimizer::AccumulatorBytes(const OptimizerOptions& options,
                                        bool train, uint64_t rows) {
  const bool accumulates = train && options.kind == OptimizerKind::kAdaGrad;
  return accumulates ? rows * sizeof(float) : 0;
}

RowOptimizer::RowOptimizer(const OptimizerOptions& options, bool train,
                           EmbeddingTable* table, AlignedBuffer buffer)
    : table_(table),
      stride_(table->stride()),
      train_(train),
      clip_(static_cast<float>(options.clip_gradient)),
      squared_clip_(options.clip_gradient > 0
                        ? clip_ * clip_
                        : std::numeric_limits<float>::infinity()),
      epsilon_(static_cast<float>(options.epsilon)),
      one_over_dim_(1.0f / static_cast<float>(table->dim())),
      buffer_(std::move(buffer)),
      accumulators_(static_cast<float*>(buffer_.data())),
      kernels_(GetGradientKernels()) {}

absl::StatusOr<std::unique_ptr<TableOptimizers>> TableOptimizers::Create(
    const OptimizerOptions& options, EmbeddingTable* input_table,
    EmbeddingTable* output_table) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  EMBED_ASSIGN_OR_RETURN(
      RowOptimizer input,
      RowOptimizer::Create(options, options.train_input, input_table));
  EMBED_ASSIGN_OR_RETURN(
      RowOptimizer output,
      RowOptimizer::Create(options, options.train_output, output_table));
  return std::unique_ptr<TableOptimizers>(new TableOptimizers{
      options.IsPlainSgd(), std::move(input), std::move(output)});
}

uint64_t TableOptimizers::AccumulatorBytes(const OptimizerOptions& options,
                                           uint64_t inputs, uint64_t outputs) {
  return RowOptimizer::AccumulatorBytes(options, options.train_input, inputs) +
         RowOptimizer::AccumulatorBytes(options, options.train_output, outputs);
}

std::vector<TrainedArray> TableOptimizers::State() {
  std::vector<TrainedArray> arrays;
  const auto add = [&arrays](const std::string& name, RowOptimizer* table) {
    if (!table->trains()) return;
    arrays.push_back({name, table->values()});
    if (table->accumulators().empty()) return;
    arrays.push_back({name + "_squares", table->accumulators()});
  };
  add("input", &input);
  add("output", &output);
  return arrays;
}

}  // namespace embed
