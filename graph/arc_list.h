// A growing list of arcs in blocks, so that growth never copies: 8 bytes an
// arc, 12 with weights.
#ifndef EMBED_GRAPH_ARC_LIST_H_
#define EMBED_GRAPH_ARC_LIST_H_

#include <algorithm>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "embed/base/aligned_buffer.h"

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
    Entries<uint32_t>(&sources_.back())[place] = arc.source;
    Entries<uint32_t>(&targets_.back())[place] = arc.target;
    if (weighted_) Entries<float>(&weights_.back())[place] = weight;
    ++size_;
  }

  uint64_t size() const { return size_; }
  bool weighted() const { return weighted_; }

  // The list as columns, a block at a time: entry i of sources(b), targets(b)
  // and, in a weighted list, weights(b) make one arc. Blocks are in the order
  // of appending.
  size_t num_blocks() const { return sources_.size(); }
  absl::Span<const uint32_t> sources(size_t block) const {
    return Block<uint32_t>(sources_, block);
  }
  absl::Span<const uint32_t> targets(size_t block) const {
    return Block<uint32_t>(targets_, block);
  }
  absl::Span<const float> weights(size_t block) const {
    return Block<float>(weights_, block);
  }

  // Gives the memory of one block back; it cannot be read any more.
  void FreeBlock(size_t block) {
    sources_[block] = AlignedBuffer();
    targets_[block] = AlignedBuffer();
    if (weighted_) weights_[block] = AlignedBuffer();
  }

 private:
  // 4 MiB a column, which AlignedBuffer puts in huge pages.
  static constexpr uint64_t kBlock = uint64_t{1} << 20;

  using Column = std::vector<AlignedBuffer>;

  template <class T>
  static T* Entries(AlignedBuffer* block) {
    return static_cast<T*>(block->data());
  }
  template <class T>
  absl::Span<const T> Block(const Column& column, size_t block) const {
    return {static_cast<const T*>(column[block].data()),
            std::min(kBlock, size_ - block * kBlock)};
  }
  void AddBlock() {
    for (Column* column : {&sources_, &targets_, &weights_}) {
      if (column == &weights_ && !weighted_) continue;
      auto block = AlignedBuffer::Create(kBlock * sizeof(uint32_t));
      if (!block.ok()) throw std::bad_alloc();
      column->push_back(*std::move(block));
    }
  }

  bool weighted_;
  uint64_t size_ = 0;
  Column sources_;
  Column targets_;
  Column weights_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_ARC_LIST_H_
