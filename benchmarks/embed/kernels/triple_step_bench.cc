// The kernel of HIN2Vec alone: triples with a positive and five negatives, four
// with the same x after one another as along a walk, rows picked at random from
// a table that fits the second-level cache or does not.
//
// Counted flops: 2 for each multiply-add of the scores and of both updates,
// 6 (1 + K) dim a triple; gates, slopes and sigmoids are not counted.
#include <benchmark/benchmark.h>

#include <vector>

#include "embed/base/philox.h"
#include "embed/kernels/cpu_target.h"
#include "embed/kernels/triple_step.h"
#include "embed/model/embedding_table.h"

namespace embed {
namespace {

constexpr int kTargets = 6;
constexpr size_t kTriples = 1024;  // prepared beforehand, used in turn
constexpr size_t kTriplesOfX = 4;
constexpr uint32_t kRelations = 64;

// Arguments: dim, rows of the table of nodes, 1 for the sigmoid gate.
void BM_TripleStep(benchmark::State& state) {
  const int dim = static_cast<int>(state.range(0));
  const uint32_t rows = static_cast<uint32_t>(state.range(1));
  EmbeddingTable nodes = *EmbeddingTable::Create(rows, dim);
  EmbeddingTable relations = *EmbeddingTable::Create(kRelations, dim);
  nodes.FillUniform(0.5f / static_cast<float>(dim), 1, 1);
  relations.FillUniform(0.5f, 2, 1);
  Philox random(1, RandomPurpose::kTest, 0, 0);
  std::vector<float*> x;
  std::vector<float*> relation;
  std::vector<float*> targets;
  for (size_t i = 0; i < kTriples; ++i) {
    x.push_back(i % kTriplesOfX == 0 ? nodes.row(random.Below(rows))
                                     : x.back());
    relation.push_back(relations.row(random.Below(kRelations)));
    for (int t = 0; t < kTargets; ++t) {
      targets.push_back(nodes.row(random.Below(rows)));
    }
  }
  const TripleStepFunction step = GetTripleStep(
      state.range(2) != 0 ? RelationGate::kSigmoid : RelationGate::kStep);
  LossSum loss;
  size_t i = 0;
  for (auto _ : state) {
    step({x[i], relation[i], &targets[i * kTargets], kTargets, nodes.stride(),
          1e-6f},
         &loss);
    i = (i + 1) % kTriples;
  }
  benchmark::DoNotOptimize(loss.Take());
  const double triples = static_cast<double>(state.iterations());
  state.counters["triples"] =
      benchmark::Counter(triples, benchmark::Counter::kIsRate);
  state.counters["FLOP"] = benchmark::Counter(triples * 6 * kTargets * dim,
                                              benchmark::Counter::kIsRate);
  state.SetLabel(CpuTargetInUse());
}
BENCHMARK(BM_TripleStep)
    ->ArgNames({"dim", "rows", "sigmoid"})
    ->ArgsProduct({{100, 128, 300}, {600}, {0, 1}})
    ->ArgsProduct({{128}, {40000, 1000000}, {0}});

}  // namespace
}  // namespace embed

BENCHMARK_MAIN();
