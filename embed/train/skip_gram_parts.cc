#include "embed/train/skip_gram_parts.h"

#include <utility>

#include "embed/train/pair_buckets.h"
#include "embed/train/part_windows.h"
#include "embed/train/skip_gram_pairs.h"
#include "embed/train/skip_gram_spread.h"
#include "embed/train/skip_gram_windows.h"

namespace embed {

SkipGramParts::SkipGramParts(PartedTables tables)
    : tables_(std::move(tables)) {}

std::unique_ptr<PairChunk> SkipGramParts::NewChunk() const {
  if (tables_.partition.group_by == PairGrouping::kContext) {
    return std::make_unique<PairBuckets>();
  }
  return std::make_unique<PartWindows>(parts());
}

std::unique_ptr<PairTraining::Worker> SkipGramParts::NewWorker() const {
  switch (tables_.partition.group_by) {
    case PairGrouping::kContext:
      return NewPairWorker(tables_);
    case PairGrouping::kCenter:
      return NewCenterWorker(tables_);
    case PairGrouping::kSpread:
      return NewSpreadWorker(tables_);
  }
  return nullptr;
}

}  // namespace embed
