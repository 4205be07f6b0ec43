// Puts rows into lists by FAISS's k-means, which finds the nearest centers with
// our scan.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "embed/base/exceptions.h"
#include "embed/base/philox.h"
#include "embed/base/status_macros.h"
#include "embed/index/int8_codec.h"
#include "embed/index/ivf_lists.h"
#include "embed/index/openmp_threads.h"
#include "faiss/Clustering.h"
#include "faiss/Index.h"
#include "faiss/impl/FaissAssert.h"

namespace embed {
namespace {

constexpr double kListsPerRoot = 4;
constexpr uint64_t kLeastMeanRows = 32;
constexpr uint64_t kMostDefaultLists = 65536;
// Of Lloyd's iterations, as FAISS's own IndexIVF makes them.
constexpr int kIterations = 10;
// Rows for each center in training. More change the recall by less than its
// error.
constexpr uint64_t kSampleRowsPerList = 64;
// Apart from the streams of embed/index/kmeans.cc.
constexpr uint32_t kPartitionEpoch = 1;
// Rows that are put into lists at a time: their hits are held in memory.
constexpr uint64_t kRowPart = 65536;

// The centers, as FAISS's Clustering asks for them.
class CenterIndex : public faiss::Index {
 public:
  CenterIndex(int dim, int threads)
      : faiss::Index(dim, faiss::METRIC_INNER_PRODUCT) {
    options_.rotation = Int8Rotation::kNever;
    options_.threads = threads;
  }

  void add(int64_t n, const float* x) override {
    auto table = Int8Table::Build(Rows(n, x), options_);
    if (!table.ok()) FAISS_THROW_MSG(std::string(table.status().message()));
    centers_.emplace(*std::move(table));
    ntotal = n;
  }
  void reset() override {
    centers_.reset();
    ntotal = 0;
  }
  void search(int64_t n, const float* x, int64_t k, float* distances,
              int64_t* labels,
              const faiss::SearchParameters* /*params*/) const override {
    FAISS_THROW_IF_NOT_MSG(k == 1, "the nearest center only");
    SearchOptions options;
    options.k = 1;
    options.threads = options_.threads;
    for (int64_t begin = 0; begin < n; begin += kRowPart) {
      const int64_t count = std::min<int64_t>(n - begin, kRowPart);
      const auto hits = centers_->Search(Rows(count, x + begin * d), options);
      if (!hits.ok()) FAISS_THROW_MSG(std::string(hits.status().message()));
      for (int64_t i = 0; i < count; ++i) {
        distances[begin + i] = (*hits)[i][0].score;
        labels[begin + i] = (*hits)[i][0].id;
      }
    }
  }

 private:
  MatrixView Rows(int64_t n, const float* x) const {
    return {x, static_cast<uint64_t>(n), d, static_cast<uint64_t>(d)};
  }

