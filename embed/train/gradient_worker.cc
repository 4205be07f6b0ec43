#include "embed/train/gradient_worker.h"

namespace embed {

GradientWorker::GradientWorker(const WindowSetup* setup,
                               const StepGatherer* gatherer, uint64_t stride,
                               TableOptimizers* optimizers)
    : GatheredWorker(setup, gatherer, stride),
      optimizers_(optimizers),
      kernels_(GetGradientKernels()) {}

float* GradientWorker::Floats::Get(size_t count) {
  if (buffer_.size() < count * sizeof(float)) {
    // Small beside the tables, which are there already.
    buffer_ = AlignedBuffer::Create(2 * count * sizeof(float)).value();
  }
  return static_cast<float*>(buffer_.data());
}

void GradientWorker::Step(float rate) {
  PrefetchRows(next_, stride_);
  PrefetchAccumulators();
  // One row is an input composed of itself; then no sum over inputs is left.
  if (rows_.composed) {
    StepComposed(rate);
  } else if (rows_.num_inputs == 1) {
    rows_.scale = rows_.gradient_scale = 1.0f;
    StepComposed(rate);
  } else {
    StepSeparate(rate);
  }
}

void GradientWorker::PrefetchAccumulators() const {
  for (size_t i = 0; i < rows_.num_inputs; ++i) {
    optimizers_->input.Prefetch(rows_.inputs[i]);
  }
  for (size_t t = 0; t < rows_.targets.size; ++t) {
    optimizers_->output.Prefetch(rows_.targets.rows[t]);
  }
}

const float* GradientWorker::Errors(const float* const* inputs,
                                    size_t num_inputs) {
  const Targets& targets = rows_.targets;
  float* const errors =
      errors_.Get(num_inputs * ErrorStep::PitchFor(targets.size));
  kernels_.errors(
      {inputs, num_inputs, targets.rows.data(), targets.labels.data(),
       targets.weights.data(), targets.size, stride_},
      errors, &loss_);
  return errors;
}

// One input h: the gradient of target j is e_j h, nothing to sum.
void GradientWorker::StepComposed(float rate) {
  const Targets& targets = rows_.targets;
  float* const hidden = sums_.Get(2 * stride_);
  float* const sum = hidden + stride_;
  const float hidden_norm = kernels_.combine(
      rows_.inputs.data(), &rows_.scale, 0, rows_.num_inputs, stride_, hidden);
  const float* const errors = Errors(&hidden, 1);
  float sum_norm = 0.0f;
  if (optimizers_->input.trains()) {
    sum_norm = kernels_.combine(targets.rows.data(), errors, 1, targets.size,
                                stride_, sum);
  }
  if (optimizers_->output.trains()) {
    for (size_t t = 0; t < targets.size; ++t) {
      const float e = errors[t];
      optimizers_->output.Apply({hidden, e, e * e * hidden_norm}, rate,
                                targets.rows[t]);
    }
  }
  if (optimizers_->input.trains()) {
    const float scale = rows_.gradient_scale;
    const RowGradient gradient = {sum, scale, scale * scale * sum_norm};
    for (size_t i = 0; i < rows_.num_inputs; ++i) {
      optimizers_->input.Apply(gradient, rate, rows_.inputs[i]);
    }
  }
}

// The targets' gradients are kept until the inputs have theirs; those can be
// applied one by one, since no gradient needs the inputs any more.
void GradientWorker::StepSeparate(float rate) {
  const Targets& targets = rows_.targets;
  const size_t pitch = ErrorStep::PitchFor(targets.size);
  const float* const errors = Errors(rows_.inputs.data(), rows_.num_inputs);
  float* const input_sum = sums_.Get((1 + targets.size) * stride_);
  float* const target_sums = input_sum + stride_;
  if (optimizers_->output.trains()) {
    squared_norms_.resize(targets.size);
    for (size_t t = 0; t < targets.size; ++t) {
      squared_norms_[t] = kernels_.combine(rows_.inputs.data(), errors + t,
                                           pitch, rows_.num_inputs, stride_,
                                           target_sums + t * stride_);
    }
  }
  if (optimizers_->input.trains()) {
    for (size_t i = 0; i < rows_.num_inputs; ++i) {
      const float squared_norm =
          kernels_.combine(targets.rows.data(), errors + i * pitch, 1,
                           targets.size, stride_, input_sum);
      optimizers_->input.Apply({input_sum, 1.0f, squared_norm}, rate,
                               rows_.inputs[i]);
    }
  }
  if (optimizers_->output.trains()) {
    for (size_t t = 0; t < targets.size; ++t) {
      optimizers_->output.Apply(
          {target_sums + t * stride_, 1.0f, squared_norms_[t]}, rate,
          targets.rows[t]);
    }
  }
}

}  // namespace embed
