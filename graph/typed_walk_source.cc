#include "graph/typed_walk_source.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "embed/base/status_macros.h"
#include "graph/typed_step.h"
#include "graph/walk_loop.h"

namespace embed {
namespace {

template <class Step>
class TypedWalkSource final : public WalkSource {
 public:
  TypedWalkSource(const TypedGraph& graph, const WalkOptions& options,
                  Step step)
      : WalkSource(graph.graph(), options),
        graph_(graph),
        step_(std::move(step)) {}

 private:
  static constexpr size_t kMost = WalkerGroup::kMaxWalkers;

  void AppendWalks(const WalkTask& task, SequenceBatch* batch) const override {
    // A step writes its type as well, so there is room for as many ids more.
    WalkTask in_ids = task;
    in_ids.walk_length = 2 * task.walk_length - 1;
    WalkPaths paths(in_ids, batch);
    const std::vector<uint32_t> walks =
        StartWalks(graph_.graph(), task, &paths);
    const size_t groups = (walks.size() + kMost - 1) / kMost;
    for (size_t i = 0; i < groups; ++i) {
      const size_t begin = walks.size() * i / groups;
      const size_t end = walks.size() * (i + 1) / groups;
      WalkTogether(task, absl::MakeConstSpan(walks).subspan(begin, end - begin),
                   &paths);
    }
    paths.Close();
  }

  void WalkTogether(const WalkTask& task, absl::Span<const uint32_t> walks,
                    WalkPaths* paths) const {
    WalkerGroup group;
    group.active = static_cast<int>(walks.size());
    group.length = 1;
    for (uint32_t i = 0; i < walks.size(); ++i) {
      group.slot[i] = i;
      group.walk[i] = walks[i];
      group.paths[i] = paths->path(walks[i]);
      group.current[i] = task.starts[walks[i]];
    }
    uint64_t arcs[kMost];
    const uint64_t words = (task.walk_length - 1) * Step::kWordsPerStep;
    for (uint64_t used = 0; used < words && group.active > 0;
         used += Step::kWordsPerStep, group.word += Step::kWordsPerStep) {
      if (used % WalkerGroup::kWords == 0) RefillWords(task, used, &group);
      step_.Advance(group, arcs);
      Move(arcs, &group, paths->lengths());
    }
  }

  // Moves the walkers along their arcs; those without one leave the group.
  void Move(const uint64_t* arcs, WalkerGroup* group, uint64_t* lengths) const {
    const Graph& graph = graph_.graph();
    const uint32_t types_from = graph.num_nodes();
    int kept = 0;
    for (int i = 0; i < group->active; ++i) {
      const uint32_t slot = group->slot[i];
      if (arcs[i] == kNoArc) {
        lengths[group->walk[slot]] = 2 * group->length - 1;
        continue;
      }
      const uint32_t next = graph.targets()[arcs[i]];
      __builtin_prefetch(graph.rows() + next);
      uint32_t* const end = group->paths[slot] + 2 * group->length - 1;
      end[0] = types_from + graph_.TypeOfArc(arcs[i]);
      end[1] = next;
      group->current[kept] = next;
      group->slot[kept] = slot;
      ++kept;
    }
    group->active = kept;
    ++group->length;
  }

  const TypedGraph& graph_;
  Step step_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<WalkSource>> CreateTypedWalkSource(
    const TypedGraph& graph, const WalkOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  if (options.second_order() || options.restart > 0 ||
      options.degree_penalty > 0) {
    return absl::InvalidArgumentError(
        "walks that tell the types of their steps are plain ones: without "
        "restart, degree penalty, p and q");
  }
  if (graph.graph().num_nodes() == 0) {
    return absl::InvalidArgumentError("a graph without nodes has no walks");
  }
  if (!options.weighted) {
    return std::make_unique<TypedWalkSource<UniformTypedStep>>(
        graph, options, UniformTypedStep(graph));
  }
  EMBED_ASSIGN_OR_RETURN(WeightedTypedStep step,
                         WeightedTypedStep::Create(graph, options.threads));
  return std::make_unique<TypedWalkSource<WeightedTypedStep>>(graph, options,
                                                              std::move(step));
}

}  // namespace embed