  Int8TableOptions options_;
  std::optional<Int8Table> centers_;
};

// The directions of `count` rows, one at random from each of as many equal
// parts of the table; all rows if there are no more.
std::vector<float> SampleDirections(const MatrixView& vectors, uint64_t count,
                                    uint64_t seed) {
  count = std::min(count, vectors.rows);
  const size_t dim = static_cast<size_t>(vectors.dim);
  const std::vector<float> zeros(dim);
  const Int8Codec codec = {zeros, {}};
  Philox random(seed, RandomPurpose::kDataSplits, kPartitionEpoch, 0);
  std::vector<float> values(count * dim);
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t begin = i * vectors.rows / count;
    const uint64_t end = (i + 1) * vectors.rows / count;
    const uint64_t row =
        begin + random.Below(static_cast<uint32_t>(end - begin));
    codec.ToUnit(vectors.row(row),
                 absl::MakeSpan(values).subspan(i * dim, dim));
  }
  return values;
}

// [lists, dim]
std::vector<float> TrainCenters(const MatrixView& vectors, uint32_t lists,
                                const IvfOptions& options) {
  const OpenMpThreads openmp(options.threads);
  const std::vector<float> sample =
      SampleDirections(vectors, lists * kSampleRowsPerList, options.seed);
  faiss::ClusteringParameters parameters;
  parameters.niter = kIterations;
  parameters.spherical = true;
  // FAISS's seed has 31 bits.
  parameters.seed = static_cast<int>(
      Philox(options.seed, RandomPurpose::kDataSplits, kPartitionEpoch, 1)
          .Next32() >>
      1);
  // No warning about few rows, no second sample.
  parameters.min_points_per_centroid = 1;
  parameters.max_points_per_centroid = std::numeric_limits<int>::max();
  faiss::Clustering clustering(vectors.dim, static_cast<int>(lists),
                               parameters);
  CenterIndex index(vectors.dim, options.threads);
  clustering.train(static_cast<int64_t>(sample.size() / vectors.dim),
                   sample.data(), index);
  return std::move(clustering.centroids);
}

// The nearest center of each row.
absl::StatusOr<std::vector<uint32_t>> NearestCenters(const Int8Table& centers,
                                                     const MatrixView& vectors,
                                                     int threads) {
  SearchOptions options;
  options.k = 1;
  options.threads = threads;
  std::vector<uint32_t> nearest;
  nearest.reserve(vectors.rows);
  for (uint64_t begin = 0; begin < vectors.rows; begin += kRowPart) {
    const uint64_t count = std::min(vectors.rows - begin, kRowPart);
    EMBED_ASSIGN_OR_RETURN(const SearchHits hits,
                           centers.Search({vectors.row(begin).data(), count,
                                           vectors.dim, vectors.stride},
                                          options));
    for (const std::vector<SearchHit>& hit : hits) {
      // None only with the centers of a damaged file.
      nearest.push_back(hit.empty() ? 0 : hit[0].id);
    }
  }
  return nearest;
}

}  // namespace

uint32_t DefaultIvfLists(uint64_t rows) {
  const uint64_t lists = static_cast<uint64_t>(
      kListsPerRoot * std::sqrt(static_cast<double>(rows)));
  const uint64_t most = std::min(rows / kLeastMeanRows, kMostDefaultLists);
  return static_cast<uint32_t>(std::max<uint64_t>(std::min(lists, most), 1));
}

absl::StatusOr<IvfPartition> PartitionRows(const MatrixView& vectors,
                                           const IvfOptions& options) {
  const uint32_t lists =
      options.lists == 0 ? DefaultIvfLists(vectors.rows) : options.lists;
  if (lists > vectors.rows || lists > kMaxIvfLists) {
    return absl::InvalidArgumentError(
        absl::StrCat(lists, " lists of ", vectors.rows,
                     " rows; expected as many as rows or fewer, and at most ",
                     kMaxIvfLists));
  }
  std::vector<float> centers;
  EMBED_RETURN_IF_ERROR(CatchExceptions([&] {
    centers = TrainCenters(vectors, lists, options);
    return absl::OkStatus();
  }));
  Int8TableOptions table_options;
  table_options.rotation = Int8Rotation::kNever;
  table_options.threads = options.threads;
  EMBED_ASSIGN_OR_RETURN(const Int8Table table,
                         Int8Table::Build({centers.data(), lists, vectors.dim,
                                           static_cast<uint64_t>(vectors.dim)},
                                          table_options));
  return AssignRows(table, vectors, options.threads);
}

absl::StatusOr<IvfPartition> AssignRows(const Int8Table& centers,
                                        const MatrixView& vectors,
                                        int threads) {
  EMBED_ASSIGN_OR_RETURN(const std::vector<uint32_t> nearest,
                         NearestCenters(centers, vectors, threads));
  const uint32_t lists = static_cast<uint32_t>(centers.rows());
  IvfPartition partition = {centers, {}, {}};
  partition.order.resize(vectors.rows);
  partition.starts.resize(lists + 1);
  for (const uint32_t list : nearest) ++partition.starts[list + 1];
  for (uint32_t list = 0; list < lists; ++list) {
    partition.starts[list + 1] += partition.starts[list];
  }
  std::vector<uint32_t> next = partition.starts;
  for (uint64_t row = 0; row < vectors.rows; ++row) {
    partition.order[next[nearest[row]]++] = static_cast<uint32_t>(row);
  }
  return partition;
}

}  // namespace embed
