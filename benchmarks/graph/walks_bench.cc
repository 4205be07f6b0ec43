// Steps of random walks a CPU second, one thread, beside a plain loop that
// moves one walker at a time and draws from a fast generator.
//
// Graphs: R-MAT with 2^scale nodes, or with EMBED_BENCH_GRAPH=FILE an edge
// list. "vs plain" is the ratio of the two speeds in this run; the machine's
// other work disturbs both, so repeat and take the best.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "benchmarks/graph/rmat.h"
#include "graph/alias_rows.h"
#include "graph/graph_file.h"
#include "graph/loaded_graph.h"
#include "graph/metapath.h"
#include "graph/metapath_source.h"
#include "graph/typed_builder.h"
#include "graph/typed_graph.h"
#include "graph/walk_source.h"

namespace embed {
namespace {

constexpr int kWalkLength = 80;

double CpuSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) +
         1e-9 * static_cast<double>(time.tv_nsec);
}

// SplitMix64 (Steele, Lea, Flood 2014).
class FastRandom {
 public:
  uint64_t Next() {
    uint64_t x = state_ += 0x9E3779B97F4A7C15;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    return x ^ (x >> 31);
  }
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
  uint32_t Below(uint32_t bound) {
    return static_cast<uint32_t>(((Next() >> 32) * bound) >> 32);
  }

 private:
  uint64_t state_ = 1;
};

// The graph of the benchmark's scale (0: the file), made once and kept till
// another is asked for. Null, and the benchmark is skipped, if the file cannot
// be read that way: it has no weights, say.
const Graph* BenchGraph(benchmark::State& state, bool weighted) {
  static std::pair<int, bool> made(-1, false);
  static auto* const graph = new Graph();
  const int scale = static_cast<int>(state.range(0));
  if (made == std::pair(scale, weighted)) return graph;
  made = {-1, false};
  *graph = Graph();
  if (scale == 0) {
    GraphFileOptions options;
    options.path = std::getenv("EMBED_BENCH_GRAPH");
    options.weighted = weighted;
    absl::StatusOr<LoadedGraph> loaded = LoadGraph(options);
    if (!loaded.ok()) {
      state.SkipWithError(std::string(loaded.status().message()).c_str());
      return nullptr;
    }
    *graph = std::move(loaded->graph);
  } else {
    RmatOptions options;
    options.scale = scale;
    // 16.3 million arcs at scale 20, 66 million at 22.
    options.edges = scale == 20 ? 8500000 : (uint64_t{33} << scale) / 4;
    options.weighted = weighted;
    options.threads = 2;
    *graph = MakeRmat(options);
  }
  made = {scale, weighted};
  return graph;
}

// Steps a CPU second of the textbook loop that goes on from `node` to
// next(&random, node).
template <class Next>
double PlainLoop(const Graph& graph, const Next& next) {
  FastRandom random;
  uint64_t steps = 0;
  uint64_t sum = 0;
  const double start = CpuSeconds();
  double seconds = 0;
  while ((seconds = CpuSeconds() - start) < 0.5) {
    for (int walk = 0; walk < 100; ++walk) {
      uint32_t node = random.Below(graph.num_nodes());
      for (int i = 1; i < kWalkLength && graph.Degree(node) > 0; ++i, ++steps) {
        node = next(&random, node);
        sum += node;
      }
    }
  }
  benchmark::DoNotOptimize(sum);
  return static_cast<double>(steps) / seconds;
}

double PlainUniform(const Graph& graph) {
  return PlainLoop(graph, [&graph](FastRandom* random, uint32_t node) {
    return graph.Neighbors(node)[random->Below(graph.Degree(node))];
  });
}

// By an alias table for each node.
double PlainWeighted(const Graph& graph) {
  const AliasRows rows = *AliasRows::OfWeights(graph, 2);
  return PlainLoop(graph, [&](FastRandom* random, uint32_t node) {
    const uint64_t arc = graph.rows()[node] + random->Below(graph.Degree(node));
    return rows.Target(node, arc, static_cast<uint32_t>(random->Next() >> 32));
  });
}

// A plain loop for node2vec in an undirected graph without weights: rejection
// with the return edge folded out, and a binary search where t's arcs decide.
double PlainNode2vec(const Graph& graph, double p, double q) {
  FastRandom random;
  uint64_t steps = 0;
  uint64_t sum = 0;
  const double bound = std::max(1.0, 1 / q);
  const double fold = std::max(0.0, 1 / p / bound - 1);
  const auto step = [&](uint32_t previous, uint32_t node, bool first) {
    const auto row = graph.Neighbors(node);
    const auto back = graph.Neighbors(previous);
    for (;;) {
      const double size = static_cast<double>(row.size());
      const double place =
          random.Unit() * (first ? size : size + fold) - (first ? 0 : fold);
      if (place < 0) return previous;
      const uint32_t next = row[static_cast<size_t>(place)];
      const double draw = random.Unit() * bound;
      if (first || draw < std::min(1.0, 1 / q)) return next;
      if (next == previous) {
        if (draw < 1 / p) return next;
        continue;
      }
      const bool near = std::binary_search(back.begin(), back.end(), next);
      if (draw < (near ? 1 : 1 / q)) return next;
    }
  };
  const double start = CpuSeconds();
  double seconds = 0;
  while ((seconds = CpuSeconds() - start) < 0.5) {
    for (int walk = 0; walk < 20; ++walk) {
      uint32_t node = random.Below(graph.num_nodes());
      uint32_t previous = node;
      for (int i = 1; i < kWalkLength && graph.Degree(node) > 0; ++i, ++steps) {
        const uint32_t next = step(previous, node, i == 1);
        previous = node;
        node = next;
        sum += node;
      }
    }
  }
  benchmark::DoNotOptimize(sum);
  return static_cast<double>(steps) / seconds;
}

