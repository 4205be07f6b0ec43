// The sentences of a corpus as sequences of word ids for the trainer.
//
// One sentence a line. Words that are not in the vocabulary are left out as if
// they were not there (as word2vec does), lines without any kept word give no
// sequence, and a sentence of more than 1000 kept words is cut after every
// 1000th (word2vec's MAX_SENTENCE_LENGTH; it counts after subsampling, which
// here is the trainer's affair and comes later). Every epoch is the same.
//
// Lines may be baskets instead, whose order means nothing: one of more than
// 1000 kept items is dealt, at random and anew in every epoch, into equal parts
// of at most 1000, so that each pair of its items meets equally often.
//
// Sequence numbers: those of chunk c begin at c * 2^20. A chunk of at most
// 2 MiB holds at most 2^20 lines with a word, so numbers never collide.
#ifndef EMBED_TEXT_CORPUS_SOURCE_H_
#define EMBED_TEXT_CORPUS_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "embed/base/spare_pool.h"
#include "embed/model/vocabulary.h"
#include "embed/train/sequence_source.h"
#include "text/corpus.h"
#include "text/word_map.h"

namespace embed {

// Thread-safe.
class CorpusSource : public SequenceSource {
 public:
  static constexpr size_t kMaxSentence = 1000;  // kept words
  static constexpr int kSequenceBits = 20;      // numbers a chunk: 2^20

  // `corpus` must outlive the source; `vocabulary` is copied into a table made
  // for looking up (about 48 bytes a word).
  CorpusSource(Corpus* corpus, const Vocabulary& vocabulary);
  // Of baskets, `seed` deciding what parts large ones have.
  static std::unique_ptr<CorpusSource> OfBaskets(Corpus* corpus,
                                                 const Vocabulary& vocabulary,
                                                 uint64_t seed);

  uint64_t num_chunks() const override { return corpus_->num_chunks(); }

  // Errors: those of Corpus::ReadChunk().
  absl::Status Read(uint32_t epoch, uint64_t chunk,
                    SequenceBatch* batch) override;

 private:
  void EndBasket(uint32_t epoch, SequenceBatch* batch) const;

  Corpus* corpus_;
  SparePool<CorpusChunk> spare_;  // a chunk a thread that reads
  WordMap ids_;                   // value: the id of the word
  bool baskets_ = false;
  uint64_t seed_ = 0;
};

}  // namespace embed

#endif  // EMBED_TEXT_CORPUS_SOURCE_H_
