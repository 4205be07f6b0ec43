#include "apps/training_memory.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apps/common/human_format.h"
#include "embed/base/checked_math.h"
#include "embed/model/embedding_table.h"

namespace embed {
namespace {

// Of the making of a graph, besides codes and links: numbers of a row that its
// nearness to others is reckoned with, the upper levels, and what leads to it.
constexpr uint64_t kGraphRowBytes = 29;

}  // namespace

uint64_t TrainingMemory::total() const {
  return SaturatingAdd(SaturatingAdd(tables, accumulators),
                       SaturatingAdd(copies, pairs));
}

TrainingMemory MemoryOf(const TrainingShape& shape) {
  TrainingMemory memory;
  memory.tables = SaturatingAdd(
      EmbeddingTable::BytesFor(shape.inputs, shape.dim),
      EmbeddingTable::BytesFor(
          shape.outputs, shape.output_dim > 0 ? shape.output_dim : shape.dim));
  memory.accumulators = TableOptimizers::AccumulatorBytes(
      shape.optimizer, shape.inputs, shape.outputs);
  if (shape.timed_checkpoints) {
    memory.copies = SaturatingAdd(memory.tables, memory.accumulators);
  }
  if (shape.keeps_best) {
    memory.copies = SaturatingAdd(memory.copies, memory.tables);
  }
  memory.tables = SaturatingAdd(memory.tables, shape.other_bytes);
  memory.pairs = shape.schedule_bytes;
  return memory;
}

uint64_t MostMemory(const TrainingShape& shape, uint64_t index_bytes) {
  const TrainingMemory memory = MemoryOf(shape);
  const uint64_t training = memory.total();
  if (shape.packed_bytes == 0) {
    return std::max(training,
                    SaturatingAdd(training - memory.copies, index_bytes));
  }
  const uint64_t packed = SaturatingAdd(shape.packed_bytes, memory.pairs);
  const uint64_t input = EmbeddingTable::BytesFor(shape.inputs, shape.dim);
  return std::max({training, SaturatingAdd(input, packed),
                   SaturatingAdd(packed, index_bytes)});
}

uint64_t IndexBytes(const IndexPlan& plan, uint64_t rows, int dim) {
  const uint64_t numbers = static_cast<uint64_t>(dim);
  uint64_t row_bytes = numbers;
  if (plan.rerank_f16) row_bytes += 2 * numbers;
  if (plan.kind == IndexKind::kIvf) row_bytes += 4 * numbers;
  if (plan.WithGraph(rows)) {
    const uint64_t links = 2 * static_cast<uint64_t>(plan.hnsw.m);
    row_bytes += links * sizeof(uint32_t) + kGraphRowBytes;
  }
  return SaturatingMultiply(rows, row_bytes);
}

std::string MemoryText(const TrainingMemory& memory) {
  std::vector<std::string> more;
  if (memory.accumulators > 0) {
    more.push_back(FormatBytes(memory.accumulators) + " of AdaGrad");
  }
  if (memory.copies > 0) {
    more.push_back(FormatBytes(memory.copies) + " of copies");
  }
  if (memory.pairs > 0) more.push_back(FormatBytes(memory.pairs) + " of pairs");
  return absl::StrCat(FormatBytes(memory.tables), more.empty() ? "" : ", ",
                      absl::StrJoin(more, " and "));
}

}  // namespace embed
