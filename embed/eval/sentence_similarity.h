// Similarity of sentences: do vectors pooled over the words of two sentences
// order pairs as people do? The protocol of the STS tasks (Agirre et al. 2012
// to 2017): the cosine of the two sentences against the given score, over pairs
// of which both sentences have a word with a vector.
#ifndef EMBED_EVAL_SENTENCE_SIMILARITY_H_
#define EMBED_EVAL_SENTENCE_SIMILARITY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "embed/math/matrix_view.h"
#include "embed/math/pool.h"
#include "embed/model/vocabulary.h"

namespace embed {

struct SentencePair {
  std::string first;
  std::string second;
  double score = 0.0;
};

// Lines SENTENCE tab SENTENCE tab SCORE, fields after the third are left out,
// as are empty lines and those that start with '#'. Plain, .gz or .zst. Errors:
// those of opening the file; InvalidArgument naming file and line: fewer
// fields, a score that is no finite number, text that is not UTF-8; a file
// without pairs or of more than 1 GiB.
absl::StatusOr<std::vector<SentencePair>> ReadSentencePairs(
    const std::string& path);

// The same from the text of such a file. `name` is for messages.
absl::StatusOr<std::vector<SentencePair>> ParseSentencePairs(
    absl::string_view text, absl::string_view name);

// The ids of the words between white space, in order; the number of all words
// goes to *total. A word that is not found (embed/eval/word_lookup.h) is looked
// for without the ASCII punctuation around it, too.
std::vector<uint32_t> SentenceWords(absl::string_view sentence,
                                    const Vocabulary& vocabulary,
                                    uint64_t* total);

// Takes from each row (of `dim` numbers, behind one another) its part along the
// first right singular vector of all rows: what all have in common (Arora,
// Liang, Ma 2017). Does nothing without rows or with zeros only.
void RemoveCommonComponent(int dim, std::vector<float>* rows);

struct SentenceOptions {
  PoolOptions pool;
  // Of kSif: the common component of all sentences is taken away, as published.
  bool remove_common = true;
};

struct SentenceSimilarityResult {
  // In [-1, 1]; NaN where undefined, as in WordSimilarityResult.
  double spearman = 0.0;
  double pearson = 0.0;
  uint64_t used = 0;  // pairs
  uint64_t total = 0;
  uint64_t words_known = 0;  // of all sentences, each time they occur
  uint64_t words = 0;
};

// Row i of `vectors` belongs to id i; weights: one an id with kSif, else not
// read. InvalidArgument: fewer rows or weights than ids. A zero vector's cosine
// is 0.
absl::StatusOr<SentenceSimilarityResult> EvaluateSentences(
    absl::Span<const SentencePair> pairs, const Vocabulary& vocabulary,
    const MatrixView& vectors, absl::Span<const double> weights,
    const SentenceOptions& options);

}  // namespace embed

#endif  // EMBED_EVAL_SENTENCE_SIMILARITY_H_
