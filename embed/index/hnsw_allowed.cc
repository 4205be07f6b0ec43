#include "embed/index/hnsw_allowed.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <numeric>
#include <utility>
#include <vector>

#include "embed/base/parallel.h"
#include "embed/index/hnsw_search.h"
#include "embed/index/hnsw_walk.h"
#include "embed/index/int8_query.h"
#include "embed/kernels/bit_count.h"

namespace embed {
namespace {

// Of the costs that hnsw_allowed.h states.
constexpr double kWalkRows = 40;
constexpr double kSharedRow = 0.08;
constexpr double kMostSharing = 256;
constexpr double kPartOfEf = 0.21;
constexpr double kPartOfK = 1.5;

std::vector<uint32_t> AllowedRows(absl::Span<const uint64_t> allowed,
                                  uint64_t rows) {
  std::vector<uint32_t> ids;
  for (uint64_t word = 0; word < (rows + 63) / 64; ++word) {
    for (uint64_t bits = allowed[word]; bits != 0; bits &= bits - 1) {
      const uint64_t row = word * 64 + __builtin_ctzll(bits);
      if (row < rows) ids.push_back(static_cast<uint32_t>(row));
    }
  }
  return ids;
}

using Numbers = std::vector<uint64_t>;  // of queries

class AllowedSearch {
 public:
  AllowedSearch(const HnswGraph& graph, const Int8Table& table,
                const MatrixView& queries, const SearchOptions& options)
      : graph_(graph),
        table_(table),
        queries_(queries),
        options_(options),
        count_(CountBits(options.allowed, 0, table.rows())),
        ef_(std::max(options.k, static_cast<uint64_t>(options.ef_search))),
        hits_(queries.rows) {}

  SearchHits Run(AllowedWay way) {
    Numbers all(queries_.rows);
    std::iota(all.begin(), all.end(), uint64_t{0});
    switch (way) {
      case AllowedWay::kWalk:
        Walk();
        break;
      case AllowedWay::kBridges:
        OverBridges(all);
        break;
      case AllowedWay::kScan:
        Scan(all);
        break;
      case AllowedWay::kChosen:
        if (IsScanned()) {
          Scan(all);
        } else {
          Scan(OverBridges(Walk()));
        }
        break;
    }
    return std::move(hits_);
  }

 private:
  // Rows that a walk keeps in view.
  double Width() const {
    const double wanted = std::max(kPartOfEf * static_cast<double>(ef_),
                                   kPartOfK * static_cast<double>(options_.k));
    const double rows_of_one =
        static_cast<double>(table_.rows()) /
        static_cast<double>(std::max<uint64_t>(count_, 1));
    return std::max(static_cast<double>(ef_), wanted * rows_of_one);
  }

  bool IsScanned() const {
    // A walk past half of the rows takes longer than reading them all.
    if (2 * Width() >= static_cast<double>(table_.rows())) return true;
    const double sharing =
        std::clamp(static_cast<double>(options_.together), 1.0, kMostSharing);
    return static_cast<double>(count_) * (1 / sharing + kSharedRow) <=
           kWalkRows * Width();
  }

  bool HasEnough(uint64_t i) const {
    return hits_[i].size() >= std::min(options_.k, count_);
  }

  // Returns the queries for which it found too few.
  Numbers Walk() {
    const auto width = static_cast<uint64_t>(
        std::min(Width(), static_cast<double>(table_.rows())));
    SearchByWalks(graph_, table_, queries_,
                  {options_.k, width, options_.allowed}, options_.threads,
                  &hits_);
    Numbers left;
    for (uint64_t i = 0; i < queries_.rows; ++i) {
      if (!HasEnough(i)) left.push_back(i);
    }
    return left;
  }

  // Returns those of the queries for which it found too few or took too long.
  Numbers OverBridges(const Numbers& numbers) {
    Numbers left;
    std::mutex mutex;
    ParallelFor(
        options_.threads, numbers.size(), [&](uint64_t begin, uint64_t end) {
          std::unique_ptr<HnswScratch> scratch = graph_.scratch_pool()->Take();
          for (uint64_t i = begin; i < end; ++i) {
            if (OverBridges(numbers[i], scratch.get())) continue;
            const std::lock_guard<std::mutex> lock(mutex);
            left.push_back(numbers[i]);
          }
          graph_.scratch_pool()->Return(std::move(scratch));
        });
    return left;
  }

  bool OverBridges(uint64_t i, HnswScratch* scratch) {
    const Int8TableQuery query(table_, queries_.row(i));
    const Int8RowQuery row_query = query.RowQuery();
    HnswWalk walk(graph_, table_.row_table(), row_query, scratch);
    const bool ended =
        walk.RunAllowed(std::min(ef_, std::max<uint64_t>(count_, 1)),
                        options_.allowed, /*most=*/count_ / 2);
    hits_[i] = BestOfFrontier(query, options_.k, scratch->frontier, {});
    return ended && HasEnough(i);
  }

  void Scan(const Numbers& numbers) {
    if (numbers.empty()) return;
    const auto dim = static_cast<size_t>(queries_.dim);
    std::vector<float> values;
    values.reserve(numbers.size() * dim);
    for (const uint64_t i : numbers) {
      const absl::Span<const float> query = queries_.row(i);
      values.insert(values.end(), query.begin(), query.end());
    }
    const MatrixView scanned = {values.data(), numbers.size(), queries_.dim,
                                dim};
    SearchHits found = table_.SearchAmong(
        AllowedRows(options_.allowed, table_.rows()), scanned, options_);
    for (size_t i = 0; i < numbers.size(); ++i) {
      hits_[numbers[i]] = std::move(found[i]);
    }
  }

  const HnswGraph& graph_;
  const Int8Table& table_;
  const MatrixView& queries_;
  const SearchOptions& options_;
  const uint64_t count_;  // of allowed rows
  const uint64_t ef_;
  SearchHits hits_;
};

}  // namespace

SearchHits SearchAllowed(const HnswGraph& graph, const Int8Table& table,
                         const MatrixView& queries,
                         const SearchOptions& options, AllowedWay way) {
  return AllowedSearch(graph, table, queries, options).Run(way);
}

}  // namespace embed
