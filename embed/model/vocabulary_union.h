// Two vocabularies as one, so that a training can go on from a model of other
// data.
#ifndef EMBED_MODEL_VOCABULARY_UNION_H_
#define EMBED_MODEL_VOCABULARY_UNION_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "embed/model/vocabulary.h"

namespace embed {

struct VocabularyUnion {
  // The keys of the first with their ids, counts and types; then, with count 0,
  // those that only the second has, in its order. So falling counts stay so.
  Vocabulary vocabulary;
  // For each id, that of its key in the second; Vocabulary::kNotFound: none.
  std::vector<uint32_t> second_ids;
};

// keep_second: false leaves out the keys that only the second has.
// InvalidArgument: keys of one have types and those of the other have none; too
// many keys or types together.
absl::StatusOr<VocabularyUnion> UniteVocabularies(const Vocabulary& first,
                                                  const Vocabulary& second,
                                                  bool keep_second);

}  // namespace embed

#endif  // EMBED_MODEL_VOCABULARY_UNION_H_
