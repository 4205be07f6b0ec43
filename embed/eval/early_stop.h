// When to stop a training by a score that is taken after each epoch.
//
// The best epoch is the first with the highest score. Training is done when the
// last `patience` epochs brought no score above the best before them. (Prechelt
// 1998, "Early stopping - but when?", third criterion, with strips of one epoch
// and a score that rises.) A score that is NaN is no improvement.
//
// The learning rate's schedule knows nothing of this: it falls as if all epochs
// were run, so with a falling rate stop late or not at all.
#ifndef EMBED_EVAL_EARLY_STOP_H_
#define EMBED_EVAL_EARLY_STOP_H_

#include <cstdint>
#include <limits>

#include "absl/status/status.h"

namespace embed {

// Not thread-safe.
class EarlyStop {
 public:
  // What a checkpoint keeps.
  struct State {
    uint32_t best_epoch = 0;  // from 1; 0: no score yet, or only NaN
    double best_score = std::numeric_limits<double>::quiet_NaN();
    uint32_t stale_epochs = 0;  // since the best, or since the start
  };

  // patience 0: never stop, only remember which epoch was the best.
  explicit EarlyStop(uint32_t patience) : patience_(patience) {}

  // Books the score of an epoch; epochs come in rising order, from 1. True if
  // it is the best so far, so that its tables are worth keeping.
  bool Observe(uint32_t epoch, double score);

  // True when training should end.
  bool done() const {
    return patience_ > 0 && state_.stale_epochs >= patience_;
  }

  uint32_t patience() const { return patience_; }
  const State& state() const { return state_; }

  // Goes on from the state of an interrupted run. DataLoss: a state that no run
  // can be in (a best epoch without a score, or the reverse).
  absl::Status Restore(const State& state);

 private:
  uint32_t patience_;
  State state_;
};

}  // namespace embed

#endif  // EMBED_EVAL_EARLY_STOP_H_
