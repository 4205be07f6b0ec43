// K-means by FAISS's Clustering (Lloyd 1982): random rows are the first
// centres; an empty cluster takes half of a large one.
#ifndef EMBED_INDEX_KMEANS_H_
#define EMBED_INDEX_KMEANS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "embed/math/matrix_view.h"

namespace embed {

struct KMeansOptions {
  uint32_t clusters = 8;
  int iterations = 25;
  // Starts from other centres; the one of the least objective counts.
  int restarts = 10;
  uint64_t seed = 1;
};

struct KMeansResult {
  std::vector<uint32_t> clusters;  // of each row, below options.clusters
  double objective = 0.0;          // sum of squared distances to the centres
};

// Uses one thread, all rows and Euclidean distances. The result depends on the
// arguments only. Thread-safe. InvalidArgument: no cluster or more than rows,
// iterations or restarts below 1, a number that is not finite.
// ResourceExhausted.
absl::StatusOr<KMeansResult> KMeans(const MatrixView& vectors,
                                    const KMeansOptions& options);

}  // namespace embed

#endif  // EMBED_INDEX_KMEANS_H_
