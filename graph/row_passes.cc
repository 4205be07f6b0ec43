#include "graph/row_passes.h"

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/base/parallel.h"
#include "graph/large_vector.h"
#include "graph/scatter.h"

namespace embed {
namespace {

// Each looks at what is left: (kPasses + 1) / 2 times at an arc, in order,
// which costs about as much as putting it into its row. Rows fill up by 8 /
// kPasses bytes an arc before the first arcs are given back.
constexpr uint64_t kPasses = 16;

struct Entry {
  uint32_t row;
  uint32_t target;
  float weight;
};

// A list of arcs that can lose those of the first rows.
class EntryList {
 public:
  // Takes the arcs over, and gives each block back when it has been copied.
  explicit EntryList(ArcList arcs);

  template <class Visit>
  void ForEach(const Visit& visit) const {
    for (uint64_t begin = 0; begin < size_; begin += kBlock) {
      const Entry* const entries = block(begin / kBlock);
      const uint64_t count = std::min(kBlock, size_ - begin);
      for (uint64_t i = 0; i < count; ++i) visit(entries[i]);
    }
  }

  // The others keep their order.
  void DropRowsBelow(uint32_t row);

 private:
  static constexpr uint64_t kBlock = uint64_t{1} << 19;  // 6 MiB

  Entry* block(uint64_t number) {
    return static_cast<Entry*>(blocks_[number].data());
  }
  const Entry* block(uint64_t number) const {
    return static_cast<const Entry*>(blocks_[number].data());
  }

  uint64_t size_ = 0;
  std::vector<AlignedBuffer> blocks_;
};

EntryList::EntryList(ArcList arcs) {
  for (size_t b = 0; b < arcs.num_blocks(); ++b) {
    const absl::Span<const uint32_t> sources = arcs.sources(b);
    const absl::Span<const uint32_t> targets = arcs.targets(b);
    const absl::Span<const float> weights = arcs.weights(b);
    Entry* to = nullptr;
    for (size_t i = 0; i < sources.size(); ++i) {
      if (size_ % kBlock == 0) {
        auto memory = AlignedBuffer::Create(kBlock * sizeof(Entry));
        if (!memory.ok()) throw std::bad_alloc();
        blocks_.push_back(*std::move(memory));
      }
      if (i == 0 || size_ % kBlock == 0) to = block(size_ / kBlock);
      to[size_ % kBlock] = {sources[i], targets[i], weights[i]};
      ++size_;
    }
    arcs.FreeBlock(b);
  }
}

void EntryList::DropRowsBelow(uint32_t row) {
  uint64_t kept = 0;
  ForEach([&](const Entry& entry) {
    // Every entry is written, the dropped ones to be written over: which those
    // are cannot be foreseen. None is written behind where it is read.
    block(kept / kBlock)[kept % kBlock] = entry;
    kept += entry.row >= row;
  });
  size_ = kept;
  blocks_.resize((kept + kBlock - 1) / kBlock);
}

// Puts entries into their rows, some at a time, so that the cache misses of one
// overlap those of the others.
class EntryFiller {
 public:
  explicit EntryFiller(ArcRows* rows) : rows_(rows) {}
  ~EntryFiller() { Flush(); }
  EntryFiller(const EntryFiller&) = delete;
  EntryFiller& operator=(const EntryFiller&) = delete;

  // Nothing if it is not `wanted`, without a branch.
  void Add(const Entry& entry, bool wanted) {
    entries_[size_] = &entry;
    size_ += wanted;
    if (size_ == kBatch) Flush();
  }

 private:
  static constexpr int kBatch = 64;

  void Flush() {
    uint64_t places[kBatch];
    for (int i = 0; i < size_; ++i) {
      places[i] = rows_->starts[entries_[i]->row]++;
      __builtin_prefetch(&rows_->targets[places[i]], 1);
      __builtin_prefetch(&rows_->weights[places[i]], 1);
    }
    for (int i = 0; i < size_; ++i) {
      rows_->targets[places[i]] = entries_[i]->target;
      rows_->weights[places[i]] = entries_[i]->weight;
    }
    size_ = 0;
  }

  ArcRows* rows_;
  int size_ = 0;
  const Entry* entries_[kBatch];
};

// The first row that begins at `place` or after it.
uint32_t RowFrom(const std::vector<uint64_t>& starts, uint64_t place) {
  return static_cast<uint32_t>(
      std::lower_bound(starts.begin(), starts.end() - 1, place) -
      starts.begin());
}

// Puts the entries, of rows below `end` too, into those rows, which begin at
// rows->starts.
void FillRows(const EntryList& entries, uint32_t end, int threads,
              ArcRows* rows) {
  RunThreads(threads, [&](int thread) {
    const RowShare share(threads, thread);
    EntryFiller filler(rows);
    entries.ForEach([&](const Entry& entry) {
      filler.Add(entry, (entry.row < end) & share.Has(entry.row));
    });
  });
}

}  // namespace

ArcRows GatherInPasses(ArcList arcs, uint32_t num_nodes, int threads) {
  ArcRows rows;
  rows.starts = LargeVector<uint64_t>(num_nodes + uint64_t{1});
  CountRowStarts(
      threads,
      [&arcs](const auto& visit) {
        for (size_t b = 0; b < arcs.num_blocks(); ++b) {
          for (const uint32_t source : arcs.sources(b)) visit(source, 0);
        }
      },
      &rows.starts);
  const uint64_t size = arcs.size();
  rows.targets = ReserveLarge<uint32_t>(size);
  rows.weights = ReserveLarge<float>(size);
  EntryList entries(std::move(arcs));
  uint32_t ends[kPasses];
  for (uint64_t pass = 0; pass < kPasses; ++pass) {
    ends[pass] = pass + 1 == kPasses
                     ? num_nodes
                     : RowFrom(rows.starts, size * (pass + 1) / kPasses);
  }
  for (const uint32_t end : ends) {
    // Room is touched no sooner than it is filled.
    rows.targets.resize(rows.starts[end]);
    rows.weights.resize(rows.starts[end]);
    FillRows(entries, end, threads, &rows);
    entries.DropRowsBelow(end);
  }
  RestoreStarts(&rows.starts);
  return rows;
}

}  // namespace embed
