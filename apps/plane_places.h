// Vectors brought into the plane: PCA, or t-SNE with neighbours from an index.
#ifndef EMBED_APPS_PLANE_PLACES_H_
#define EMBED_APPS_PLANE_PLACES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "embed/eval/point_tree.h"
#include "embed/eval/tsne.h"
#include "embed/math/matrix_view.h"

namespace embed {

struct PlanePlaces {
  std::vector<Point> places;
  std::string note;  // how they were made, a line
};

// The share of the work done, in [0, 1], and what is being done.
using PlaneProgress = std::function<void(double done, const std::string& what)>;

// The first two principal components; with one dimension, all are at y = 0.
absl::StatusOr<PlanePlaces> PcaPlaces(const MatrixView& unit_rows, int threads);

// Neighbours are the nearest by cosine in an Int8Table; distances are those of
// unit vectors, 2 - 2 cosine. A perplexity that is too large for the number of
// rows is lowered to a third of it. InvalidArgument: fewer than 4 rows; others:
// those of Tsne() and Int8Table.
absl::StatusOr<PlanePlaces> TsnePlaces(const MatrixView& unit_rows,
                                       TsneOptions options,
                                       const PlaneProgress& progress);

}  // namespace embed

#endif  // EMBED_APPS_PLANE_PLACES_H_
