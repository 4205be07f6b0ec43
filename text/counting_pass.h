// One parallel pass over a corpus that counts something of each chunk.
#ifndef EMBED_TEXT_COUNTING_PASS_H_
#define EMBED_TEXT_COUNTING_PASS_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "text/corpus.h"
#include "text/word_counter.h"
#include "text/word_totals.h"

namespace embed {

struct CorpusStats {
  uint64_t bytes = 0;  // of decompressed text in chunks
  uint64_t lines = 0;
  uint64_t tokens = 0;
  uint64_t kept_tokens = 0;      // whose word is in the vocabulary
  uint64_t distinct_tokens = 0;  // before min_count
  uint64_t bad_sequences = 0;    // of UTF-8, replaced by U+FFFD
  uint64_t nul_bytes = 0;        // read as white space
  uint64_t dropped_tokens = 0;   // longer than Tokenizer::kMaxTokenBytes
  // What the counts may be too low by (WordTotals::max_error()).
  uint64_t max_count_error = 0;
  // [n]: lines of n tokens. Of those with more than
  // CorpusSource::kMaxSentence, every so many count as a line. Empty if not
  // counted.
  std::vector<uint64_t> lines_of;
};

// Counts one chunk into a counter and a record of the thread's own.
using CountChunk =
    absl::FunctionRef<void(const CorpusChunk&, WordCounter*, CorpusStats*)>;

// Chunks are taken by `threads` threads, each with a counter; `totals` sums
// them up after every round, of as much text as may hold totals->limit()
// different words of 8 bytes. So memory is bounded and the result the same for
// any number of threads. Fills what of *stats the chunks tell, and
// max_count_error. Errors: those of Corpus::ReadChunk(), of the first chunk
// that has one; ResourceExhausted if the counters and the sums take more than
// `max_bytes` of memory.
absl::Status CountChunks(Corpus* corpus, int threads, uint64_t max_bytes,
                         CountChunk count, WordTotals* totals,
                         CorpusStats* stats);

// totals->TakeWords(). ResourceExhausted if sorting them takes more than
// `max_bytes` of memory; `corpus` is where they are from.
absl::StatusOr<std::vector<WordCount>> TakeWords(const Corpus& corpus,
                                                 uint64_t min_count,
                                                 int threads,
                                                 uint64_t max_bytes,
                                                 WordTotals* totals);

}  // namespace embed

#endif  // EMBED_TEXT_COUNTING_PASS_H_
