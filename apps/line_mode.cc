#include "apps/line_mode.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/common/graph_flags.h"
#include "apps/common/graph_input.h"
#include "apps/common/line_flags.h"
#include "apps/graph_backing.h"
#include "embed/base/status_macros.h"
#include "graph/edge_source.h"

namespace embed {
namespace {

// Vertices are the model's input table, contexts its output table. With both
// orders their rows differ in length, so the finished model has no contexts.
class LineMethod final : public TrainingMethod {
 public:
  LineMethod(const LineFlags& flags, std::vector<double> degrees)
      : flags_(flags), degrees_(std::move(degrees)) {}

  TrainingShape Shape() const override {
    const LineLayout& layout = flags_.layout;
    TrainingShape shape;
    shape.inputs = degrees_.size();
    shape.dim = layout.vertex_dim();
    if (layout.has_second()) {
      shape.outputs = degrees_.size();
      shape.output_dim = layout.dim();
    }
    if (layout.vertex_dim() != layout.result_dim()) {
      // The result is packed into a table of its own.
      shape.packed_bytes =
          EmbeddingTable::BytesFor(shape.inputs, layout.result_dim());
    }
    return shape;
  }

  absl::Status CreateTables(uint64_t seed, int threads, Model* model) override {
    const LineLayout& layout = flags_.layout;
    EMBED_ASSIGN_OR_RETURN(
        model->input, MakeLineVertices(layout, degrees_.size(), seed, threads));
    if (layout.has_second()) {
      EMBED_ASSIGN_OR_RETURN(
          model->output, EmbeddingTable::Create(degrees_.size(), layout.dim()));
      model->output.FillZero(threads);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<Objective>> CreateObjective(
      Model* model) override {
    return Line::Create(flags_.layout, flags_.line, degrees_, &model->input,
                        flags_.layout.has_second() ? &model->output : nullptr);
  }

  absl::Status Finish(Model* model) override {
    if (flags_.layout.has_both()) model->output = EmbeddingTable();
    EMBED_ASSIGN_OR_RETURN(
        model->input,
        FinishLineVertices(flags_.layout, std::move(model->input)));
    return absl::OkStatus();
  }

 private:
  const LineFlags flags_;
  const std::vector<double> degrees_;  // by which negatives are drawn
};

std::vector<double> NoiseDegrees(const Graph& graph, bool all) {
  std::vector<double> degrees = OutWeights(graph);
  if (!all) return degrees;
  const std::vector<double> entering = InWeights(graph);
  for (size_t v = 0; v < degrees.size(); ++v) degrees[v] += entering[v];
  return degrees;
}

}  // namespace

absl::StatusOr<TrainingInput> LoadLine(const LoadContext& context) {
  EMBED_ASSIGN_OR_RETURN(GraphFlags graph_flags,
                         ReadGraphFlags(context.input, context.threads));
  EMBED_ASSIGN_OR_RETURN(
      const LineFlags flags,
      ReadLineFlags(*context.training, graph_flags.edges.directed));
  graph_flags.edges.observer = LoadProgressPrinter(context.progress);
  EMBED_ASSIGN_OR_RETURN(GraphInput loaded, LoadGraphInput(graph_flags.edges));
  TrainingInput result;
  const Graph& graph = KeepGraph(std::move(loaded), &result);
  EMBED_ASSIGN_OR_RETURN(
      std::unique_ptr<EdgeSource> source,
      EdgeSource::Create(graph, {flags.draws_per_epoch, context.training->seed,
                                 context.threads}));
  result.tokens_per_epoch = 2 * source->draws_per_epoch();
  result.notes.push_back(absl::StrCat("an epoch draws ",
                                      source->draws_per_epoch(), " of ",
                                      graph.num_arcs(), " arcs"));
  result.method = std::make_unique<LineMethod>(
      flags, NoiseDegrees(graph, flags.noise_by_all));
  result.source = std::move(source);
  return result;
}

}  // namespace embed
