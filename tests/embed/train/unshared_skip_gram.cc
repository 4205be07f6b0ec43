#include "tests/embed/train/unshared_skip_gram.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "embed/base/status_macros.h"

namespace embed {
namespace {

// log(1 + exp(x)) without overflow.
double Softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

WindowOptions WindowsOf(const WindowModelOptions& options) {
  WindowOptions windows;
  windows.window = options.window;
  windows.negatives = options.negatives;
  windows.negatives_per = NegativesPer::kContext;
  windows.seed = options.seed;
  return windows;
}

class PairWorker : public Objective::Worker {
 public:
  PairWorker(WindowSampler sampler, int negatives, EmbeddingTable* input,
             EmbeddingTable* output)
      : sampler_(std::move(sampler)),
        negatives_(static_cast<size_t>(negatives)),
        input_(input),
        output_(output),
        gradient_(static_cast<size_t>(input->dim())) {}

  void Train(uint32_t epoch, const SequenceBatch& batch, const RateRange& rate,
             TrainStats* stats) override {
    sampler_.Start(epoch, &batch);
    // A block has the rate of its first token.
    double done = 0.0;
    while (sampler_.Next(&block_)) {
      const double now = rate.first + (rate.last - rate.first) * done;
      for (size_t i = 0; i < block_.size(); ++i) TrainCenter(i, now, stats);
      done = static_cast<double>(sampler_.tokens_done()) /
             static_cast<double>(batch.ids.size());
    }
    stats->tokens += batch.ids.size();
  }

 private:
  void TrainCenter(size_t i, double rate, TrainStats* stats) {
    absl::Span<const uint32_t> drawn = block_.NegativesOf(i);
    for (size_t c = block_.begin[i]; c < block_.end[i]; ++c) {
      if (c == i) continue;
      stats->loss += TrainPair(block_.ids[i], drawn.first(negatives_),
                               input_->row(block_.ids[c]), rate);
      drawn.remove_prefix(negatives_);
      ++stats->examples;
    }
  }

  // All scores are taken before a row moves. Returns the loss of before.
  double TrainPair(uint32_t center, absl::Span<const uint32_t> negatives,
                   float* context, double rate) {
    steps_.clear();
    std::fill(gradient_.begin(), gradient_.end(), 0.0);
    double loss = AddTarget(center, 1.0, rate, context);
    for (const uint32_t negative : negatives) {
      if (negative != center) loss += AddTarget(negative, 0.0, rate, context);
    }
    for (const auto& [target, step] : steps_) {
      for (size_t k = 0; k < gradient_.size(); ++k) {
        target[k] += static_cast<float>(step * static_cast<double>(context[k]));
      }
    }
    for (size_t k = 0; k < gradient_.size(); ++k) {
      context[k] += static_cast<float>(gradient_[k]);
    }
    return loss;
  }

  // Notes the step of the row and its part of the context's; returns its loss.
  double AddTarget(uint32_t id, double label, double rate,
                   const float* context) {
    float* const target = output_->row(id);
    double score = 0.0;
    for (size_t k = 0; k < gradient_.size(); ++k) {
      score += static_cast<double>(target[k]) * static_cast<double>(context[k]);
    }
    const double step = rate * (label - 1.0 / (1.0 + std::exp(-score)));
    for (size_t k = 0; k < gradient_.size(); ++k) {
      gradient_[k] += step * static_cast<double>(target[k]);
    }
    steps_.emplace_back(target, step);
    return Softplus(label > 0 ? -score : score);
  }

  WindowSampler sampler_;
  const size_t negatives_;
  EmbeddingTable* const input_;
  EmbeddingTable* const output_;
  WindowBlock block_;
  std::vector<double> gradient_;  // of the context, times the rate
  std::vector<std::pair<float*, double>> steps_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<UnsharedSkipGram>> UnsharedSkipGram::Create(
    const WindowModelOptions& options, absl::Span<const uint64_t> counts,
    EmbeddingTable* input, EmbeddingTable* output) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  EMBED_RETURN_IF_ERROR(
      CheckTables(counts.size(), counts.size(), *input, *output));
  EMBED_ASSIGN_OR_RETURN(Subsampler subsampler,
                         Subsampler::Create(counts, options.subsample));
  EMBED_ASSIGN_OR_RETURN(
      NegativeSampler noise,
      NegativeSampler::Create(counts, options.noise_exponent));
  return std::unique_ptr<UnsharedSkipGram>(new UnsharedSkipGram(
      options, std::move(subsampler), std::move(noise), input, output));
}

UnsharedSkipGram::UnsharedSkipGram(const WindowModelOptions& options,
                                   Subsampler subsampler, NegativeSampler noise,
                                   EmbeddingTable* input,
                                   EmbeddingTable* output)
    : options_(options),
      subsampler_(std::move(subsampler)),
      noise_(std::move(noise)),
      input_(input),
      output_(output) {}

std::unique_ptr<Objective::Worker> UnsharedSkipGram::NewWorker() const {
  return std::make_unique<PairWorker>(
      WindowSampler(WindowsOf(options_), &subsampler_, &noise_),
      options_.negatives, input_, output_);
}

std::vector<TrainedArray> UnsharedSkipGram::State() const {
  const auto values = [](EmbeddingTable* table) {
    return absl::MakeSpan(table->data(), table->rows() * table->stride());
  };
  return {{"input", values(input_)}, {"output", values(output_)}};
}

}  // namespace embed
