// Search among part of the rows, by walks through the graph and by scans of the
// allowed rows, one thread, one query at a time or so many together:
//   filter_bench VECTORS [ROWS [EF_SEARCH [QUERIES]]]
// Rows and queries are those of search_bench. A line: part of the rows that is
// allowed (at random), recall@10 and queries/s of walks over all rows, of walks
// over bridges, of scans and of what HnswGraph::Search() chose
// (embed/index/hnsw_allowed.h).
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "benchmarks/embed/index/bench_vectors.h"
#include "embed/index/hnsw_allowed.h"
#include "embed/index/hnsw_walk.h"
#include "embed/io/vector_reader.h"

namespace embed {
namespace {

constexpr int kM = 16;
constexpr int kEfConstruction = 100;

struct Measured {
  double recall;
  double per_second;
};

class FilterBench {
 public:
  FilterBench(const Int8Table& table, const HnswGraph& graph,
              const MatrixView& queries, uint64_t batch)
      : table_(table), graph_(graph), queries_(queries), batch_(batch) {}

  Measured Run(SearchOptions options, const std::vector<uint32_t>& expected,
               AllowedWay way) const {
    options.k = kTop;
    options.together = batch_;
    std::vector<uint32_t> ids;
    double seconds = 0;
    for (uint64_t q = 0; q < queries_.rows; q += batch_) {
      const MatrixView batch = {queries_.row(q).data(),
                                std::min(batch_, queries_.rows - q),
                                queries_.dim, queries_.stride};
      const double start = CpuSeconds();
      const SearchHits hits =
          options.allowed.empty()
              ? graph_.Search(table_, batch, options).value()
              : SearchAllowed(graph_, table_, batch, options, way);
      seconds += CpuSeconds() - start;
      for (const std::vector<SearchHit>& found : hits) {
        for (size_t rank = 0; rank < kTop; ++rank) {
          ids.push_back(rank < found.size() ? found[rank].id
                                            : HnswGraph::kNoRow);
        }
      }
    }
    return {Recall(ids, expected),
            static_cast<double>(queries_.rows) / seconds};
  }

 private:
  const Int8Table& table_;
  const HnswGraph& graph_;
  const MatrixView queries_;
  const uint64_t batch_;
};

std::vector<uint64_t> RandomRows(uint64_t rows, double part) {
  std::vector<uint64_t> bits((rows + 63) / 64);
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> uniform;
  for (uint64_t i = 0; i < rows; ++i) {
    bits[i / 64] |= uint64_t{uniform(random) < part} << (i % 64);
  }
  return bits;
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "filter_bench VECTORS [ROWS [EF_SEARCH [QUERIES]]]\n");
    return 2;
  }
  const auto vectors = ReadVectors(argv[1]);
  if (!vectors.ok()) {
    std::fprintf(stderr, "%s\n", vectors.status().ToString().c_str());
    return 1;
  }
  const int size = argc > 2 ? std::atoi(argv[2]) : 100000;
  Matrix rows = Enlarge(vectors->view(), static_cast<uint64_t>(size));
  const Matrix all_queries = Queries(&rows);
  const MatrixView queries = all_queries.view();
  Int8TableOptions table_options;
  table_options.layout = Int8Layout::kRows;
  const auto table = Int8Table::Build(rows.view(), table_options);
  HnswOptions graph_options;
  graph_options.m = kM;
  graph_options.ef_construction = kEfConstruction;
  graph_options.threads = 2;
  const auto graph = HnswGraph::Build(table.value(), graph_options);
  const int batch = argc > 4 ? std::atoi(argv[4]) : 1;
  const FilterBench bench(*table, graph.value(), queries,
                          static_cast<uint64_t>(std::max(batch, 1)));
  SearchOptions options;
  options.ef_search = argc > 3 ? std::atoi(argv[3]) : kDefaultEfSearch;
  const auto all =
      ExactNeighbours(rows.view(), queries, [](uint64_t) { return true; });
  const Measured unfiltered = bench.Run(options, all, AllowedWay::kChosen);
  std::printf("ef_search %d, unfiltered: recall %.4f, %.0f queries/s\n",
              options.ef_search, unfiltered.recall, unfiltered.per_second);
  for (const double part : {0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001}) {
    const std::vector<uint64_t> allowed = RandomRows(rows.rows, part);
    const auto expected =
        ExactNeighbours(rows.view(), queries, [&](uint64_t row) {
          return IsAllowed(allowed, static_cast<uint32_t>(row));
        });
    options.allowed = allowed;
    const Measured walk = bench.Run(options, expected, AllowedWay::kWalk);
    const Measured bridges = bench.Run(options, expected, AllowedWay::kBridges);
    const Measured scan = bench.Run(options, expected, AllowedWay::kScan);
    const Measured chosen = bench.Run(options, expected, AllowedWay::kChosen);
    std::printf(
        "part %.3f: walks %.4f %8.0f/s, bridges %.4f %8.0f/s, scans %.4f "
        "%8.0f/s, chosen %.4f %8.0f/s, %.2f of unfiltered\n",
        part, walk.recall, walk.per_second, bridges.recall, bridges.per_second,
        scan.recall, scan.per_second, chosen.recall, chosen.per_second,
        chosen.per_second / unfiltered.per_second);
  }
  return 0;
}

}  // namespace
}  // namespace embed

int main(int argc, char** argv) { return embed::Main(argc, argv); }
