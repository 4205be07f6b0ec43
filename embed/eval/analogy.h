// Analogies: is the word that is to c as b is to a the expected one?
//
// Over all keys x but a, b and c themselves, with cosines of the vectors:
//   3CosAdd (Mikolov, Yih, Zweig 2013)    cos(x, b) - cos(x, a) + cos(x, c)
//   3CosMul (Levy, Goldberg 2014)         p(x, b) p(x, c) / (p(x, a) + 0.001),
//                                         p = (cos + 1) / 2
// Right if the largest belongs to d; of equal ones the key that comes first
// wins. Questions with a word that has no vector are left out, as word2vec's
// compute-accuracy and gensim do, so a share means little without its coverage:
// results hold both. How words are found: embed/eval/word_lookup.h.
#ifndef EMBED_EVAL_ANALOGY_H_
#define EMBED_EVAL_ANALOGY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/eval/analogy_file.h"
#include "embed/math/matrix_view.h"
#include "embed/model/vocabulary.h"

namespace embed {

struct AnalogyOptions {
  // Only the first so many keys are known, as questions and as answers; 0: all.
  // Vocabularies are in falling order of counts, so those are the commonest.
  uint32_t restrict_vocab = 0;
  int threads = 1;  // the results are the same for any
};

struct AnalogyResult {
  std::string category;
  uint64_t right_add = 0;  // of `used`
  uint64_t right_mul = 0;
  uint64_t used = 0;
  uint64_t total = 0;
};

// A result for each category by first appearance. Row i of `vectors` belongs to
// id i; a zero vector's cosine is 0. Time: one product of all different words
// of the questions with all vectors; memory: the vectors once more, and a block
// of cosines a thread. InvalidArgument: fewer rows than ids, a vector with a
// number that is not finite.
absl::StatusOr<std::vector<AnalogyResult>> EvaluateAnalogies(
    absl::Span<const AnalogyQuestion> questions, const Vocabulary& vocabulary,
    const MatrixView& vectors, const AnalogyOptions& options);

}  // namespace embed

#endif  // EMBED_EVAL_ANALOGY_H_
