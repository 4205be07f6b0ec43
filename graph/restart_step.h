// Random walks with restart: with a fixed probability a step leads back to the
// start of the walk, whether an arc does or not (Tong, Faloutsos, Pan, ICDM
// 2006; `alpha` of the DeepWalk authors' code). At a dead end the walk ends, as
// it does there.
#ifndef EMBED_GRAPH_RESTART_STEP_H_
#define EMBED_GRAPH_RESTART_STEP_H_

#include <cmath>
#include <cstdint>
#include <utility>

#include "graph/walks.h"

namespace embed {

// A policy (graph/walks.h) around another.
template <class Step>
class RestartStep {
 public:
  static constexpr int kWordsPerStep = 2 * Step::kWordsPerStep;
  static constexpr int kIdsPerStep = 1;
  static_assert(Step::kIdsPerStep == 1);  // what Visit() writes

  // probability: 0 .. 1, rounded to a multiple of 2^-32.
  RestartStep(Step step, double probability)
      : step_(std::move(step)),
        limit_(static_cast<uint64_t>(std::nearbyint(probability * 0x1.0p32))) {}

  uint64_t ChooseArcs(const WalkerGroup& group, uint64_t* arcs) const {
    return step_.ChooseArcs(group, arcs);
  }

  void FollowArcs(const uint64_t* arcs, WalkerGroup* group) const {
    step_.FollowArcs(arcs, group);
    // The first word that the step inside does not use.
    const uint32_t* const words = group->step_words(Step::kWordsPerStep);
    const int active = group->active;
    for (int i = 0; i < active; ++i) {
      const uint32_t start = group->paths[i][0];
      group->Visit(i, Choose(words[i] < limit_, start, group->current[i]));
    }
  }

 private:
  Step step_;
  uint64_t limit_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_RESTART_STEP_H_
