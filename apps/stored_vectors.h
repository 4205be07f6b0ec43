// --codec of tasks that score vectors: the same scores once for each codec, of
// what an index keeps of the vectors.
#ifndef EMBED_APPS_STORED_VECTORS_H_
#define EMBED_APPS_STORED_VECTORS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "apps/common/result_table.h"
#include "apps/common/svg_bars.h"
#include "embed/index/row_codec.h"
#include "embed/math/matrix_view.h"
#include "embed/math/metric.h"

namespace embed {

// Adds --codec beside --model, which is of the first group.
void AddStoredVectorsFlag(CommandInfo* info);

struct StoredVectorsPlan {
  std::vector<RowCodec> codecs;  // of --codec; empty: it is not given
  // Rows are kept as an index by this metric does: by cosine at length 1, by
  // dot at any length.
  Metric metric = Metric::kDot;
  int threads = 1;
};

// unit_length: the task looks at directions only. UsageError: see
// ReadCodecList().
absl::StatusOr<StoredVectorsPlan> ReadStoredVectorsFlags(bool unit_length,
                                                         int threads);

// Calls score(rows, suffix) for the vectors as they are or, with --codec, for
// each codec with all rows as it stores them; f32: as they are. Rows added to
// the table begin with a cell "codec" then, and "-" after the last codec.
// suffix: "" or ", int8", for names in a plot. vectors: finite. Errors: of
// `score`, which end it; those of Int8Table::Build().
absl::Status ForEachCodec(
    const StoredVectorsPlan& plan, const MatrixView& vectors,
    ResultTable* table,
    const std::function<absl::Status(const MatrixView& rows,
                                     const std::string& suffix)>& score);

// Groups of bars that ForEachCodec() has made codec by codec, with those that
// differ in the codec only below one another.
std::vector<BarGroup> ByCodec(const StoredVectorsPlan& plan,
                              std::vector<BarGroup> groups);

}  // namespace embed

#endif  // EMBED_APPS_STORED_VECTORS_H_
