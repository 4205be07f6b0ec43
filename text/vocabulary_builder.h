// Counts the words of a corpus and makes a Vocabulary of the frequent ones, in
// one parallel pass. Each thread counts chunks into a table of its own; the
// tables are merged at the end, so memory is about 32 bytes and the word's text
// beyond 7 bytes per distinct word and thread.
#ifndef EMBED_TEXT_VOCABULARY_BUILDER_H_
#define EMBED_TEXT_VOCABULARY_BUILDER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "embed/model/vocabulary.h"
#include "text/corpus.h"

namespace embed {

struct VocabularyOptions {
  uint64_t min_count = 5;  // rarer words are left out; at least 1
  // At most so many words, the most frequent ones; 0: no limit.
  uint64_t max_size = 0;
  int threads = 1;

  absl::Status Validate() const;
};

struct CorpusStats {
  uint64_t bytes = 0;  // of decompressed text in chunks
  uint64_t lines = 0;
  uint64_t tokens = 0;
  uint64_t kept_tokens = 0;      // whose word is in the vocabulary
  uint64_t distinct_tokens = 0;  // before min_count
  uint64_t bad_sequences = 0;    // of UTF-8, replaced by U+FFFD
  uint64_t nul_bytes = 0;        // read as white space
  uint64_t dropped_tokens = 0;   // longer than Tokenizer::kMaxTokenBytes
};

struct CorpusVocabulary {
  Vocabulary vocabulary;
  CorpusStats stats;
};

// Ids go by falling count, equal counts by rising bytes of the key: the result
// is the same for any number of threads. Errors: those of Corpus::ReadChunk()
// (of the first chunk that has one); InvalidArgument if no word is left.
absl::StatusOr<CorpusVocabulary> BuildVocabulary(
    Corpus* corpus, const VocabularyOptions& options);

}  // namespace embed

#endif  // EMBED_TEXT_VOCABULARY_BUILDER_H_
