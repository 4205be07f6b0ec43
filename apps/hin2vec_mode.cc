#include "apps/hin2vec_mode.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/common/available_memory.h"
#include "apps/common/relation_flags.h"
#include "apps/common/typed_input.h"
#include "apps/sequence_counts.h"
#include "apps/typed_walk_input.h"
#include "embed/base/status_macros.h"
#include "graph/typed_walk_source.h"

namespace embed {
namespace {

// While it trains, the vectors of relations are the model's output table, so
// that early stopping keeps them too.
class Hin2vecMethod final : public TrainingMethod {
 public:
  // counts, group_ends: as Hin2vec::Create().
  Hin2vecMethod(const RelationFlags& flags, int dim,
                std::vector<uint64_t> counts, std::vector<uint32_t> group_ends,
                RelationIndex relations, Vocabulary relation_keys)
      : flags_(flags),
        dim_(dim),
        counts_(std::move(counts)),
        group_ends_(std::move(group_ends)),
        relations_(std::move(relations)),
        relation_keys_(std::move(relation_keys)) {}

  TrainingShape Shape() const override {
    TrainingShape shape;
    shape.inputs = counts_.size();
    shape.outputs = relations_.size();
    shape.dim = dim_;
    return shape;
  }

  absl::Status CreateTables(uint64_t seed, int threads, Model* model) override {
    EMBED_ASSIGN_OR_RETURN(model->input,
                           EmbeddingTable::Create(counts_.size(), dim_));
    EMBED_ASSIGN_OR_RETURN(model->output,
                           EmbeddingTable::Create(relations_.size(), dim_));
    FillHin2vecTables(seed, threads, &model->input, &model->output);
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<Objective>> CreateObjective(
      Model* model) override {
    return Hin2vec::Create(flags_.hin2vec, counts_, group_ends_, &relations_,
                           &model->input, &model->output);
  }

  absl::Status Finish(Model* model) override {
    model->relation_keys = std::move(relation_keys_);
    model->relations = std::move(model->output);
    model->output = EmbeddingTable();
    return absl::OkStatus();
  }

 private:
  const RelationFlags flags_;
  const int dim_;
  const std::vector<uint64_t> counts_;
  const std::vector<uint32_t> group_ends_;
  const RelationIndex relations_;
  Vocabulary relation_keys_;
};

// As many relations as there is memory to count and to train.
uint32_t MaxRelations(int dim, int threads) {
  const uint64_t bytes =
      EmbeddingTable::BytesFor(1, dim) +
      static_cast<uint64_t>(threads + 1) * RelationCounter::kBytesPerRelation;
  return static_cast<uint32_t>(
      std::min<uint64_t>(AvailableMemory() / bytes, Vocabulary::kMaxSize));
}

std::vector<std::string> TypeNames(const TypedGraph& graph) {
  std::vector<std::string> names;
  for (const TypedGraph::EdgeType& type : graph.edge_types()) {
    names.push_back(type.name);
  }
  return names;
}

absl::StatusOr<Vocabulary> RelationKeys(const RelationIndex& relations,
                                        const TypedGraph& graph) {
  const std::vector<std::string> names = TypeNames(graph);
  std::vector<std::string> keys;
  for (uint32_t r = 0; r < relations.size(); ++r) {
    keys.push_back(relations.Key(r, names));
  }
  return Vocabulary::Create(
      keys, {relations.counts().begin(), relations.counts().end()});
}

// Keys of nodes, then of edge types: of all ids in a walk.
absl::StatusOr<Vocabulary> WalkKeys(const Vocabulary& nodes,
                                    const TypedGraph& graph) {
  std::vector<std::string> keys;
  for (uint32_t id = 0; id < nodes.size(); ++id) {
    keys.emplace_back(nodes.key(id));
  }
  for (std::string& name : TypeNames(graph)) keys.push_back(std::move(name));
  const auto size = keys.size();
  auto all = Vocabulary::Create(keys, std::vector<uint64_t>(size));
  if (all.ok()) return all;
  return absl::InvalidArgumentError(
      absl::StrCat("walks of mode hin2vec name nodes and edge types alike: ",
                   all.status().message()));
}

std::vector<uint32_t> GroupEnds(const TypedGraph& graph, bool any_type) {
  if (any_type) return {graph.graph().num_nodes()};
  return NodeTypeEnds(graph);
}

// Counts what is to be trained; `graph` outlives the input.
absl::Status AddMethod(const LoadContext& context, const RelationFlags& flags,
                       const TypedGraph& graph, TrainingInput* input) {
  const TrainingFlags& training = *context.training;
  const uint32_t epochs = training.trainer.epochs;
  const RelationWindow window = {graph.graph().num_nodes(),
                                 flags.hin2vec.window,
                                 flags.hin2vec.allow_cycles};
  RelationCounter counter(window, MaxRelations(training.dim, context.threads));
  EMBED_RETURN_IF_ERROR(
      CountSequences(epochs, context.threads, input->source.get(), &counter));
  RelationIndex relations = counter.Finish();
  if (relations.size() == 0) {
    return absl::FailedPreconditionError(
        "no walk leads from one node to another one: there is no relation to "
        "learn");
  }
  EMBED_ASSIGN_OR_RETURN(Vocabulary keys, RelationKeys(relations, graph));
  input->notes.push_back(absl::StrCat(relations.size(), " relations of 1 to ",
                                      window.window, " steps, most often ",
                                      keys.key(0)));
  const std::vector<uint64_t> visits(counter.visits().begin(),
                                     counter.visits().end());
  input->vocabulary.set_counts(visits);
  // Walks of different epochs may differ in length where some end early.
  input->tokens_per_epoch =
      (input->vocabulary.total_count() + epochs - 1) / epochs;
  input->method = std::make_unique<Hin2vecMethod>(
      flags, training.dim, visits, GroupEnds(graph, flags.negatives_any_type),
      std::move(relations), std::move(keys));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TrainingInput> LoadHin2vec(const LoadContext& context) {
  EMBED_ASSIGN_OR_RETURN(const RelationFlags flags,
                         ReadRelationFlags(*context.training));
  EMBED_ASSIGN_OR_RETURN(TypedWalkInput loaded,
                         LoadTypedWalkInput("hin2vec", context));
  TrainingInput input = std::move(loaded.input);
  const TypedGraph& graph = *loaded.graph;
  EMBED_ASSIGN_OR_RETURN(input.source,
                         CreateTypedWalkSource(graph, loaded.walks));
  if (context.walks_only) {
    EMBED_ASSIGN_OR_RETURN(input.vocabulary, WalkKeys(input.vocabulary, graph));
    return input;
  }
  EMBED_RETURN_IF_ERROR(AddMethod(context, flags, graph, &input));
  return input;
}

}  // namespace embed
