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

  // probability: 0 .. 1, rounded to a multiple of 2^-32.
  RestartStep(Step step, double probability)
      : step_(std::move(step)),
        limit_(static_cast<uint64_t>(std::nearbyint(probability * 0x1.0p32))) {}

  void Advance(const WalkerGroup& group, uint32_t* next) const {
    step_.Advance(group, next);
    for (int i = 0; i < group.active; ++i) {
      // The first word that the step inside does not use.
      const bool jumps = group.step_words(i)[Step::kWordsPerStep] < limit_;
      next[i] = jumps && next[i] != kWalkEnd ? group.path(i)[0] : next[i];
    }
  }

 private:
  Step step_;
  uint64_t limit_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_RESTART_STEP_H_
