// What loading a graph costs, a row of a table for one file, and files to load.
//
//   load_bench make SCALE EDGES PREFIX   writes PREFIX.edges, PREFIX.weighted
//                                        and PREFIX.hin, an R-MAT graph each
//   load_bench load FILE KIND THREADS    KIND: edges, directed, weighted,
//                                        directed_weighted, hin
//
// A process loads one file, so that the peak is its own: that of its resident
// memory, less what it had before.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "benchmarks/graph/rmat.h"
#include "graph/graph_file.h"
#include "graph/typed_edge_list.h"

namespace embed {
namespace {

int Make(int scale, uint64_t edges, const std::string& prefix) {
  RmatOptions options;
  options.scale = scale;
  options.edges = edges;
  options.weighted = true;
  const Graph graph = MakeRmat(options);
  std::ofstream plain(prefix + ".edges");
  std::ofstream weighted(prefix + ".weighted");
  std::ofstream typed(prefix + ".hin");
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    const auto targets = graph.Neighbors(v);
    for (size_t i = 0; i < targets.size(); ++i) {
      const uint32_t w = targets[i];
      if (w < v) continue;
      plain << v << ' ' << w << '\n';
      weighted << v << ' ' << w << ' ' << graph.Weights(v)[i] << '\n';
      typed << v << "\tt" << v % 4 << "\te" << v % 4 << w % 4 << "\t" << w
            << "\tt" << w % 4 << '\n';
    }
  }
  return plain.flush() && weighted.flush() && typed.flush() ? 0 : 1;
}

double PeakBytes() {
  struct rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024;
}

struct Loaded {
  GraphStats stats;
  uint64_t arcs;
  uint64_t bytes;
};

absl::StatusOr<Loaded> LoadFile(const GraphFileOptions& options) {
  if (options.format == GraphFormat::kTyped) {
    const absl::StatusOr<LoadedTypedGraph> loaded = LoadTypedGraph(options);
    if (!loaded.ok()) return loaded.status();
    return Loaded{loaded->stats, loaded->graph.graph().num_arcs(),
                  loaded->graph.memory_bytes()};
  }
  const absl::StatusOr<LoadedGraph> loaded = LoadGraph(options);
  if (!loaded.ok()) return loaded.status();
  return Loaded{loaded->stats, loaded->graph.num_arcs(),
                loaded->graph.memory_bytes()};
}

int Load(const std::string& path, absl::string_view kind, int threads) {
  GraphFileOptions options;
  options.path = path;
  options.threads = threads;
  options.directed = kind == "directed" || kind == "directed_weighted";
  options.weighted = kind == "weighted" || kind == "directed_weighted";
  if (kind == "hin") options.format = GraphFormat::kTyped;
  const double before = PeakBytes();
  const auto start = std::chrono::steady_clock::now();
  const absl::StatusOr<Loaded> loaded = LoadFile(options);
  if (!loaded.ok()) {
    std::fprintf(stderr, "%s\n", loaded.status().ToString().c_str());
    return 1;
  }
  const std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  const auto arcs = static_cast<double>(loaded->arcs);
  std::printf("%s\t%s\t%d\t%.2f\t%.3f\t%.2f\t%.1f\t%.1f\n",
              std::filesystem::path(path).filename().c_str(),
              std::string(kind).c_str(), threads, arcs * 1e-6,
              static_cast<double>(loaded->stats.bytes) * 1e-9 /
                  loaded->stats.parse_seconds,
              seconds.count(), (PeakBytes() - before) / arcs,
              static_cast<double>(loaded->bytes) / arcs);
  return 0;
}

}  // namespace
}  // namespace embed

int main(int argc, char** argv) {
  const absl::string_view command = argc == 5 ? argv[1] : "";
  if (command == "make") {
    return embed::Make(std::atoi(argv[2]), std::strtoull(argv[3], nullptr, 10),
                       argv[4]);
  }
  if (command == "load")
    return embed::Load(argv[2], argv[3], std::atoi(argv[4]));
  std::fprintf(stderr,
               "load_bench make SCALE EDGES PREFIX\n"
               "load_bench load FILE KIND THREADS\n");
  return 2;
}
