#include "apps/training_memory.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apps/common/human_format.h"
#include "embed/model/embedding_table.h"

namespace embed {

TrainingMemory MemoryOf(const TrainingShape& shape) {
  TrainingMemory memory;
  memory.tables =
      EmbeddingTable::BytesFor(shape.inputs, shape.dim) +
      EmbeddingTable::BytesFor(
          shape.outputs, shape.output_dim > 0 ? shape.output_dim : shape.dim);
  memory.accumulators = TableOptimizers::AccumulatorBytes(
      shape.optimizer, shape.inputs, shape.outputs);
  if (shape.timed_checkpoints) {
    memory.copies += memory.tables + memory.accumulators;
  }
  if (shape.keeps_best) memory.copies += memory.tables;
  memory.tables += shape.other_bytes;
  memory.pairs = shape.schedule_bytes;
  return memory;
}

uint64_t IndexBytes(const IndexPlan& plan, uint64_t rows, int dim) {
  const uint64_t numbers = static_cast<uint64_t>(dim);
  uint64_t row_bytes = numbers;
  if (plan.rerank_f16) row_bytes += 2 * numbers;
  if (plan.kind == IndexKind::kIvf) row_bytes += 4 * numbers;
  if (plan.WithGraph(rows)) {
    const uint64_t links = 2 * static_cast<uint64_t>(plan.hnsw.m);
    row_bytes += numbers + 2 * links * sizeof(uint32_t);
  }
  return rows * row_bytes;
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
