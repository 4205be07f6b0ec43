#include "apps/window_method.h"

#include "embed/base/status_macros.h"
#include "embed/train/cbow.h"
#include "embed/train/skip_gram.h"

namespace embed {
namespace {

class WindowMethod final : public TrainingMethod {
 public:
  WindowMethod(const TrainingFlags& flags, const TrainingInput& input)
      : flags_(flags), input_(input) {}

  TrainingShape Shape() const override {
    TrainingShape shape;
    shape.outputs = input_.vocabulary.size();
    shape.inputs =
        input_.features.empty() ? shape.outputs : input_.features.num_rows();
    shape.dim = flags_.dim;
    shape.optimizer = flags_.windows.optimizer;
    if (input_.vectors == VectorsFrom::kComposed ||
        input_.vectors == VectorsFrom::kBoth) {
      shape.other_bytes = EmbeddingTable::BytesFor(shape.outputs, shape.dim);
    }
    return shape;
  }

  // Input rows uniform on +-start_radius / dim, output rows zero.
  absl::Status CreateTables(uint64_t seed, int threads, Model* model) override {
    const TrainingShape shape = Shape();
    EMBED_ASSIGN_OR_RETURN(model->input,
                           EmbeddingTable::Create(shape.inputs, shape.dim));
    EMBED_ASSIGN_OR_RETURN(model->output,
                           EmbeddingTable::Create(shape.outputs, shape.dim));
    model->input.FillUniform(
        flags_.start_radius / static_cast<float>(shape.dim), seed, threads);
    model->output.FillZero(threads);
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<Objective>> CreateObjective(
      Model* model) override {
    const absl::Span<const uint64_t> counts = input_.vocabulary.counts();
    WindowModelOptions windows = flags_.windows;
    windows.negative_groups = input_.negative_groups;
    if (flags_.cbow) {
      return Cbow::Create(windows, flags_.cbow_gradient, counts, &model->input,
                          &model->output);
    }
    return SkipGram::Create(windows, counts, &model->input, &model->output,
                            &input_.features);
  }

 private:
  const TrainingFlags& flags_;
  const TrainingInput& input_;
};

}  // namespace

std::unique_ptr<TrainingMethod> NewWindowMethod(const TrainingFlags& flags,
                                                const TrainingInput& input) {
  return std::make_unique<WindowMethod>(flags, input);
}

}  // namespace embed
