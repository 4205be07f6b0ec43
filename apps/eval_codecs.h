// embedeval recall --codec: codecs compared on a model's vectors.
#ifndef EMBED_APPS_EVAL_CODECS_H_
#define EMBED_APPS_EVAL_CODECS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "apps/common/result_table.h"
#include "apps/common/svg_plot.h"
#include "apps/recall_run.h"
#include "embed/index/row_codec.h"
#include "embed/math/matrix_view.h"
#include "embed/math/metric.h"

namespace embed {

// A row of the table for each codec and cutoff, a series of the plot for each
// codec. Columns of the table: CodecColumns().
std::vector<std::string> CodecColumns();
absl::Status MeasureCodecs(const std::vector<RowCodec>& codecs,
                           const MatrixView& vectors, Metric metric,
                           const RecallRun& run, int threads,
                           ResultTable* table, LinePlot* plot);

}  // namespace embed

#endif  // EMBED_APPS_EVAL_CODECS_H_
