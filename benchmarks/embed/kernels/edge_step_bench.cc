// The edge kernel alone: an input row against a positive and five negatives,
// for one order or for both side by side, and beside it the composed kernel on
// the same rows, picked at random from a table that fits the second-level cache
// or does not.
//
// Counted flops: 2 for each multiply-add of the scores and of both updates,
// 6 (1 + K) dim for each input; the sigmoid is not counted.
#include <benchmark/benchmark.h>

#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/base/philox.h"
#include "embed/kernels/composed_step.h"
#include "embed/kernels/edge_step.h"
#include "embed/model/embedding_table.h"

namespace embed {
namespace {

constexpr int kTargets = 6;
constexpr size_t kEdges = 1024;  // prepared beforehand, used in turn

// Rows of kEdges edges.
struct Rows {
  Rows(int dim, uint32_t rows, int inputs_of_edge)
      : input(*EmbeddingTable::Create(rows, dim)),
        output(*EmbeddingTable::Create(rows, dim)) {
    input.FillUniform(0.5f / static_cast<float>(dim), 1, 1);
    output.FillUniform(0.5f / static_cast<float>(dim), 2, 1);
    Philox random(1, RandomPurpose::kTest, 0, 0);
    const size_t count = kEdges * static_cast<size_t>(inputs_of_edge);
    for (size_t i = 0; i < count; ++i) {
      inputs.push_back(input.row(random.Below(rows)));
      for (int t = 0; t < kTargets; ++t) {
        targets.push_back(output.row(random.Below(rows)));
      }
    }
  }

  EmbeddingTable input;
  EmbeddingTable output;
  std::vector<float*> inputs;
  std::vector<float*> targets;
};

void SetCounters(int dim, int inputs, benchmark::State* state) {
  const double edges = static_cast<double>(state->iterations());
  state->counters["edges"] =
      benchmark::Counter(edges, benchmark::Counter::kIsRate);
  state->counters["FLOP"] = benchmark::Counter(
      edges * 6 * kTargets * dim * inputs, benchmark::Counter::kIsRate);
}

// Arguments: dim of an order, rows of each table, orders.
void BM_EdgeStep(benchmark::State& state) {
  const int dim = static_cast<int>(state.range(0));
  const int inputs = static_cast<int>(state.range(2));
  const Rows rows(dim, static_cast<uint32_t>(state.range(1)), inputs);
  const EdgeStepFunction step = GetEdgeStep();
  LossSum loss;
  size_t edge = 0;
  for (auto _ : state) {
    const size_t first = edge * static_cast<size_t>(inputs);
    step({&rows.inputs[first], &rows.targets[first * kTargets], inputs,
          kTargets, rows.input.stride(), 1e-6f},
         &loss);
    edge = (edge + 1) % kEdges;
  }
  benchmark::DoNotOptimize(loss.Take());
  SetCounters(dim, inputs, &state);
}

void BM_ComposedStep(benchmark::State& state) {
  const int dim = static_cast<int>(state.range(0));
  const int inputs = static_cast<int>(state.range(2));
  const Rows rows(dim, static_cast<uint32_t>(state.range(1)), inputs);
  const std::vector<float> labels = {1, 0, 0, 0, 0, 0};
  const ComposedStepFunction step = GetComposedStep();
  AlignedBuffer buffer =
      *AlignedBuffer::Create(2 * rows.input.stride() * sizeof(float));
  ComposedScratch scratch;
  scratch.hidden = static_cast<float*>(buffer.data());
  scratch.gradient = scratch.hidden + rows.input.stride();
  size_t edge = 0;
  for (auto _ : state) {
    for (int i = 0; i < inputs; ++i) {
      const size_t input =
          edge * static_cast<size_t>(inputs) + static_cast<size_t>(i);
      step({&rows.inputs[input], 1, 1.0f, 1.0f, &rows.targets[input * kTargets],
            labels.data(), kTargets, rows.input.stride(), 1e-6f},
           &scratch);
    }
    edge = (edge + 1) % kEdges;
  }
  benchmark::DoNotOptimize(scratch.loss.Take());
  SetCounters(dim, inputs, &state);
}

void Sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"dim", "rows", "orders"});
  for (const int rows : {512, 10000}) {
    for (const int orders : {1, 2}) {
      for (const int dim : {64, 128}) bench->Args({dim, rows, orders});
    }
  }
}

BENCHMARK(BM_EdgeStep)->Apply(Sizes);
BENCHMARK(BM_ComposedStep)->Apply(Sizes);

}  // namespace
}  // namespace embed

BENCHMARK_MAIN();
