#include "text/corpus_source.h"

#include "absl/strings/string_view.h"
#include "embed/base/status_macros.h"
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

absl::Status CorpusSource::Read(uint32_t /*epoch*/, uint64_t chunk,
                                SequenceBatch* batch) {
  // Kept by the thread, as its memory is too large to ask for at every chunk.
  thread_local CorpusChunk text;
  EMBED_RETURN_IF_ERROR(corpus_->ReadChunk(chunk, &text));
  batch->Clear(chunk << kSequenceBits);
  Tokenizer tokens(text.text);
  WordBlock block;
  while (block.Fill(&tokens, ids_)) {
    for (int i = 0; i < block.size; ++i) {
      if (block.words[i].empty()) {
        EndSentence(batch);
        continue;
      }
      const WordMap::Slot* slot = ids_.Find(block.words[i], block.keys[i]);
      if (slot == nullptr) continue;
      batch->ids.push_back(slot->value);
      if (OpenLength(*batch) == kMaxSentence) batch->EndSequence();
    }
  }
  EndSentence(batch);
  return absl::OkStatus();
}

}  // namespace embed
