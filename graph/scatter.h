// Counting sort of arcs into rows, on several threads.
//
// Every thread goes through all arcs and moves those of the rows that are its
// own. So the arcs of a row come in the order of the walk, whatever the number
// of threads, and no thread waits for another.
#ifndef EMBED_GRAPH_SCATTER_H_
#define EMBED_GRAPH_SCATTER_H_

#include <cstdint>
#include <vector>

#include "embed/base/parallel.h"

namespace embed {

// The rows that belong to one of several threads.
class RowShare {
 public:
  RowShare(int threads, int thread)
      : threads_(static_cast<uint32_t>(threads)),
        thread_(static_cast<uint32_t>(thread)) {}

  // Groups of rows that share cache lines are dealt out by a hash, for rows are
  // often sorted by length.
  bool Has(uint32_t row) const {
    const uint32_t mixed = (row >> 4) * 0x9E3779B1u;
    return static_cast<uint32_t>((uint64_t{mixed} * threads_) >> 32) == thread_;
  }

 private:
  uint32_t threads_;
  uint32_t thread_;
};

// Adds to (*starts)[r + 1] the number of times that for_each(visit) calls
// visit(r, anything), then turns the counts into where rows start. *starts has
// an entry more than there are rows, all 0 before.
template <class ForEach>
void CountRowStarts(int threads, const ForEach& for_each,
                    std::vector<uint64_t>* starts) {
  RunThreads(threads, [&](int thread) {
    const RowShare share(threads, thread);
    uint64_t* const counts = starts->data() + 1;
    for_each([&](uint32_t row, auto /*value*/) {
      if (share.Has(row)) ++counts[row];
    });
  });
  for (size_t i = 1; i < starts->size(); ++i) (*starts)[i] += (*starts)[i - 1];
}

// Puts starts right whose entry r has served as the next free place of row r,
// which leaves it at the end of the row.
inline void RestoreStarts(std::vector<uint64_t>* starts) {
  for (size_t row = starts->size() - 1; row > 0; --row) {
    (*starts)[row] = (*starts)[row - 1];
  }
  (*starts)[0] = 0;
}

// Puts values into a column, each at the next free place of its row, some at a
// time, so that the cache misses of one overlap those of the others.
template <class T>
class RowFiller {
 public:
  RowFiller(RowShare share, uint64_t* places, T* column)
      : share_(share), places_(places), column_(column) {}
  ~RowFiller() { Flush(); }
  RowFiller(const RowFiller&) = delete;
  RowFiller& operator=(const RowFiller&) = delete;

  // Values of the rows of others are passed over, without a branch, for which
  // rows those are cannot be foreseen.
  void Add(uint32_t row, T value) {
    rows_[size_] = row;
    values_[size_] = value;
    const bool own = share_.Has(row);
    size_ += own;
    __builtin_prefetch(&places_[row], 1);
    if (size_ == kBatch) Flush();
  }

 private:
  static constexpr int kBatch = 64;

  void Flush() {
    uint64_t targets[kBatch];
    for (int i = 0; i < size_; ++i) {
      targets[i] = places_[rows_[i]]++;
      __builtin_prefetch(&column_[targets[i]], 1);
    }
    for (int i = 0; i < size_; ++i) column_[targets[i]] = values_[i];
    size_ = 0;
  }

  RowShare share_;
  uint64_t* places_;
  T* column_;
  int size_ = 0;
  uint32_t rows_[kBatch];
  T values_[kBatch];
};

// For each visit(row, value) of for_each(visit) puts the value at the next free
// place of the row.
template <class T, class ForEach>
void ScatterColumn(int threads, const ForEach& for_each,
                   std::vector<uint64_t>* starts, T* column) {
  RunThreads(threads, [&](int thread) {
    RowFiller<T> filler(RowShare(threads, thread), starts->data(), column);
    for_each([&](uint32_t row, T value) { filler.Add(row, value); });
  });
  RestoreStarts(starts);
}

}  // namespace embed

#endif  // EMBED_GRAPH_SCATTER_H_