// The edges of an undirected graph between nodes of three types, A, B and C,
// dealt out by a hash of the node.
TypedGraph MakeTyped(const Graph& graph) {
  TypedEdges edges(false);
  edges.node_type_names = {"A", "B", "C"};
  edges.edge_type_names = {"AA", "AB", "AC", "BB", "BC", "CC"};
  constexpr uint16_t kEdgeTypes[3][3] = {{0, 1, 2}, {1, 3, 4}, {2, 4, 5}};
  for (uint64_t node = 0; node < graph.num_nodes(); ++node) {
    const uint64_t hash = node * 0x9E3779B97F4A7C15 >> 32;
    edges.types_of_node.push_back(static_cast<uint16_t>(hash * 3 >> 32));
  }
  for (uint32_t node = 0; node < graph.num_nodes(); ++node) {
    const uint16_t type = edges.types_of_node[node];
    for (const uint32_t target : graph.Neighbors(node)) {
      const uint16_t target_type = edges.types_of_node[target];
      // Once each, from the type that comes first in the name.
      if (std::pair(type, node) >= std::pair(target_type, target)) continue;
      edges.arcs.Append({node, target});
      edges.edge_types.push_back(kEdgeTypes[type][target_type]);
    }
  }
  return std::move(BuildTypedGraph(std::move(edges), false, 2)->graph);
}

double PlainMetapath(const TypedGraph& graph) {
  return PlainLoop(graph.graph(), [&](FastRandom* random, uint32_t node) {
    const auto type = static_cast<uint16_t>((graph.TypeOfNode(node) + 1) % 3);
    const ArcRange arcs = graph.ArcsTo(node, type);
    // Where the path ends, another begins.
    if (arcs.begin == arcs.end) return random->Below(graph.graph().num_nodes());
    const uint64_t number = arcs.end - arcs.begin;
    return graph.graph()
        .targets()[arcs.begin + random->Below(static_cast<uint32_t>(number))];
  });
}

void RunWalks(benchmark::State& state, WalkSource* source, double plain) {
  SequenceBatch batch;
  uint64_t steps = 0;
  uint64_t chunk = 0;
  uint32_t epoch = 0;
  const double start = CpuSeconds();
  for (auto _ : state) {
    if (!source->Read(epoch, chunk, &batch).ok()) std::abort();
    steps += batch.ids.size() - batch.num_sequences();
    if (++chunk == source->num_chunks()) {
      chunk = 0;
      ++epoch;
    }
  }
  const double speed = static_cast<double>(steps) / (CpuSeconds() - start);
  state.counters["Msteps/s"] = speed * 1e-6;
  state.counters["plain"] = plain * 1e-6;
  state.counters["vs plain"] = speed / plain;
}

WalkOptions BenchOptions() {
  WalkOptions options;
  options.walks_per_node = 10;
  options.walk_length = kWalkLength;
  options.threads = 2;
  return options;
}

void RunWalks(benchmark::State& state, const Graph& graph,
              const WalkOptions& options, double plain) {
  const std::unique_ptr<WalkSource> source =
      *WalkSource::Create(graph, options);
  RunWalks(state, source.get(), plain);
}

void BM_Uniform(benchmark::State& state) {
  const Graph* graph = BenchGraph(state, false);
  if (graph == nullptr) return;
  RunWalks(state, *graph, BenchOptions(), PlainUniform(*graph));
}

// Along A-B-C-A, each node at random of one of the three types.
void BM_Metapath(benchmark::State& state) {
  const Graph* untyped = BenchGraph(state, false);
  if (untyped == nullptr) return;
  const TypedGraph graph = MakeTyped(*untyped);
  const auto metapath = *Metapath::Parse("A-B-C-A", graph);
  const std::unique_ptr<WalkSource> source =
      *CreateMetapathSource(graph, metapath, false, BenchOptions());
  RunWalks(state, source.get(), PlainMetapath(graph));
}

void BM_Weighted(benchmark::State& state) {
  const Graph* graph = BenchGraph(state, true);
  if (graph == nullptr) return;
  WalkOptions options = BenchOptions();
  options.weighted = true;
  RunWalks(state, *graph, options, PlainWeighted(*graph));
}

void BM_Node2vec(benchmark::State& state) {
  const Graph* graph = BenchGraph(state, false);
  if (graph == nullptr) return;
  WalkOptions options = BenchOptions();
  options.return_p = 0.25;
  options.inout_q = 4;
  RunWalks(state, *graph, options, PlainNode2vec(*graph, 0.25, 4));
}

void Scales(benchmark::internal::Benchmark* bench) {
  bench->ArgName("scale")->MinTime(2);
  if (std::getenv("EMBED_BENCH_GRAPH") != nullptr) {
    bench->Arg(0);
  } else {
    bench->Arg(20)->Arg(22);
  }
}
BENCHMARK(BM_Uniform)->Apply(Scales);
BENCHMARK(BM_Node2vec)->Apply(Scales);
BENCHMARK(BM_Metapath)->Apply(Scales);
BENCHMARK(BM_Weighted)->Apply(Scales);

}  // namespace
}  // namespace embed

BENCHMARK_MAIN();
