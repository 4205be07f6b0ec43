// metapath2vec and metapath2vec++ (Dong, Chawla, Swami, KDD 2017), HERec (Shi
// et al., TKDE 2018).
#ifndef EMBED_APPS_METAPATH_MODE_H_
#define EMBED_APPS_METAPATH_MODE_H_

#include "absl/status/statusor.h"
#include "apps/mode.h"

namespace embed {

// Walks along a metapath over a typed edge list.
absl::StatusOr<TrainingInput> LoadMetapathWalks(const LoadContext& context);

}  // namespace embed

#endif  // EMBED_APPS_METAPATH_MODE_H_
