#include "apps/visit_counts.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "apps/sequence_counts.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

class VisitCounter {
 public:
  explicit VisitCounter(uint32_t num_ids) : counts_(num_ids) {}

  absl::Status Add(absl::Span<const uint32_t> walk) {
    if (walk.size() == 1) return absl::OkStatus();
    for (const uint32_t id : walk) ++counts_[id];
    return absl::OkStatus();
  }
  absl::Status Join(const VisitCounter& other) {
    for (size_t id = 0; id < counts_.size(); ++id) {
      counts_[id] += other.counts_[id];
    }
    return absl::OkStatus();
  }

  std::vector<uint64_t> Take() { return std::move(counts_); }

 private:
  std::vector<uint64_t> counts_;
};

}  // namespace

absl::StatusOr<std::vector<uint64_t>> CountIds(SequenceSource* source,
                                               uint32_t num_ids, int threads) {
  VisitCounter counter(num_ids);
  EMBED_RETURN_IF_ERROR(CountSequences(1, threads, source, &counter));
  return counter.Take();
}

absl::Status CheckVisits(absl::Span<const uint64_t> visits,
                         absl::string_view advice) {
  for (const uint64_t count : visits) {
    if (count > 0) return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat("no walk has two nodes, so there is nothing to learn from",
                   advice.empty() ? "" : "; ", advice));
}

}  // namespace embed
