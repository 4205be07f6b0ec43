// Phrases: pairs of neighboring words that occur together more often than their
// own counts explain ("new york").
//
//   score(a, b) = (count(ab) - min_count) * N / (count(a) * count(b))
//
// with N the number of tokens, as the released word2phrase computes it
// (Mikolov, Sutskever, Chen, Corrado, Dean, NIPS 2013, section 4, has no N and
// calls min_count delta). gensim's default scorer has the number of different
// words and pairs in the place of N, so that its thresholds are lower.
//
// One pass over the corpus in bounded memory: words and pairs are counted
// together, and beyond max_distinct of them the rarest are forgotten
// (word_totals.h); counts are too low by at most stats.max_count_error.
#ifndef EMBED_TEXT_PHRASES_H_
#define EMBED_TEXT_PHRASES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "text/corpus.h"
#include "text/counting_pass.h"
#include "text/vocabulary_builder.h"

namespace embed {

struct PhraseOptions {
  // Pairs and words that occur less often make no phrase; at least 1. Also what
  // is taken off the count of a pair.
  uint64_t min_count = 5;
  double threshold = 100;  // a phrase has a higher score; word2phrase's
  // Words and pairs counted at a time, at least 1000.
  uint64_t max_distinct = VocabularyOptions().max_distinct;
  uint64_t max_bytes = VocabularyOptions().max_bytes;  // of memory
  int threads = 1;

  absl::Status Validate() const;
};

struct Phrase {
  std::string first;
  std::string second;
  double score = 0;
  uint64_t count = 0;
  uint64_t first_count = 0;
  uint64_t second_count = 0;
};

struct FoundPhrases {
  std::vector<Phrase> phrases;  // the highest score first, then by bytes
  // distinct_tokens counts pairs too; a word or pair that was forgotten and met
  // again counts twice.
  CorpusStats stats;
};

// A pair lies within one line. (A line that is longer than a chunk of the
// corpus is cut there, and the pair at the cut is not counted.) The result is
// the same for any number of threads. Errors: those of CountChunks();
// InvalidArgument for the options, or if the corpus holds no words.
absl::StatusOr<FoundPhrases> FindPhrases(Corpus* corpus,
                                         const PhraseOptions& options);

}  // namespace embed

#endif  // EMBED_TEXT_PHRASES_H_
