#include "embed/train/step_rows.h"

#include <algorithm>

#include "embed/train/block_worker.h"

namespace embed {
WindowGatherer::WindowGatherer(const WindowSetup* setup, EmbeddingTable* input)
    : window_(static_cast<size_t>(setup->window())),
      layer_(setup->layer()),
      input_(input) {}

void WindowGatherer::NewRows(const WindowBlock& block, size_t i,
                             std::vector<const float*>* rows) const {
  NewWindowRows(block, i, window_, layer_, *input_, rows);
}

void WindowGatherer::GatherInputs(const WindowBlock& block, size_t i,
                                  StepRows* rows) const {
  const size_t room = block.end[i] - block.begin[i] + 1;
  if (rows->inputs.size() < room) rows->inputs.resize(2 * room);
  rows->num_inputs = GatherContexts(block, i, input_, &rows->inputs);
}

uint64_t WindowGatherer::Gather(const WindowBlock& block, size_t i,
                                StepRows* rows) const {
  GatherInputs(block, i, rows);
  if (rows->num_inputs == 0) return 0;
  rows->composed = false;
  layer_.Collect(block.ids[i], block.NegativesOf(i), &rows->targets);
  return rows->num_inputs;
}

uint64_t CbowGatherer::Gather(const WindowBlock& block, size_t i,
                              StepRows* rows) const {
  GatherInputs(block, i, rows);
  if (rows->num_inputs == 0) return 0;
  rows->composed = true;
  rows->scale = 1.0f / static_cast<float>(rows->num_inputs);
  rows->gradient_scale = exact_ ? rows->scale : 1.0f;
  rows->targets.Clear();
  layer().Append(block.ids[i], block.NegativesOf(i), &rows->targets);
  return 1;
}

FeatureGatherer::FeatureGatherer(const WindowSetup* setup,
                                 const FeatureMap* features,
                                 EmbeddingTable* input)
    : negatives_(static_cast<size_t>(setup->negatives())),
      undivided_(setup->undivided_gradient()),
      layer_(setup->layer()),
      features_(features),
      input_(input) {}

void FeatureGatherer::NewRows(const WindowBlock& block, size_t i,
                              std::vector<const float*>* rows) const {
  rows->clear();
  if (i >= block.size()) return;
  for (const uint32_t row : features_->Rows(block.ids[i])) {
    rows->push_back(input_->row(row));
  }
  // The rows of the contexts were targets of the centers before.
  layer_.AppendRows(block.ids[i], block.NegativesOf(i), rows);
}

uint64_t FeatureGatherer::Gather(const WindowBlock& block, size_t i,
                                 StepRows* rows) const {
  const absl::Span<const uint32_t> features = features_->Rows(block.ids[i]);
  if (features.empty()) return 0;
  rows->num_inputs = features.size();
  if (rows->inputs.size() < features.size()) {
    rows->inputs.resize(2 * features.size());
  }
  std::transform(features.begin(), features.end(), rows->inputs.begin(),
                 [this](uint32_t row) { return input_->row(row); });
  rows->composed = true;
  rows->scale = features_->compose() == Compose::kMean
                    ? 1.0f / static_cast<float>(features.size())
                    : 1.0f;
  rows->gradient_scale = undivided_ ? 1.0f : rows->scale;
  return CollectContexts(block, i, negatives_, layer_, &rows->targets);
}

uint64_t CollectContexts(const WindowBlock& block, size_t i, size_t negatives,
                         const OutputLayer& layer, Targets* targets) {
  targets->Clear();
  uint64_t contexts = 0;
  absl::Span<const uint32_t> drawn = block.NegativesOf(i);
  for (size_t c = block.begin[i]; c < block.end[i]; ++c) {
    if (c == i) continue;
    layer.Append(block.ids[c], drawn.first(negatives), targets);
    drawn.remove_prefix(negatives);
    ++contexts;
  }
  return contexts;
}

}  // namespace embed
