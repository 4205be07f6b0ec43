// A growing list of arcs in blocks, so that growth never copies: 8 bytes an
// arc, 12 with weights.
#ifndef EMBED_GRAPH_ARC_LIST_H_
#define EMBED_GRAPH_ARC_LIST_H_

#include <cstdint>
#include <memory>
#include <vector>

namespace embed {

struct Arc {
  uint32_t source;
  uint32_t target;
};

class ArcList {
 public:
  explicit ArcList(bool weighted) : weighted_(weighted) {}

  // `weight` is not looked at in an unweighted list.
  void Append(Arc arc, float weight = 1) {
    const uint64_t place = size_ % kBlock;
    if (place == 0) AddBlock();
    arcs_.back()[place] = arc;
    if (weighted_) weights_.back()[place] = weight;
    ++size_;
  }

  uint64_t size() const { return size_; }
  bool weighted() const { return weighted_; }

  // Calls visit(arc, weight) for each arc in the order of appending; the weight
  // is 1 in an unweighted list.
  template <class Visit>
  void ForEach(const Visit& visit) const {
    for (uint64_t i = 0; i < size_; ++i) {
      visit(arcs_[i / kBlock][i % kBlock],
            weighted_ ? weights_[i / kBlock][i % kBlock] : 1.0f);
    }
  }

 private:
  static constexpr uint64_t kBlock = uint64_t{1} << 18;  // 2 MiB of arcs

  void AddBlock() {
    // Not zeroed: every entry is written before it is read.
    arcs_.emplace_back(new Arc[kBlock]);
    if (weighted_) weights_.emplace_back(new float[kBlock]);
  }

  bool weighted_;
  uint64_t size_ = 0;
  std::vector<std::unique_ptr<Arc[]>> arcs_;
  std::vector<std::unique_ptr<float[]>> weights_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_ARC_LIST_H_
