#include "apps/plane_places.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "embed/base/status_macros.h"
#include "embed/eval/pca.h"
#include "embed/index/int8_table.h"

namespace embed {
namespace {

// Queries for one search: enough to be fast, few enough to show progress.
constexpr uint64_t kPointBatch = 4096;

// The k nearest other rows of each row.
absl::StatusOr<NeighborGraph> FindNeighbors(const MatrixView& rows, uint64_t k,
                                            int threads,
                                            const PlaneProgress& progress) {
  Int8TableOptions table_options;
  table_options.threads = threads;
  EMBED_ASSIGN_OR_RETURN(const Int8Table table,
                         Int8Table::Build(rows, table_options));
  NeighborGraph graph;
  SearchOptions search;
  search.k = k + 1;  // itself
  search.threads = threads;
  for (uint64_t first = 0; first < rows.rows; first += kPointBatch) {
    const uint64_t count = std::min(kPointBatch, rows.rows - first);
    EMBED_ASSIGN_OR_RETURN(const SearchHits hits,
                           table.Search({rows.data + first * rows.stride, count,
                                         rows.dim, rows.stride},
                                        search));
    for (uint64_t i = 0; i < count; ++i) {
      uint64_t kept = 0;
      for (const SearchHit& hit : hits[i]) {
        if (hit.id == first + i || kept == k) continue;
        graph.ids.push_back(hit.id);
        graph.squared_distances.push_back(std::max(0.0f, 2 - 2 * hit.score));
        ++kept;
      }
      graph.offsets.push_back(graph.ids.size());
    }
    progress(
        static_cast<double>(first + count) / static_cast<double>(rows.rows),
        "neighbors");
  }
  return graph;
}

struct Components {
  std::vector<Point> places;
  double share = 0;  // of the variance
};

absl::StatusOr<Components> FirstTwo(const MatrixView& rows, int threads) {
  const int wanted = std::min(2, rows.dim);
  EMBED_ASSIGN_OR_RETURN(const PrincipalComponents found,
                         Pca(rows, wanted, threads));
  Components components;
  const size_t width = static_cast<size_t>(wanted);
  for (size_t i = 0; i < rows.rows; ++i) {
    components.places.push_back(
        {found.places[width * i], wanted == 2 ? found.places[2 * i + 1] : 0});
  }
  for (const double share : found.shares) components.share += share;
  return components;
}

}  // namespace

absl::StatusOr<PlanePlaces> PcaPlaces(const MatrixView& unit_rows,
                                      int threads) {
  EMBED_ASSIGN_OR_RETURN(Components found, FirstTwo(unit_rows, threads));
  return PlanePlaces{
      std::move(found.places),
      absl::StrFormat("the first two principal components, %.0f %% of the "
                      "variance",
                      100 * found.share)};
}

absl::StatusOr<PlanePlaces> TsnePlaces(const MatrixView& unit_rows,
                                       TsneOptions options,
                                       const PlaneProgress& progress) {
  if (unit_rows.rows < 4) {
    return absl::InvalidArgumentError(
        absl::StrCat("t-SNE of ", unit_rows.rows,
                     " keys; it needs at least 4 (--method pca does not)"));
  }
  const uint64_t others = unit_rows.rows - 1;
  options.perplexity =
      std::min(options.perplexity, static_cast<double>(others) / 3);
  EMBED_ASSIGN_OR_RETURN(const Components start,
                         FirstTwo(unit_rows, options.threads));
  EMBED_ASSIGN_OR_RETURN(
      const NeighborGraph graph,
      FindNeighbors(unit_rows, std::min(others, options.Neighbors()),
                    options.threads, progress));
  double divergence = 0;
  EMBED_ASSIGN_OR_RETURN(
      std::vector<Point> places,
      Tsne(graph, start.places, options, [&](int step, int steps, double now) {
        divergence = now;
        progress(static_cast<double>(step) / steps,
                 absl::StrFormat("t-SNE, divergence %.3f", now));
        return true;
      }));
  return PlanePlaces{
      std::move(places),
      absl::StrFormat("t-SNE by cosine, perplexity %.4g, %d steps, divergence "
                      "%.3f",
                      options.perplexity, options.steps, divergence)};
}

}  // namespace embed
