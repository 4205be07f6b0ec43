#include "apps/subword_mode.h"

#include "absl/strings/str_format.h"
#include "apps/common/subword_flags.h"
#include "apps/text_modes.h"
#include "embed/base/status_macros.h"
#include "text/char_ngrams.h"

namespace embed {

absl::StatusOr<TrainingInput> LoadSubwords(const LoadContext& context) {
  EMBED_ASSIGN_OR_RETURN(const CharNgramOptions options,
                         ReadSubwordFlags(context.threads));
  EMBED_ASSIGN_OR_RETURN(TrainingInput result, LoadWords(context));
  EMBED_ASSIGN_OR_RETURN(result.features,
                         BuildCharNgramFeatures(result.vocabulary, options));
  result.vectors = VectorsFrom::kComposed;
  const uint64_t words = result.vocabulary.size();
  const uint64_t ngrams = result.features.rows().size() - words;
  result.notes.push_back(absl::StrFormat(
      "%d n-grams of words, %.1f a word, in %d buckets", ngrams,
      words == 0 ? 0.0
                 : static_cast<double>(ngrams) / static_cast<double>(words),
      result.features.num_rows() - words));
  return result;
}

}  // namespace embed
