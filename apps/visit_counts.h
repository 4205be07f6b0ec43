// How often each node occurs in walks.
#ifndef EMBED_APPS_VISIT_COUNTS_H_
#define EMBED_APPS_VISIT_COUNTS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "embed/train/sequence_source.h"

namespace embed {

// How often each id below num_ids occurs in the first epoch, walks of a single
// node left out, as they train nothing: a node that no other walk visits, an
// isolated one, has the count 0 and stays untrained. The same for any
// `threads`. Walks cost a small part of the training they feed, and degrees are
// no substitute where edges are directed, weighted or of types.
absl::StatusOr<std::vector<uint64_t>> CountIds(SequenceSource* source,
                                               uint32_t num_ids, int threads);

// FailedPrecondition, with what helps, `advice`: no id occurs.
absl::Status CheckVisits(absl::Span<const uint64_t> visits,
                         absl::string_view advice);

}  // namespace embed

#endif  // EMBED_APPS_VISIT_COUNTS_H_
