// The k best (score, row) pairs seen so far.
//
// Order: higher score first, equal scores by smaller row; so the result does
// not depend on the order of arrival, as long as Push() is only spared for
// rows that cannot enter (see threshold()). O(1) amortised per Push(): hits
// gather in a buffer that is cut back to k whenever it is full.
#ifndef EMBED_KERNELS_INT8_TOP_K_H_
#define EMBED_KERNELS_INT8_TOP_K_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace embed {

struct Int8Hit {
  float score;
  uint32_t row;
};

inline bool IsBetter(const Int8Hit& a, const Int8Hit& b) {
  return a.score > b.score || (a.score == b.score && a.row < b.row);
}

// The same as an object, whose calls compilers put in line.
struct BetterHit {
  bool operator()(const Int8Hit& a, const Int8Hit& b) const {
    return IsBetter(a, b);
  }
};

// Not thread-safe.
class Int8TopK {
 public:
  // k >= 1. Scores must be above `floor` to be kept.
  explicit Int8TopK(size_t k,
                    float floor = -std::numeric_limits<float>::infinity())
      : k_(k), limit_(k + std::max(k, kSpare)), threshold_(floor) {}

  // A score not above this cannot enter, if rows come in rising order.
  float threshold() const { return threshold_; }

  // Returns the new threshold.
  float Push(float score, uint32_t row) {
    hits_.push_back({score, row});
    if (hits_.size() >= limit_) Cut();
    return threshold_;
  }

  // Adds all hits of `other`, whatever their order.
  void Merge(const Int8TopK& other) {
    hits_.insert(hits_.end(), other.hits_.begin(), other.hits_.end());
    Cut();
  }

  // The hits, best first; leaves this object empty.
  std::vector<Int8Hit> TakeSorted() {
    Cut();
    std::sort(hits_.begin(), hits_.end(), BetterHit());
    return std::exchange(hits_, {});
  }

 private:
  static constexpr size_t kSpare = 48;

  void Cut() {
    if (hits_.size() < k_) return;
    const auto last = hits_.begin() + static_cast<std::ptrdiff_t>(k_) - 1;
    std::nth_element(hits_.begin(), last, hits_.end(), BetterHit());
    hits_.erase(last + 1, hits_.end());
    threshold_ = std::max(threshold_, last->score);
  }

  size_t k_;
  size_t limit_;
  float threshold_;
  std::vector<Int8Hit> hits_;
};

}  // namespace embed

#endif  // EMBED_KERNELS_INT8_TOP_K_H_
