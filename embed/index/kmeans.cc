#include "embed/index/kmeans.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "embed/base/philox.h"
#include "embed/base/status_macros.h"
#include "embed/index/openmp_threads.h"
#include "embed/math/metric.h"
#include "faiss/Clustering.h"
#include "faiss/IndexFlat.h"
#include "faiss/impl/FaissException.h"

namespace embed {
namespace {

absl::Status Check(const MatrixView& vectors, const KMeansOptions& options) {
  if (options.clusters < 1 || options.clusters > vectors.rows) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.clusters, " clusters of ", vectors.rows,
                     " vectors; expected 1 to as many as vectors"));
  }
  if (options.iterations < 1 || options.restarts < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.iterations, " iterations and ", options.restarts,
                     " restarts; expected at least 1"));
  }
  return absl::OkStatus();
}

// In double: FAISS's float32 distances, |x|^2 + |c|^2 - 2 x.c, lose most of
// their digits far from the origin.
double Objective(const MatrixView& vectors, absl::Span<const uint32_t> clusters,
                 absl::Span<const float> centers) {
  const size_t dim = static_cast<size_t>(vectors.dim);
  double sum = 0;
  for (size_t i = 0; i < clusters.size(); ++i) {
    sum -= Nearness(Metric::kL2, vectors.row(i),
                    centers.subspan(clusters[i] * dim, dim));
  }
  return sum;
}

KMeansResult Cluster(const MatrixView& vectors, const KMeansOptions& options) {
  const OpenMpThreads one(1);
  std::vector<float> rows;
  rows.reserve(vectors.rows * static_cast<size_t>(vectors.dim));
  for (uint64_t i = 0; i < vectors.rows; ++i) {
    const absl::Span<const float> row = vectors.row(i);
    rows.insert(rows.end(), row.begin(), row.end());
  }
  faiss::ClusteringParameters parameters;
  parameters.niter = options.iterations;
  parameters.nredo = options.restarts;
  // FAISS's seed has 31 bits.
  parameters.seed = static_cast<int>(
      Philox(options.seed, RandomPurpose::kDataSplits, 0, 0).Next32() >> 1);
  // No warning about few rows, no sample of many.
  parameters.min_points_per_centroid = 1;
  parameters.max_points_per_centroid = std::numeric_limits<int>::max();
  faiss::Clustering clustering(vectors.dim, static_cast<int>(options.clusters),
                               parameters);
  faiss::IndexFlatL2 index(vectors.dim);
  const auto count = static_cast<int64_t>(vectors.rows);
  clustering.train(count, rows.data(), index);
  index.reset();
  index.add(static_cast<int64_t>(options.clusters),
            clustering.centroids.data());
  std::vector<float> distances(vectors.rows);
  std::vector<int64_t> nearest(vectors.rows);
  index.search(count, rows.data(), 1, distances.data(), nearest.data());
  KMeansResult result;
  result.clusters.assign(nearest.begin(), nearest.end());
  result.objective = Objective(vectors, result.clusters, clustering.centroids);
  return result;
}

}  // namespace

absl::StatusOr<KMeansResult> KMeans(const MatrixView& vectors,
                                    const KMeansOptions& options) {
  EMBED_RETURN_IF_ERROR(Check(vectors, options));
  try {
    return Cluster(vectors, options);
  } catch (const faiss::FaissException& error) {
    return absl::InvalidArgumentError(
        absl::StrCat("k-means of FAISS: ", error.what()));
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("k-means: not enough memory");
  }
}

}  // namespace embed
