// The window kernel alone: one center with C contexts and 1 + K targets, rows
// picked at random from a table that fits the second-level cache (so that
// arithmetic is measured) or does not (so that memory is).
//
// Counted flops: 2 for each multiply-add of the scores and of both updates,
// 6 C (1 + K) dim a step; the sigmoid is not counted. Compare "GFLOP/s" with
// the peak of the core: 2 * lanes * FMA units * clock.
#include <benchmark/benchmark.h>

#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/base/philox.h"
#include "embed/kernels/cpu_target.h"
#include "embed/kernels/window_step.h"
#include "embed/model/embedding_table.h"

namespace embed {
namespace {

constexpr int kNegatives = 5;
constexpr int kWindows = 1024;  // prepared beforehand, used in turn

// Arguments: dim, contexts, rows of each table.
void BM_WindowStep(benchmark::State& state) {
  const int dim = static_cast<int>(state.range(0));
  const int num_contexts = static_cast<int>(state.range(1));
  const uint32_t rows = static_cast<uint32_t>(state.range(2));
  constexpr int kTargets = kNegatives + 1;
  EmbeddingTable input = *EmbeddingTable::Create(rows, dim);
  EmbeddingTable output = *EmbeddingTable::Create(rows, dim);
  input.FillUniform(0.5f / static_cast<float>(dim), 1, 1);
  output.FillUniform(0.5f / static_cast<float>(dim), 2, 1);
  Philox random(1, RandomPurpose::kTest, 0, 0);
  std::vector<float*> contexts;
  std::vector<float*> targets;
  for (int window = 0; window < kWindows; ++window) {
    for (int c = 0; c < num_contexts; ++c) {
      contexts.push_back(input.row(random.Below(rows)));
    }
    // Distinct targets: one from each sixth of the table.
    for (uint32_t t = 0; t < kTargets; ++t) {
      targets.push_back(
          output.row(random.Below(rows / kTargets) * kTargets + t));
    }
  }
  const std::vector<float> weights(kTargets, 1.0f);
  AlignedBuffer scores = *AlignedBuffer::Create(
      WindowScratch::ScoresFor(num_contexts, kTargets) * sizeof(float));
  WindowScratch scratch;
  scratch.scores = static_cast<float*>(scores.data());
  const WindowStepFunction step = GetWindowStep();
  size_t window = 0;
  for (auto _ : state) {
    step({&contexts[window * static_cast<size_t>(num_contexts)], num_contexts,
          &targets[window * kTargets], weights.data(), kTargets, input.stride(),
          1e-6f},
         &scratch);
    window = (window + 1) % kWindows;
  }
  benchmark::DoNotOptimize(scratch.loss.Take());
  const double flops = 6.0 * num_contexts * kTargets * dim;
  state.counters["GFLOP/s"] = benchmark::Counter(
      flops * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
  // Each row is read for the scores, read and written for the update.
  state.SetBytesProcessed(state.iterations() * 3 * (num_contexts + kTargets) *
                          static_cast<int64_t>(input.stride() * sizeof(float)));
  state.SetLabel(CpuTargetInUse());
}
BENCHMARK(BM_WindowStep)
    ->ArgNames({"dim", "contexts", "rows"})
    ->ArgsProduct({{64, 100, 128, 200, 256, 300}, {6}, {600}})
    ->ArgsProduct({{128}, {1, 2, 4, 6, 8, 10, 20}, {30, 600}})
    ->ArgsProduct({{128}, {6}, {60000, 1000002}});

}  // namespace
}  // namespace embed

BENCHMARK_MAIN();
