#include "embed/kernels/int8_scan.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "embed/base/check.h"
#include "embed/base/checked_math.h"
#include "embed/kernels/bit_count.h"
#include "hwy/aligned_allocator.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/kernels/int8_scan.cc"
#include "hwy/foreach_target.h"
// Highway's order of inclusion: after foreach_target.h.
#include "embed/kernels/int8_scan-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace embed {
namespace HWY_NAMESPACE {

// Rows are read once from memory per this many bytes, then stay in the second
// level cache while all queries pass over them.
constexpr size_t kChunkBytes = 128 << 10;
// The same for rows that are put into blocks first, which stay in the first
// level cache.
constexpr size_t kRowChunkBytes = 24 << 10;

// Blocks of a table from `first` on.
struct Chunk {
  const uint8_t* codes;
  const float* multipliers;
  const float* offsets;
  uint64_t first;
};

// Puts rows that lie one by one into blocks.
class Blocker {
 public:
  Blocker(const Int8ScanTable& table, uint64_t most_blocks)
      : table_(table),
        groups_(Int8Groups(table.dim)),
        // BlockOfRows() writes up to three groups too many.
        codes_(hwy::AllocateAligned<uint8_t>((most_blocks * groups_ + 3) *
                                             kGroupBytes)),
        factors_(hwy::AllocateAligned<float>(2 * most_blocks * kBlockRows)),
        offsets_(factors_.get() + most_blocks * kBlockRows),
        padding_(hwy::AllocateAligned<uint8_t>(Int8ReadBytes(table.dim))) {
    std::fill_n(padding_.get(), Int8ReadBytes(table.dim),
                uint8_t{kInt8CodeOffset});
  }

  Chunk Make(uint64_t begin, uint64_t end) {
    for (uint64_t block = begin; block < end; ++block) {
      if (!table_.row_ids.empty()) PrefetchBlock(block + kBlocksAhead);
      const uint8_t* rows[kBlockRows];
      for (uint64_t i = 0; i < kBlockRows; ++i) {
        const uint64_t place = block * kBlockRows + i;
        const uint64_t at = place - begin * kBlockRows;
        const bool there = place < table_.rows;
        const uint64_t row = there ? RowAt(place) : 0;
        rows[i] =
            there ? table_.row_codes + row * table_.row_stride : padding_.get();
        const Int8RowScale scale =
            there ? table_.row_scales[row] : Int8RowScale();
        factors_[at] = scale.multiplier;
        offsets_[at] = scale.offset;
      }
      BlockOfRows(rows, groups_,
                  codes_.get() + (block - begin) * groups_ * kGroupBytes);
    }
    return {codes_.get(), factors_.get(), offsets_, begin};
  }

 private:
  // Scattered rows come from memory while those before them are moved.
  static constexpr uint64_t kBlocksAhead = 2;

  uint64_t RowAt(uint64_t place) const {
    return table_.row_ids.empty() ? place : table_.row_ids[place];
  }

  void PrefetchBlock(uint64_t block) const {
    const Int8RowTable rows = {table_.row_codes, table_.row_scales, 0,
                               table_.dim, table_.row_stride};
    for (const uint32_t row : table_.row_ids.subspan(
             std::min(block * kBlockRows, table_.rows), kBlockRows)) {
      PrefetchInt8Row(rows, row);
    }
  }

  const Int8ScanTable& table_;
  const uint64_t groups_;
  const hwy::AlignedFreeUniquePtr<uint8_t[]> codes_;
  const hwy::AlignedFreeUniquePtr<float[]> factors_;  // multipliers, offsets
  float* const offsets_;
  const hwy::AlignedFreeUniquePtr<uint8_t[]> padding_;  // a row of zeros
};

// The rows of blocks [block, block + kTileBlocks) that exist and are allowed,
// one bit each.
uint32_t RowsToScore(const Int8ScanTable& table, uint64_t block,
                     absl::Span<const uint64_t> allowed) {
  constexpr uint64_t kTileRows = kTileBlocks * kBlockRows;
  const uint64_t row = block * kBlockRows;
  uint32_t bits = (uint64_t{1} << kTileRows) - 1;
  if (table.rows - row < kTileRows) bits = (1u << (table.rows - row)) - 1;
  if (allowed.empty()) return bits;
  // A tile starts at a multiple of 16 rows: it may end in the next word.
  uint64_t word = allowed[row / 64] >> (row % 64);
  if (row % 64 + kTileRows > 64 && row / 64 + 1 < allowed.size()) {
    word |= allowed[row / 64 + 1] << (64 - row % 64);
  }
  return bits & static_cast<uint32_t>(word);
}

// Up to kMaxTileQueries queries that share each row they read.
class QueryTile {
 public:
  QueryTile(absl::Span<const Int8Query> queries, int dim, Int8TopK* best)
      : best_(best), used_(queries.size()), size_(SizeFor(queries.size())) {
    const size_t groups = Int8Groups(dim);
    words_.assign(groups * size_ * kWordsPerGroup, 0);
    // Queries that only fill up the tile never pass their threshold.
    std::fill_n(thresholds_, size_, std::numeric_limits<float>::infinity());
    for (size_t q = 0; q < used_; ++q) Pack(queries[q], dim, q);
  }

