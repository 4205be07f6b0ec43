#include "text/corpus_source.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "embed/base/philox.h"
#include "embed/base/status_macros.h"
#include "embed/math/random_permutation.h"
#include "text/tokenizer.h"

namespace embed {
namespace {

// Ids appended to `batch` since its last sequence ended.
size_t OpenLength(const SequenceBatch& batch) {
  return batch.ids.size() - (batch.ends.empty() ? 0 : batch.ends.back());
}

void EndSentence(SequenceBatch* batch) {
  if (OpenLength(*batch) > 0) batch->EndSequence();
}

}  // namespace

CorpusSource::CorpusSource(Corpus* corpus, const Vocabulary& vocabulary)
    : corpus_(corpus), ids_(vocabulary.size()) {
  for (uint32_t id = 0; id < vocabulary.size(); ++id) {
    const absl::string_view word = vocabulary.key(id);
    ids_.FindOrInsert(word, PackWord(word))->value = id;
  }
}

std::unique_ptr<CorpusSource> CorpusSource::OfBaskets(
    Corpus* corpus, const Vocabulary& vocabulary, uint64_t seed) {
  auto source = std::make_unique<CorpusSource>(corpus, vocabulary);
  source->baskets_ = true;
  source->seed_ = seed;
  return source;
}

// The stream is named by the number of the basket's first part.
void CorpusSource::EndBasket(uint32_t epoch, SequenceBatch* batch) const {
  const size_t size = OpenLength(*batch);
  if (size <= kMaxSentence) return EndSentence(batch);
  const size_t begin = batch->ids.size() - size;
  const std::vector<uint32_t> items(
      batch->ids.begin() + static_cast<ptrdiff_t>(begin), batch->ids.end());
  const RandomPermutation order(
      size, PhiloxStream(seed_, RandomPurpose::kBaskets, epoch,
                         batch->first_sequence + batch->num_sequences()));
  for (size_t i = 0; i < size; ++i) batch->ids[begin + i] = items[order(i)];
  const size_t parts = (size + kMaxSentence - 1) / kMaxSentence;
  for (size_t part = 1; part <= parts; ++part) {
    batch->ends.push_back(static_cast<uint32_t>(begin + size * part / parts));
  }
}

absl::Status CorpusSource::Read(uint32_t epoch, uint64_t chunk,
                                SequenceBatch* batch) {
  std::unique_ptr<CorpusChunk> text = spare_.Take();
  EMBED_RETURN_IF_ERROR(corpus_->ReadChunk(chunk, text.get()));
  batch->Clear(chunk << kSequenceBits);
  Tokenizer tokens(text->text);
  WordBlock block;
  while (block.Fill(&tokens, ids_)) {
    for (int i = 0; i < block.size; ++i) {
      if (block.words[i].empty()) {
        EndBasket(epoch, batch);
        continue;
      }
      const WordMap::Slot* slot = ids_.Find(block.words[i], block.keys[i]);
      if (slot == nullptr) continue;
      batch->ids.push_back(slot->value);
      if (!baskets_ && OpenLength(*batch) == kMaxSentence) {
        batch->EndSequence();
      }
    }
  }
  EndBasket(epoch, batch);
  spare_.Return(std::move(text));
  return absl::OkStatus();
}

}  // namespace embed
