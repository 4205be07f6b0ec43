// The features of two vocabularies as one, in step with UniteVocabularies().
#ifndef EMBED_MODEL_FEATURE_UNION_H_
#define EMBED_MODEL_FEATURE_UNION_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/model/feature_map.h"

namespace embed {

struct FeatureUnion {
  // Of the ids of the united vocabulary; ids of the first have the features
  // that they have there, others those of the second.
  FeatureMap features;
  // For each row, that of its key in the second; Vocabulary::kNotFound: none.
  std::vector<uint32_t> second_rows;
};

// second_ids: VocabularyUnion's. Rows with keys (stroke n-grams): those of both
// maps, or, where no id is the second's alone, those of the first. Rows without
// keys (fastText's): one of every id, then buckets, of which both maps have the
// same number. InvalidArgument: they have not, the rows of only one have keys,
// one map sums and the other averages, too many rows together.
absl::StatusOr<FeatureUnion> UniteFeatures(
    const FeatureMap& first, const FeatureMap& second,
    absl::Span<const uint32_t> second_ids);

}  // namespace embed

#endif  // EMBED_MODEL_FEATURE_UNION_H_
