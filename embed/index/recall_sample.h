// A sample of the rows of a table and their true neighbours, for tuning what a
// search reads.
//
// The neighbours are the 10 nearest other rows by the float vectors, so that
// the rounding of codes counts as a loss, too.
#ifndef EMBED_INDEX_RECALL_SAMPLE_H_
#define EMBED_INDEX_RECALL_SAMPLE_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/index/int8_table.h"
#include "embed/math/matrix_view.h"

namespace embed {

// Of so many neighbours a search finds a part.
constexpr uint64_t kRecallTop = 10;

class RecallSample {
 public:
  // 1,000 rows spread evenly over the table, all if it has fewer, without row
  // `left_out`. vectors: those the table was built of; they must outlive this.
  // ResourceExhausted.
  static absl::StatusOr<RecallSample> Create(const Int8Table& table,
                                             const MatrixView& vectors,
                                             uint32_t left_out, int threads);
  static constexpr uint32_t kNone = ~uint32_t{0};

  const std::vector<uint32_t>& rows() const { return rows_; }
  // The vectors of rows().
  MatrixView queries() const {
    return {values_.data(), rows_.size(), vectors_.dim,
            static_cast<uint64_t>(vectors_.dim)};
  }
  // How many of the 10 nearest of rows()[i] are among `hits`; itself is none,
  // and rows that are as near as the last one are as good.
  uint64_t Found(size_t i, absl::Span<const SearchHit> hits) const;
  // What Found() can be at most, over all rows.
  uint64_t wanted() const { return wanted_; }

 private:
  // What a search should find: so many rows, none less near.
  struct Wanted {
    size_t count = 0;
    double least = 0;  // of Nearness()
  };
  RecallSample(const MatrixView& vectors, Metric metric)
      : vectors_(vectors), metric_(metric) {}
  Wanted Nearest(uint32_t own, absl::Span<const SearchHit> candidates) const;

  MatrixView vectors_;
  Metric metric_;
  std::vector<uint32_t> rows_;
  std::vector<float> values_;
  std::vector<Wanted> exact_;
  uint64_t wanted_ = 0;
};

// What a search is to read for a recall: ef_search of a graph, nprobe of lists.
struct TunedEffort {
  int effort = 0;
  double recall = 0;  // of the 10 nearest with it, on the sample
  // False if no effort gives the recall that was asked for. Then it is the
  // least that comes within 0.001 of the best.
  bool reached = false;
  uint64_t queries = 0;  // rows of the sample
};

// The least effort of `efforts` (rising, at least one) whose recall reaches
// `target`, as if recall rose with every step; `queries` is left 0.
absl::StatusOr<TunedEffort> FindEffort(
    absl::Span<const int> efforts, double target,
    const std::function<absl::StatusOr<double>(int effort)>& recall);

// Numbers from `least` to `most`, each about 1.15 times the one before.
std::vector<int> RisingEfforts(int least, int most);

// InvalidArgument: target_recall is not in (0, 1].
absl::Status CheckTargetRecall(double target_recall);

}  // namespace embed

#endif  // EMBED_INDEX_RECALL_SAMPLE_H_
