#include "embed/eval/word_similarity.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "embed/eval/correlation.h"
#include "embed/eval/word_lookup.h"
#include "embed/math/cosine.h"

namespace embed {

WordSimilarity::WordSimilarity(absl::Span<const WordPair> pairs,
                               const Vocabulary& vocabulary)
    : total_(pairs.size()), vocabulary_size_(vocabulary.size()) {
  for (const WordPair& pair : pairs) {
    const uint32_t first = FindWord(vocabulary, pair.first);
    const uint32_t second = FindWord(vocabulary, pair.second);
    if (first == Vocabulary::kNotFound || second == Vocabulary::kNotFound) {
      continue;
    }
    used_.push_back({pair, first, second});
  }
}

absl::StatusOr<WordSimilarityResult> WordSimilarity::Evaluate(
    VectorOf vector_of) const {
  std::vector<double> cosines;
  std::vector<double> scores;
  for (const KnownPair& known : used_) {
    const double cosine =
        Cosine(vector_of(known.first_id), vector_of(known.second_id));
    if (!std::isfinite(cosine)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the vector of \"", known.pair.first, "\" or of \"",
          known.pair.second,
          "\" holds numbers that are not finite; lower the learning rate"));
    }
    cosines.push_back(cosine);
    scores.push_back(known.pair.score);
  }
  WordSimilarityResult result;
  result.spearman = SpearmanCorrelation(cosines, scores);
  result.pearson = PearsonCorrelation(cosines, scores);
  result.used = used();
  result.total = total();
  return result;
}

absl::StatusOr<WordSimilarityResult> WordSimilarity::Evaluate(
    const MatrixView& vectors) const {
  if (vectors.rows < vocabulary_size_) {
    return absl::InvalidArgumentError(absl::StrCat(
        vectors.rows, " vectors for a vocabulary of ", vocabulary_size_));
  }
  return Evaluate([&](uint32_t id) { return vectors.row(id); });
}

}  // namespace embed
