#include "embed/eval/early_stop.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"

namespace embed {

bool EarlyStop::Observe(uint32_t epoch, double score) {
  EMBED_DCHECK(epoch > state_.best_epoch);
  const bool improved = !std::isnan(score) &&
                        (state_.best_epoch == 0 || score > state_.best_score);
  if (improved) {
    state_ = {epoch, score, 0};
  } else {
    ++state_.stale_epochs;
  }
  return improved;
}

absl::Status EarlyStop::Restore(const State& state) {
  if ((state.best_epoch == 0) != std::isnan(state.best_score)) {
    return absl::DataLossError(absl::StrCat("early stop: the best epoch is ",
                                            state.best_epoch, " and its score ",
                                            state.best_score));
  }
  state_ = state;
  return absl::OkStatus();
}

}  // namespace embed
