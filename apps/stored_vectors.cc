#include "apps/stored_vectors.h"

#include <gflags/gflags.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "apps/common/codec_flag.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/float_table.h"
#include "embed/index/int8_table.h"
#include "embed/model/embedding_table.h"

DECLARE_uint64(seed);

namespace embed {
namespace {

constexpr char kCodecColumn[] = "codec";

// The rows of an Int8Table or a FloatTable.
template <typename Table>
absl::StatusOr<EmbeddingTable> RowsOf(const Table& table, int threads) {
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable rows,
                         EmbeddingTable::Create(table.rows(), table.dim()));
  ParallelFor(threads, table.rows(), [&](uint64_t begin, uint64_t end) {
    for (uint64_t i = begin; i < end; ++i) {
      table.Row(i, {rows.row(i), static_cast<size_t>(table.dim())});
    }
  });
  return rows;
}

// What the codec, another one than f32, keeps of the vectors.
absl::StatusOr<EmbeddingTable> Stored(RowCodec codec, const MatrixView& vectors,
                                      const StoredVectorsPlan& plan) {
  if (codec == RowCodec::kF16) {
    EMBED_ASSIGN_OR_RETURN(
        const FloatTable table,
        FloatTable::Build(vectors, {plan.metric, /*half=*/true, plan.threads}));
    return RowsOf(table, plan.threads);
  }
  Int8TableOptions options;
  options.seed = FLAGS_seed;
  options.threads = plan.threads;
  options.metric = plan.metric;
  options.codec = codec;
  EMBED_ASSIGN_OR_RETURN(const Int8Table table,
                         Int8Table::Build(vectors, options));
  return RowsOf(table, plan.threads);
}

}  // namespace

void AddStoredVectorsFlag(CommandInfo* info) {
  std::vector<std::string>& flags = info->groups[0].flags;
  const bool any_length =
      std::find(flags.begin(), flags.end(), "normalize") != flags.end();
  flags.push_back("codec");
  info->flag_texts["codec"] = absl::StrCat(
      CodecListText("codecs to compare"),
      ". The table has its rows once for each, with a column codec: the scores "
      "of the vectors as it stores them (f32: as they are)",
      any_length ? ". faiss8 needs --normalize l2" : "");
}

absl::StatusOr<StoredVectorsPlan> ReadStoredVectorsFlags(bool unit_length,
                                                         int threads) {
  StoredVectorsPlan plan;
  plan.metric = unit_length ? Metric::kCosine : Metric::kDot;
  plan.threads = threads;
  if (IsFlagSet("codec")) {
    EMBED_ASSIGN_OR_RETURN(plan.codecs, ReadCodecList(plan.metric));
  }
  return plan;
}

absl::Status ForEachCodec(
    const StoredVectorsPlan& plan, const MatrixView& vectors,
    ResultTable* table,
    const std::function<absl::Status(const MatrixView& rows,
                                     const std::string& suffix)>& score) {
  if (plan.codecs.empty()) return score(vectors, "");
  for (const RowCodec codec : plan.codecs) {
    const std::string name(RowCodecName(codec));
    table->SetFirstCell(kCodecColumn, name);
    EmbeddingTable stored;
    if (codec != RowCodec::kF32) {
      EMBED_ASSIGN_OR_RETURN(stored, Stored(codec, vectors, plan));
    }
    EMBED_RETURN_IF_ERROR(score(stored.empty() ? vectors : stored.view(),
                                absl::StrCat(", ", name)));
  }
  table->SetFirstCell(kCodecColumn, "-");
  return absl::OkStatus();
}

std::vector<BarGroup> ByCodec(const StoredVectorsPlan& plan,
                              std::vector<BarGroup> groups) {
  if (plan.codecs.empty()) return groups;
  const size_t of_codec = groups.size() / plan.codecs.size();
  std::vector<BarGroup> sorted;
  for (size_t i = 0; i < of_codec; ++i) {
    for (size_t j = i; j < groups.size(); j += of_codec) {
      sorted.push_back(std::move(groups[j]));
    }
  }
  return sorted;
}

}  // namespace embed
