// Word similarity: do vectors order pairs of words as people do?
//
// The published protocol (Finkelstein et al. 2002 and since): the cosine of the
// two words' vectors against the given score, over the pairs whose words are
// both known; the figure papers report is Spearman's rho. Pairs with an unknown
// word are left out, as gensim's evaluate_word_pairs does with its default
// dummy4unknown=False, so a rho means little without its coverage: the result
// always holds both. Unlike gensim, words are looked for among all keys and not
// among the first 300,000. How words are found: embed/eval/word_lookup.h.
#ifndef EMBED_EVAL_WORD_SIMILARITY_H_
#define EMBED_EVAL_WORD_SIMILARITY_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/eval/word_pairs.h"
#include "embed/math/matrix_view.h"
#include "embed/model/vocabulary.h"

namespace embed {

struct WordSimilarityResult {
  // In [-1, 1]; NaN where undefined: fewer than two pairs used, or all of their
  // cosines or all of their scores equal.
  double spearman = 0.0;
  double pearson = 0.0;
  uint64_t used = 0;  // pairs with both words in the vocabulary
  uint64_t total = 0;
};

// A set of pairs looked up in a vocabulary, to be evaluated many times.
// Immutable: any number of threads may evaluate.
class WordSimilarity {
 public:
  // The vector of an id of the vocabulary; all of one length.
  using VectorOf = absl::FunctionRef<absl::Span<const float>(uint32_t id)>;

  WordSimilarity(absl::Span<const WordPair> pairs,
                 const Vocabulary& vocabulary);

  uint64_t used() const { return used_.size(); }
  uint64_t total() const { return total_; }

  // FailedPrecondition: the vector of a word (which is named) has an element
  // that is not finite. A zero vector's cosine is 0.
  absl::StatusOr<WordSimilarityResult> Evaluate(VectorOf vector_of) const;

  // Row i is the vector of id i. InvalidArgument: fewer rows than ids.
  absl::StatusOr<WordSimilarityResult> Evaluate(
      const MatrixView& vectors) const;

 private:
  struct KnownPair {
    WordPair pair;
    uint32_t first_id;
    uint32_t second_id;
  };

  std::vector<KnownPair> used_;
  uint64_t total_;
  uint32_t vocabulary_size_;
};

}  // namespace embed

#endif  // EMBED_EVAL_WORD_SIMILARITY_H_
