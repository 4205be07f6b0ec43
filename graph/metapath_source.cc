#include "graph/metapath_source.h"

#include <utility>

#include "absl/status/status.h"
#include "embed/base/status_macros.h"
#include "graph/metapath_step.h"
#include "graph/walk_loop.h"

namespace embed {
namespace {

// Takes ids of other nodes out of the sequences.
void KeepNodes(const TypedGraph::NodeType& kept, SequenceBatch* batch) {
  size_t from = 0;
  size_t to = 0;
  for (uint32_t& end : batch->ends) {
    for (; from < end; ++from) {
      const uint32_t id = batch->ids[from];
      batch->ids[to] = id;
      to += id >= kept.begin && id < kept.end ? 1 : 0;
    }
    end = static_cast<uint32_t>(to);
  }
  batch->ids.resize(to);
}

template <class Step>
class MetapathSource final : public WalkSource {
 public:
  // starts: the nodes of the metapath's first type.
  MetapathSource(const TypedGraph& graph, const TypedGraph::NodeType& starts,
                 bool keep_type, const WalkOptions& options, Step step)
      : WalkSource(options, starts.begin, starts.end),
        graph_(graph.graph()),
        starts_(starts),
        keep_type_(keep_type),
        step_(std::move(step)) {}

 private:
  void FillBatch(const WalkTask& task, SequenceBatch* batch) const override {
    MakeWalks(step_, graph_, task, batch);
    if (keep_type_) KeepNodes(starts_, batch);
  }

  const Graph& graph_;
  const TypedGraph::NodeType& starts_;
  const bool keep_type_;
  const Step step_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<WalkSource>> CreateMetapathSource(
    const TypedGraph& graph, const Metapath& metapath, bool keep_type,
    const WalkOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  if (options.second_order() || options.restart > 0 ||
      options.degree_penalty > 0) {
    return absl::InvalidArgumentError(
        "metapath walks are plain ones: without restart, degree penalty, p "
        "and q");
  }
  const TypedGraph::NodeType& starts = graph.node_types()[metapath.types()[0]];
  if (!options.weighted) {
    return std::make_unique<MetapathSource<UniformMetapathStep>>(
        graph, starts, keep_type, options,
        UniformMetapathStep(graph, metapath));
  }
  EMBED_ASSIGN_OR_RETURN(
      WeightedMetapathStep step,
      WeightedMetapathStep::Create(graph, metapath, options.threads));
  return std::make_unique<MetapathSource<WeightedMetapathStep>>(
      graph, starts, keep_type, options, std::move(step));
}

}  // namespace embed
