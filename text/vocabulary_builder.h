// Counts the words of a corpus and makes a Vocabulary of the frequent ones, in
// one parallel pass. Each thread counts into a table of its own; the tables are
// added up by WordTotals. About 32 bytes and the word's text beyond 7 bytes per
// distinct word and thread, and the same once more for the sums.
#ifndef EMBED_TEXT_VOCABULARY_BUILDER_H_
#define EMBED_TEXT_VOCABULARY_BUILDER_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "embed/model/vocabulary.h"
#include "text/corpus.h"
#include "text/counting_pass.h"
#include "text/word_totals.h"

namespace embed {

struct VocabularyOptions {
  uint64_t min_count = 5;  // rarer words are left out; at least 1
  // At most so many words, the most frequent ones; 0: no limit.
  uint64_t max_size = 0;
  int threads = 1;
  // Words that are in the vocabulary however rare they are, as long as they
  // occur; max_size leaves others out before them.
  std::vector<std::string> keep = {};
  // Words counted at a time, at least 1000; beyond, the rarest are forgotten
  // (word_totals.h). The default takes about 2 GB at worst.
  uint64_t max_distinct = uint64_t{1} << 24;
  // Of memory that counting may take.
  uint64_t max_bytes = std::numeric_limits<uint64_t>::max();

  absl::Status Validate() const;
};

struct CorpusVocabulary {
  Vocabulary vocabulary;
  CorpusStats stats;
};

// Ids go by falling count, equal counts by rising bytes of the key: the result
// is the same for any number of threads. Errors: those of CountChunks();
// InvalidArgument if no word is left.
absl::StatusOr<CorpusVocabulary> BuildVocabulary(
    Corpus* corpus, const VocabularyOptions& options);

// The vocabulary of the words that min_count, max_size and keep leave of
// `words`, sorted by BeforeInVocabulary(). Empty if none is left.
absl::StatusOr<Vocabulary> SelectWords(std::vector<WordCount> words,
                                       const VocabularyOptions& options);

}  // namespace embed

#endif  // EMBED_TEXT_VOCABULARY_BUILDER_H_
