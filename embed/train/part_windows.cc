#include "embed/train/part_windows.h"

namespace embed {

PartWindows::PartWindows(RowParts parts)
    : parts_(parts),
      tokens_(parts.count()),
      windows_(uint64_t{parts.count()} * parts.count()),
      sizes_(parts.count()) {}

void PartWindows::Clear() {
  for (std::vector<uint32_t>& tokens : tokens_) tokens.clear();
}

void PartWindows::Append(const WindowBlock& block) {
  for (uint32_t i = 0; i < parts_.count(); ++i) sizes_[i] = tokens_[i].size();
  AppendTokens(block);
  for (uint32_t i = 0; i < parts_.count(); ++i) {
    AppendWindows(block, i, sizes_[i]);
  }
}

void PartWindows::Take(WindowSampler* sampler) {
  Clear();
  while (sampler->Next(&block_)) Append(block_);
}

void PartWindows::AppendTokens(const WindowBlock& block) {
  part_.resize(block.size());
  place_.resize(block.size());
  for (size_t t = 0; t < block.size(); ++t) {
    const uint32_t part = parts_.PartOf(block.ids[t]);
    part_[t] = part;
    place_[t] = static_cast<uint32_t>(tokens_[part].size());
    tokens_[part].push_back(block.ids[t]);
  }
}

void PartWindows::AppendWindows(const WindowBlock& block, uint32_t i,
                                size_t before) {
  passed_.resize(block.size() + 1);
  uint32_t passed = static_cast<uint32_t>(before);
  for (size_t t = 0; t < block.size(); ++t) {
    passed_[t] = passed;
    passed += part_[t] == i ? 1 : 0;
  }
  passed_[block.size()] = passed;
  std::vector<Range>* const row = &windows_[uint64_t{i} * parts_.count()];
  for (uint32_t j = 0; j < parts_.count(); ++j) {
    // Grown by halves; what is new is written below.
    if (row[j].size() < tokens_[j].size()) {
      row[j].resize(tokens_[j].size() + tokens_[j].size() / 2);
    }
  }
  for (size_t t = 0; t < block.size(); ++t) {
    row[part_[t]][place_[t]] = {passed_[block.begin[t]], passed_[block.end[t]]};
  }
}

void PartWindowsWorker::Emit(uint32_t epoch, const SequenceBatch& batch,
                             PairChunk* chunk, TrainStats* stats) {
  sampler_.Start(epoch, &batch);
  static_cast<PartWindows*>(chunk)->Take(&sampler_);
  stats->tokens += batch.ids.size();
}

}  // namespace embed
