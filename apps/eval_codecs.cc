#include "apps/eval_codecs.h"

#include <gflags/gflags.h>

#include <cstdint>
#include <string>
#include <utility>

#include "embed/base/status_macros.h"
#include "embed/index/float_table.h"
#include "embed/index/int8_table.h"

DECLARE_uint64(seed);

namespace embed {
namespace {

absl::StatusOr<std::vector<RecallOfK>> MeasureCodec(RowCodec codec,
                                                    const MatrixView& vectors,
                                                    Metric metric,
                                                    const RecallRun& run,
                                                    int threads) {
  if (!IsIntegerCodec(codec)) {
    EMBED_ASSIGN_OR_RETURN(
        const FloatTable table,
        FloatTable::Build(vectors, {metric, codec == RowCodec::kF16, threads}));
    return run.Measure(
        [&](const MatrixView& queries, const SearchOptions& options) {
          return table.Search(queries, options);
        });
  }
  Int8TableOptions options;
  options.seed = FLAGS_seed;
  options.threads = threads;
  options.metric = metric;
  options.codec = codec;
  EMBED_ASSIGN_OR_RETURN(const Int8Table table,
                         Int8Table::Build(vectors, options));
  return run.Measure(
      [&](const MatrixView& queries, const SearchOptions& search) {
        return table.Search(queries, search);
      });
}

}  // namespace

std::vector<std::string> CodecColumns() {
  return {"codec",
          "k",
          "recall",
          "rms_error",
          "max_error",
          "bytes_per_row",
          "queries_per_second",
          "exact_per_second",
          "queries",
          "keys"};
}

absl::Status MeasureCodecs(const std::vector<RowCodec>& codecs,
                           const MatrixView& vectors, Metric metric,
                           const RecallRun& run, int threads,
                           ResultTable* table, LinePlot* plot) {
  for (const RowCodec codec : codecs) {
    EMBED_ASSIGN_OR_RETURN(const std::vector<RecallOfK> measured,
                           MeasureCodec(codec, vectors, metric, run, threads));
    const std::string name(RowCodecName(codec));
    PlotSeries series = {name, {}};
    for (const RecallOfK& row : measured) {
      table->Add({name, static_cast<int64_t>(row.k), row.result.recall,
                  row.result.rms_error, row.result.max_error,
                  static_cast<int64_t>(RowCodecBytes(codec, vectors.dim)),
                  row.queries_per_second, run.exact_per_second(),
                  static_cast<int64_t>(run.num_queries()),
                  static_cast<int64_t>(vectors.rows)});
      series.points.push_back(
          {static_cast<double>(row.k), row.result.recall, 0});
    }
    plot->series.push_back(std::move(series));
  }
  return absl::OkStatus();
}

}  // namespace embed
