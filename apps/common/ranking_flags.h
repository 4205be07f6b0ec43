// Lists of nearest keys: how long, and for how many keys: --cutoffs, --queries.
#ifndef EMBED_APPS_COMMON_RANKING_FLAGS_H_
#define EMBED_APPS_COMMON_RANKING_FLAGS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"

namespace embed {

// --cutoffs: lengths of lists, in the order given. UsageError: none, or a
// length that is no whole number of at least 1.
absl::StatusOr<std::vector<uint64_t>> ReadCutoffs();

// Ids below `size`, rising: --queries of them by --seed, or all.
std::vector<uint32_t> SampleQueries(uint32_t size);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_RANKING_FLAGS_H_
