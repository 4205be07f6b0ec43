#include "embed/eval/f1.h"

#include <cstddef>
#include <limits>

namespace embed {
namespace {

double F1(uint64_t right, uint64_t wrong, uint64_t missed) {
  return 2.0 * static_cast<double>(right) /
         static_cast<double>(2 * right + wrong + missed);
}

}  // namespace

void F1Counter::Add(absl::Span<const uint32_t> truth,
                    absl::Span<const uint32_t> predicted) {
  size_t t = 0;
  size_t p = 0;
  while (t < truth.size() || p < predicted.size()) {
    if (p == predicted.size() ||
        (t < truth.size() && truth[t] < predicted[p])) {
      ++counts_[truth[t++]].missed;
    } else if (t == truth.size() || predicted[p] < truth[t]) {
      ++counts_[predicted[p++]].wrong;
    } else {
      ++counts_[truth[t]].right;
      ++t;
      ++p;
    }
  }
}

F1Scores F1Counter::Scores() const {
  Counts all;
  double sum = 0;
  for (const Counts& label : counts_) {
    if (label.right + label.wrong + label.missed == 0) continue;
    sum += F1(label.right, label.wrong, label.missed);
    all.right += label.right;
    all.wrong += label.wrong;
    all.missed += label.missed;
  }
  const double undefined = std::numeric_limits<double>::quiet_NaN();
  if (all.right + all.wrong + all.missed == 0) return {undefined, undefined};
  return {F1(all.right, all.wrong, all.missed),
          sum / static_cast<double>(counts_.size())};
}

}  // namespace embed
