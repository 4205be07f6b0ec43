// Recall@10 against queries/s of HnswGraph (scores of the best from its codes,
// and from float16 rows), IvfLists (ef is nprobe), hnswlib and FAISS's
// IndexHNSWFlat, one thread, one query at a time:
//   hnsw_bench VECTORS [ROWS [M [EF_CONSTRUCTION [hnswlib|faiss|all|none]]]]
// VECTORS: any file embed/io/vector_reader.h reads. The rows are brought to
// length 1 and, up to ROWS, filled up with copies of themselves plus normal
// noise of relative length 0.5; queries are copies with noise of 0.2.
// Neighbours are those of an exact search with floats. Seconds are CPU time of
// this thread.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/embed/index/bench_vectors.h"
#include "benchmarks/embed/index/hnsw_peers.h"
#include "embed/index/hnsw_graph.h"
#include "embed/index/int8_table.h"
#include "embed/index/ivf_lists.h"
#include "embed/io/vector_reader.h"

namespace embed {
namespace {

constexpr int kRuns = 3;

using SearchFunction = std::function<std::vector<uint32_t>(int ef)>;

// Prints recall and queries/s for rising ef, then the speed at fixed recalls,
// between two measured ones by the line through their logarithms.
void Measure(const std::string& name, const SearchFunction& search,
             const std::vector<uint32_t>& expected) {
  std::vector<std::pair<double, double>> curve;
  for (const int ef : {10, 14, 20, 28, 40, 56, 80, 112, 160, 240, 400, 640}) {
    std::vector<double> seconds;
    double recall = 0;
    for (int run = 0; run < kRuns; ++run) {
      const double start = CpuSeconds();
      const std::vector<uint32_t> found = search(ef);
      seconds.push_back(CpuSeconds() - start);
      recall = Recall(found, expected);
    }
    std::sort(seconds.begin(), seconds.end());
    curve.emplace_back(recall, kQueries / seconds[kRuns / 2]);
    std::printf("%-10s ef %4d  recall@10 %.4f  %8.0f queries/s\n", name.c_str(),
                ef, recall, curve.back().second);
  }
  for (const double target : {0.90, 0.95, 0.99}) {
    for (size_t i = 0; i < curve.size(); ++i) {
      if (curve[i].first < target) continue;
      double speed = curve[i].second;
      if (i > 0) {
        const double part = (target - curve[i - 1].first) /
                            (curve[i].first - curve[i - 1].first);
        speed = std::exp((1 - part) * std::log(curve[i - 1].second) +
                         part * std::log(speed));
      }
      std::printf("%-10s at recall %.2f: %8.0f queries/s\n", name.c_str(),
                  target, speed);
      break;
    }
  }
  std::fflush(stdout);
}

using OneSearch = std::function<absl::StatusOr<SearchHits>(
    const MatrixView& query, const SearchOptions& options)>;

// The ids of all queries' hits, one query at a time.
std::vector<uint32_t> SearchOneByOne(const MatrixView& queries,
                                     SearchOptions options,
                                     const OneSearch& search) {
  options.k = kTop;
  std::vector<uint32_t> ids;
  for (uint64_t q = 0; q < queries.rows; ++q) {
    const MatrixView query = {queries.row(q).data(), 1, queries.dim,
                              queries.stride};
    const auto hits = search(query, options);
    for (const SearchHit& hit : hits->front()) ids.push_back(hit.id);
  }
  return ids;
}

bool MeasureOurs(const MatrixView& rows, const MatrixView& queries,
                 const HnswOptions& options,
                 const std::vector<uint32_t>& expected) {
  Int8TableOptions with_f16;
  with_f16.keep_f16 = true;
  const auto table = Int8Table::Build(rows, {});
  const auto f16_table = Int8Table::Build(rows, with_f16);
  if (!table.ok() || !f16_table.ok()) return false;
  const double start = CpuSeconds();
  const auto graph = HnswGraph::Build(*table, options);
  if (!graph.ok()) return false;
  std::printf("embed: built in %.1f s\n", CpuSeconds() - start);
  for (const Int8Table* searched : {&*table, &*f16_table}) {
    Measure(
        searched->has_f16() ? "embed f16" : "embed",
        [&](int ef) {
          SearchOptions search_options;
          search_options.ef_search = ef;
          return SearchOneByOne(
              queries, search_options,
              [&](const MatrixView& query, const SearchOptions& asked) {
                return graph->Search(*searched, query, asked);
              });
        },
        expected);
  }
  return true;
}

bool MeasureLists(const MatrixView& rows, const MatrixView& queries,
                  const std::vector<uint32_t>& expected) {
  const double start = CpuSeconds();
  auto partition = PartitionRows(rows, {});
  if (!partition.ok()) return false;
  Matrix ordered(rows.rows, rows.dim);
  for (uint64_t i = 0; i < rows.rows; ++i) {
    std::copy_n(rows.row(partition->order[i]).data(), rows.dim, ordered.row(i));
  }
  Int8TableOptions with_f16;
  with_f16.keep_f16 = true;
  const auto table = Int8Table::Build(ordered.view(), {});
  IvfLists::Parts parts;
  parts.starts = partition->starts;
  const auto lists =
      IvfLists::FromParts(partition->centers, parts, rows.rows, nullptr);
  if (!table.ok() || !lists.ok()) return false;
  std::printf("embed ivf: %u lists built in %.1f s\n", lists->lists(),
              CpuSeconds() - start);
  const auto f16_table = Int8Table::Build(ordered.view(), with_f16);
  if (!f16_table.ok()) return false;
  for (const Int8Table* searched : {&*table, &*f16_table}) {
    Measure(
        searched->has_f16() ? "ivf f16" : "ivf",
        [&](int nprobe) {
          SearchOptions search_options;
          search_options.nprobe = nprobe;
          std::vector<uint32_t> ids = SearchOneByOne(
              queries, search_options,
              [&](const MatrixView& query, const SearchOptions& asked) {
                return lists->Search(*searched, query, asked);
              });
          for (uint32_t& id : ids) id = partition->order[id];
          return ids;
        },
        expected);
  }
  return true;
}

void MeasurePeer(const std::string& name, SearchPeer* peer,
                 const MatrixView& rows, const MatrixView& queries,
                 const std::vector<uint32_t>& expected) {
  const double start = CpuSeconds();
  peer->Build(rows);
  std::printf("%s: built in %.1f s\n", name.c_str(), CpuSeconds() - start);
  const auto search = [&](int ef) { return peer->Search(queries, kTop, ef); };
  Measure(name, search, expected);
}

int Main(int argc, char** argv) {
  const auto argument = [&](int i, int other) {
    return argc > i ? std::atoi(argv[i]) : other;
  };
  if (argc < 2) {
    std::fprintf(stderr,
                 "hnsw_bench VECTORS [ROWS [M [EF_CONSTRUCTION [PEERS]]]]\n");
    return 2;
  }
  const auto vectors = ReadVectors(argv[1]);
  if (!vectors.ok()) {
    std::fprintf(stderr, "%s\n", vectors.status().ToString().c_str());
    return 1;
  }
  HnswOptions options;
  options.m = argument(3, 16);
  options.ef_construction = argument(4, 100);
  const std::string peers = argc > 5 ? argv[5] : "hnswlib";
  Matrix rows =
      Enlarge(vectors->view(), static_cast<uint64_t>(argument(2, 100000)));
  const Matrix queries = Queries(&rows);
  const std::vector<uint32_t> expected = ExactNeighbours(
      rows.view(), queries.view(), [](uint64_t) { return true; });
  std::printf("%d rows of dim %d, m %d, ef_construction %d\n",
              static_cast<int>(rows.rows), rows.dim, options.m,
              options.ef_construction);
  if (!MeasureOurs(rows.view(), queries.view(), options, expected) ||
      !MeasureLists(rows.view(), queries.view(), expected)) {
    return 1;
  }
  if (peers == "hnswlib" || peers == "all") {
    const auto peer = MakeHnswlib(options.m, options.ef_construction);
    if (peer != nullptr) {
      MeasurePeer("hnswlib", peer.get(), rows.view(), queries.view(), expected);
    } else {
      std::printf("hnswlib was not there when this program was built\n");
    }
  }
  if (peers == "faiss" || peers == "all") {
    const auto peer = MakeFaissHnsw(options.m, options.ef_construction);
    MeasurePeer("faiss", peer.get(), rows.view(), queries.view(), expected);
  }
  return 0;
}

}  // namespace
}  // namespace embed

int main(int argc, char** argv) { return embed::Main(argc, argv); }
