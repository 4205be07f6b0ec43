// Finds the nprobe of lists that gives a wanted recall.
//
// Recall is measured as embed/index/recall_sample.h says: of a sample of the
// rows, the 10 nearest others are asked for.
#ifndef EMBED_INDEX_IVF_TUNING_H_
#define EMBED_INDEX_IVF_TUNING_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "embed/index/int8_table.h"
#include "embed/index/ivf_lists.h"
#include "embed/math/matrix_view.h"

namespace embed {

struct IvfTuning {
  int nprobe = 0;
  double recall = 0;     // of the 10 nearest with it, on the sample
  uint64_t queries = 0;  // rows of the sample
  // False if no nprobe gives the recall that was asked for. Then it is the
  // least that comes within 0.001 of the best.
  bool reached = false;
};

// vectors: those the table was built of. The result depends on table, lists and
// vectors only, not on `threads`. InvalidArgument: target_recall is not in
// (0, 1].
absl::StatusOr<IvfTuning> TuneNprobe(const IvfLists& lists,
                                     const Int8Table& table,
                                     const MatrixView& vectors,
                                     double target_recall, int threads);

}  // namespace embed

#endif  // EMBED_INDEX_IVF_TUNING_H_