  // Blocks [begin, end), which are in the chunk.
  void Scan(const Int8ScanTable& table, const Chunk& chunk, uint64_t begin,
            uint64_t end, absl::Span<const uint64_t> allowed) {
    if (size_ == 1) {
      ScanBlocks<1>(table, chunk, begin, end, allowed);
    } else if (size_ == 2) {
      ScanBlocks<2>(table, chunk, begin, end, allowed);
    } else if (size_ == 4) {
      ScanBlocks<4>(table, chunk, begin, end, allowed);
    } else if (size_ == 8) {
      ScanBlocks<HWY_MIN(8, kMaxTileQueries)>(table, chunk, begin, end,
                                              allowed);
    } else {
      ScanBlocks<kMaxTileQueries>(table, chunk, begin, end, allowed);
    }
  }

 private:
  // The number of queries the kernel is run for: few sizes, little code.
  static size_t SizeFor(size_t queries) {
    size_t size = 1;
    while (size < queries) size *= 2;
    return std::min(size, kMaxTileQueries);
  }

  void Pack(const Int8Query& query, int dim, size_t q) {
    int32_t sum = 0;
    for (int begin = 0; begin < dim; begin += kInt8GroupColumns) {
      int8_t group[kInt8GroupColumns] = {};
      const int count = std::min<int>(kInt8GroupColumns, dim - begin);
      std::copy_n(query.codes + begin, count, group);
      for (const int8_t code : group) sum += code;
      PackGroup(group, words_.data() + (begin / kInt8GroupColumns * size_ + q) *
                                           kWordsPerGroup);
    }
    corrections_[q] = -kInt8CodeOffset * sum;
    offset_factors_[q] = query.offset_factor;
    thresholds_[q] = best_[q].threshold();
  }

  template <size_t kQueries>
  void ScanBlocks(const Int8ScanTable& table, const Chunk& chunk,
                  uint64_t begin, uint64_t end,
                  absl::Span<const uint64_t> allowed) {
    uint64_t block = begin;
    for (; block + kTileBlocks <= end; block += kTileBlocks) {
      ScanTile<kQueries, kTileBlocks>(table, chunk, block, allowed);
    }
    for (; block < end; ++block) {
      ScanTile<kQueries, 1>(table, chunk, block, allowed);
    }
  }

  template <size_t kQueries, size_t kBlocks>
  HWY_INLINE void ScanTile(const Int8ScanTable& table, const Chunk& chunk,
                           uint64_t block, absl::Span<const uint64_t> allowed) {
    uint32_t bits = RowsToScore(table, block, allowed);
    if (kBlocks == 1) bits &= 0xFFFF;
    if (bits == 0) return;
    const size_t groups = Int8Groups(table.dim);
    const size_t row = block * kBlockRows;
    const TileQueries queries = {words_.data(), corrections_, offset_factors_,
                                 thresholds_};
    const uint64_t at = block - chunk.first;
    const TileRows rows = {chunk.codes + at * groups * kGroupBytes,
                           chunk.multipliers + at * kBlockRows,
                           chunk.offsets + at * kBlockRows, groups};
    if (ScoreTile<kQueries, kBlocks>(queries, rows, {masks_, scores_})) {
      Collect(kBlocks, static_cast<uint32_t>(row), bits);
    }
  }

  // Pushes the rows that passed the threshold.
  void Collect(size_t blocks, uint32_t first_row, uint32_t bits) {
    for (size_t i = 0; i < used_ * blocks; ++i) {
      const size_t q = i / blocks;
      const size_t block = i % blocks;
      uint32_t mask = masks_[i] & (bits >> (block * kBlockRows));
      for (; mask != 0; mask &= mask - 1) {
        const auto lane =
            static_cast<uint32_t>(hwy::Num0BitsBelowLS1Bit_Nonzero32(mask));
        const float score = scores_[i * kBlockRows + lane];
        if (score > thresholds_[q]) {
          const uint32_t offset = static_cast<uint32_t>(block * kBlockRows);
          thresholds_[q] = best_[q].Push(score, first_row + offset + lane);
        }
      }
    }
  }

