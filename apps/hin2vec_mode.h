// Mode hin2vec: nodes of a typed network and relations between them.
#ifndef EMBED_APPS_HIN2VEC_MODE_H_
#define EMBED_APPS_HIN2VEC_MODE_H_

#include "absl/status/statusor.h"
#include "apps/mode.h"

namespace embed {

// Walks over a typed edge list that tell the types of their steps, for HIN2Vec
// (embed/train/hin2vec.h). All walks of the training are made once beforehand,
// to count nodes and relations.
absl::StatusOr<TrainingInput> LoadHin2vec(const LoadContext& context);

}  // namespace embed

#endif  // EMBED_APPS_HIN2VEC_MODE_H_
