#include "embed/train/line.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/base/philox.h"
#include "embed/base/status_macros.h"
#include "embed/kernels/edge_step.h"
#include "embed/kernels/random.h"
#include "embed/train/noise_options.h"
#include "embed/train/output_layer.h"
#include "embed/train/row_pairs.h"

namespace embed {
namespace {

// Examples whose negatives are drawn in one go. Even, so that their words begin
// with a block of the generator.
constexpr size_t kEdgeBlock = 128;
// Examples between asking for rows and using them, so that the work on the
// former hides the memory access.
constexpr size_t kEdgesAhead = 2;

absl::Status CheckLineTable(const char* name, const EmbeddingTable* table,
                            uint64_t rows, int dim) {
  if (table != nullptr && table->rows() == rows && table->dim() == dim) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      name, ": expected a table of [", rows, ", ", dim, "], found ",
      table == nullptr
          ? "none"
          : absl::StrCat("[", table->rows(), ", ", table->dim(), "]")));
}

}  // namespace

absl::Status LineOptions::Validate() const {
  EMBED_RETURN_IF_ERROR(CheckNegatives(negatives));
  return CheckNoiseExponent(noise_exponent);
}

class Line::EdgeWorker : public Worker {
 public:
  explicit EdgeWorker(const Line* line)
      : line_(*line),
        negatives_(static_cast<size_t>(line->options_.negatives)),
        targets_(1 + negatives_),
        words_(kEdgeBlock * negatives_ * NegativeSampler::kWordsPerDraw),
        drawn_(kEdgeBlock * negatives_),
        rows_((kEdgesAhead + 1) * RowsPerExample()),
        step_(GetEdgeStep()) {}

  void Train(uint32_t epoch, const SequenceBatch& batch, const RateRange& rate,
             TrainStats* stats) override {
    const size_t count = batch.num_sequences();
    EMBED_DCHECK(batch.ids.size() == 2 * count);
    const PhiloxStream stream(line_.options_.seed, RandomPurpose::kNegatives,
                              epoch, batch.first_sequence);
    for (size_t begin = 0; begin < count; begin += kEdgeBlock) {
      const size_t size = std::min(kEdgeBlock, count - begin);
      const double done =
          static_cast<double>(begin) / static_cast<double>(count);
      DrawNegatives(stream, begin, size);
      TrainBlock(&batch.ids[2 * begin], size, rate.At(done));
    }
    stats->tokens += batch.ids.size();
    stats->examples += count;
    stats->loss += loss_.Take();
  }

 private:
  // Of each order the tail's row and its targets.
  size_t RowsPerExample() const {
    return (line_.layout_.has_both() ? 2 : 1) * (1 + targets_);
  }

  void DrawNegatives(const PhiloxStream& stream, size_t begin, size_t count) {
    const size_t words = negatives_ * NegativeSampler::kWordsPerDraw;
    const auto block = absl::MakeSpan(words_).first(count * words);
    FillRandom(stream, static_cast<uint32_t>(begin * words / 4), block);
    line_.negative_sampler_.Draw(
        block, absl::MakeSpan(drawn_).first(count * negatives_));
  }

  // `edges`: tail and head of each example.
  void TrainBlock(const uint32_t* edges, size_t count, float rate) {
    for (size_t i = 0; i < std::min(kEdgesAhead, count); ++i) {
      FindRows(edges, i);
      PrefetchRows({RowsOf(i), RowsPerExample()}, Stride());
    }
    const int inputs = line_.layout_.has_both() ? 2 : 1;
    for (size_t i = 0; i < count; ++i) {
      const bool more = i + kEdgesAhead < count;
      if (more) FindRows(edges, i + kEdgesAhead);
      float* const* const rows = RowsOf(i);
      step_({rows, rows + inputs, inputs, static_cast<int>(targets_), Stride(),
             rate, RowsOf(i + kEdgesAhead),
             more ? static_cast<int>(RowsPerExample()) : 0},
            &loss_);
    }
  }

  size_t Stride() const {
    return line_.layout_.has_second() ? line_.contexts_->stride()
                                      : line_.vertices_->stride();
  }

  float** RowsOf(size_t example) {
    return &rows_[example % (kEdgesAhead + 1) * RowsPerExample()];
  }

  // Notes the rows of an example, inputs first.
  void FindRows(const uint32_t* edges, size_t example) {
    const uint32_t tail = edges[2 * example];
    const uint32_t head = edges[2 * example + 1];
    const uint32_t* const negatives = drawn_.data() + example * negatives_;
    float** const rows = RowsOf(example);
    float** next = rows;
    const auto add_targets = [&](EmbeddingTable* table) {
      *next++ = table->row(head);
      for (size_t n = 0; n < negatives_; ++n) {
        *next++ = table->row(negatives[n]);
      }
    };
    float* const vertex = line_.vertices_->row(tail);
    if (line_.layout_.has_first()) *next++ = vertex;
    if (line_.layout_.has_second()) {
      *next++ = vertex + line_.layout_.second_column();
    }
    if (line_.layout_.has_first()) add_targets(line_.vertices_);
    if (line_.layout_.has_second()) add_targets(line_.contexts_);
  }

  const Line& line_;
  const size_t negatives_;
  const size_t targets_;  // of an example in one order
  std::vector<uint32_t> words_;
  std::vector<uint32_t> drawn_;
  std::vector<float*> rows_;  // of the examples that wait
  const EdgeStepFunction step_;
  LossSum loss_;
};

absl::StatusOr<std::unique_ptr<Line>> Line::Create(
    const LineLayout& layout, const LineOptions& options,
    absl::Span<const double> degrees, EmbeddingTable* vertices,
    EmbeddingTable* contexts) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  EMBED_RETURN_IF_ERROR(CheckLineTable("vertices", vertices, degrees.size(),
                                       layout.vertex_dim()));
  if (layout.has_second()) {
    EMBED_RETURN_IF_ERROR(
        CheckLineTable("contexts", contexts, degrees.size(), layout.dim()));
  }
  EMBED_ASSIGN_OR_RETURN(
      NegativeSampler negative_sampler,
      NegativeSampler::OfFrequencies(degrees, options.noise_exponent));
  return std::unique_ptr<Line>(new Line(
      layout, options, std::move(negative_sampler), vertices, contexts));
}

std::unique_ptr<Objective::Worker> Line::NewWorker() const {
  return std::make_unique<EdgeWorker>(this);
}

std::vector<TrainedArray> Line::State() const {
  const auto values = [](EmbeddingTable* table) {
    return absl::MakeSpan(table->data(), table->rows() * table->stride());
  };
  std::vector<TrainedArray> arrays = {{"input", values(vertices_)}};
  if (layout_.has_second()) arrays.push_back({"output", values(contexts_)});
  return arrays;
}

absl::StatusOr<std::unique_ptr<PairTraining>> Line::NewPairTraining(
    const PartitionOptions& /*options*/) const {
  return absl::UnimplementedError(
      "an edge of LINE draws its negatives from all rows");
}

}  // namespace embed