  Int8TopK* best_;
  size_t used_;
  size_t size_;
  std::vector<int32_t> words_;
  int32_t corrections_[kMaxTileQueries] = {};
  float offset_factors_[kMaxTileQueries] = {};
  float thresholds_[kMaxTileQueries];
  uint16_t masks_[kMaxTileQueries * kTileBlocks];
  HWY_ALIGN float scores_[kMaxTileQueries * kTileBlocks * kBlockRows];
};

void Scan(const Int8ScanTable& table, absl::Span<const Int8BlockRange> ranges,
          absl::Span<const Int8Query> queries,
          absl::Span<const uint64_t> allowed, absl::Span<Int8TopK> best) {
  // By pointer: the tiles hold aligned arrays and must not be moved.
  std::vector<std::unique_ptr<QueryTile>> tiles;
  for (size_t q = 0; q < queries.size(); q += kMaxTileQueries) {
    tiles.push_back(std::make_unique<QueryTile>(
        queries.subspan(q, kMaxTileQueries), table.dim, best.data() + q));
  }
  const bool in_rows = table.row_codes != nullptr;
  const uint64_t block_bytes = Int8Groups(table.dim) * kGroupBytes;
  const uint64_t chunk_bytes = in_rows ? kRowChunkBytes : kChunkBytes;
  const uint64_t step =
      RoundUp(std::max<uint64_t>(chunk_bytes / block_bytes, 1), kTileBlocks);
  std::optional<Blocker> blocker;
  if (in_rows) blocker.emplace(table, step);
  Chunk chunk = {table.codes, table.multipliers, table.offsets, 0};
  for (const Int8BlockRange& range : ranges) {
    for (uint64_t begin = range.begin; begin < range.end; begin += step) {
      const uint64_t end = std::min(range.end, begin + step);
      if (in_rows) chunk = blocker->Make(begin, end);
      for (const auto& tile : tiles) {
        tile->Scan(table, chunk, begin, end, allowed);
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace embed {

HWY_EXPORT(Scan);

namespace {

// One query over rows where they lie: to put them into blocks for it alone
// takes longer than to score them.
class LoneScan {
 public:
  LoneScan(const Int8ScanTable& table, const Int8Query& query, Int8TopK* best)
      : table_(table),
        rows_{table.row_codes, table.row_scales,
              table.row_ids.empty() ? table.rows : table.row_ids.back() + 1,
              table.dim, table.row_stride},
        codes_(Int8ReadBytes(table.dim)),
        best_(*best) {
    const auto dim = static_cast<size_t>(table.dim);
    std::copy_n(query.codes, dim, codes_.begin());
    int32_t sum = 0;
    for (size_t i = 0; i < dim; ++i) sum += query.codes[i];
    query_ = {codes_.data(), -kInt8CodeOffset * sum, query.offset_factor};
  }

  void Scan(const Int8BlockRange& range, absl::Span<const uint64_t> allowed) {
    const uint64_t end = std::min(range.end * kInt8BlockRows, table_.rows);
    for (uint64_t i = range.begin * kInt8BlockRows; i < end; ++i) {
      if (!allowed.empty() && !IsAllowed(allowed, i)) continue;
      places_[size_] = static_cast<uint32_t>(i);
      ids_[size_] = table_.row_ids.empty() ? places_[size_] : table_.row_ids[i];
      PrefetchInt8Row(rows_, ids_[size_]);
      if (++size_ == kWaiting) Score();
    }
    Score();
  }

 private:
  // Rows that are asked for before the first of them is scored.
  static constexpr size_t kWaiting = 32;

  void Score() {
    float scores[kWaiting];
    ScoreInt8Rows(rows_, query_, absl::MakeConstSpan(ids_, size_), scores);
    for (size_t i = 0; i < size_; ++i) {
      if (scores[i] > best_.threshold()) best_.Push(scores[i], places_[i]);
    }
    size_ = 0;
  }

  const Int8ScanTable& table_;
  const Int8RowTable rows_;
  std::vector<int8_t> codes_;
  Int8RowQuery query_;
  Int8TopK& best_;
  size_t size_ = 0;
  uint32_t places_[kWaiting];
  uint32_t ids_[kWaiting];
};

}  // namespace

void ScanInt8Ranges(const Int8ScanTable& table,
                    absl::Span<const Int8BlockRange> ranges,
                    absl::Span<const Int8Query> queries,
                    absl::Span<const uint64_t> allowed,
                    absl::Span<Int8TopK> best) {
  EMBED_DCHECK(queries.size() == best.size());
  EMBED_DCHECK(ranges.empty() || ranges.back().end <= Int8Blocks(table.rows));
  EMBED_DCHECK(allowed.empty() || allowed.size() * 64 >= table.rows);
  EMBED_DCHECK(table.row_ids.empty() || table.row_ids.size() == table.rows);
  if (queries.size() == 1 && table.row_codes != nullptr) {
    LoneScan scan(table, queries[0], best.data());
    for (const Int8BlockRange& range : ranges) scan.Scan(range, allowed);
    return;
  }
  HWY_DYNAMIC_DISPATCH(Scan)(table, ranges, queries, allowed, best);
}

void ScanInt8(const Int8ScanTable& table, uint64_t first_block,
              uint64_t last_block, absl::Span<const Int8Query> queries,
              absl::Span<const uint64_t> allowed, absl::Span<Int8TopK> best) {
  const Int8BlockRange range = {first_block, last_block};
  ScanInt8Ranges(table, {&range, 1}, queries, allowed, best);
}

}  // namespace embed
#endif  // HWY_ONCE
