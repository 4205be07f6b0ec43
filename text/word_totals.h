// The counts of all words met so far, in bounded memory.
//
// Whenever they are more than a limit after a round of counting, the rarest are
// forgotten: all that were counted at most t times, t the least number that
// leaves half of the limit. A word that is forgotten and met again starts from
// 0, so a count is too low by at most the sum of all t, max_error(). (Lossy
// counting, Manku and Motwani 2002, with the threshold chosen by the space; as
// word2vec.c's ReduceVocab, but with the bound known.)
#ifndef EMBED_TEXT_WORD_TOTALS_H_
#define EMBED_TEXT_WORD_TOTALS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "text/word_counter.h"
#include "text/word_map.h"

namespace embed {

struct WordCount {
  std::string word;
  uint64_t count = 0;
};

// Most frequent first; equal counts by bytes, so that no two words are equal.
bool BeforeInVocabulary(const WordCount& a, const WordCount& b);

// Not thread-safe. What it holds depends on the sums and on where rounds end,
// not on the number of threads.
class WordTotals {
 public:
  // limit: at least 2. Words of `keep` are never forgotten.
  WordTotals(uint64_t limit, WordMap keep);

  // Ends a round: adds up the counters, which it empties. `threads` changes the
  // time only.
  void EndRound(std::vector<WordCounter>* counters, int threads);

  // The words counted at least min_count times and those of `keep`, sorted by
  // BeforeInVocabulary(). All words are forgotten.
  std::vector<WordCount> TakeWords(uint64_t min_count, int threads);
  // Of memory, at most: what these take while they are sorted.
  uint64_t SortingBytes(uint64_t min_count) const;

  uint64_t limit() const { return limit_; }
  // Different words; one that was forgotten counts again.
  uint64_t distinct() const { return Size() + forgotten_; }
  uint64_t max_error() const { return max_error_; }
  // Of memory, about.
  uint64_t bytes() const;

 private:
  uint64_t Size() const;
  void Forget(int threads);
  // visit(word, its key, count) for the words of a part that were counted at
  // least min_count times, and those of `keep`.
  template <typename Visit>
  void VisitWords(size_t part, uint64_t min_count, const Visit& visit) const;

  uint64_t limit_;
  WordMap keep_;
  std::vector<WordCounter> parts_;  // of the words by their hash
  uint64_t forgotten_ = 0;
  uint64_t max_error_ = 0;
};

}  // namespace embed

#endif  // EMBED_TEXT_WORD_TOTALS_H_
