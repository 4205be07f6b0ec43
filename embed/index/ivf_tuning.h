// Finds the nprobe of lists that gives a wanted recall.
//
// Recall is measured as embed/index/recall_sample.h says: of a sample of the
// rows, the 10 nearest others are asked for.
#ifndef EMBED_INDEX_IVF_TUNING_H_
#define EMBED_INDEX_IVF_TUNING_H_

#include "absl/status/statusor.h"
#include "embed/index/int8_table.h"
#include "embed/index/ivf_lists.h"
#include "embed/index/recall_sample.h"
#include "embed/math/matrix_view.h"

namespace embed {

// The effort is nprobe. vectors: those the table was built of. The result
// depends on table, lists and vectors only, not on `threads`. InvalidArgument:
// target_recall is not in (0, 1].
absl::StatusOr<TunedEffort> TuneNprobe(const IvfLists& lists,
                                       const Int8Table& table,
                                       const MatrixView& vectors,
                                       double target_recall, int threads);

}  // namespace embed

#endif  // EMBED_INDEX_IVF_TUNING_H_
