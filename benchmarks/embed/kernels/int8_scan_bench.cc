// Speed of the exhaustive 8-bit scan, k = 40 (what a search for 10 asks for),
// beside what bounds it: reading memory, and multiplying registers.
//   int8_scan_bench --benchmark_filter='vnni|Read'
// Arguments: queries in one call, rows, dim. Counters: GMAC/s (multiply-adds),
// GB/s (bytes of codes, multipliers and offsets read), queries/s.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "embed/base/aligned_buffer.h"
#include "embed/base/philox.h"
#include "embed/kernels/cpu_target.h"
#include "embed/kernels/int8_scan.h"

namespace embed {
namespace {

constexpr int kTopK = 40;
constexpr int kRows = 1000000;
constexpr int kDim = 128;
constexpr uint64_t kMaxQueries = 256;

// A table and queries of uniform random codes; unit multipliers, no offsets.
class Data {
 public:
  Data(uint64_t rows, int dim) {
    const uint64_t padded = Int8Blocks(rows) * kInt8BlockRows;
    codes_ = AlignedBuffer::Create(Int8CodeBytes(rows, dim)).value();
    floats_ = AlignedBuffer::Create(2 * padded * sizeof(float)).value();
    float* multipliers = static_cast<float*>(floats_.data());
    std::fill_n(multipliers, padded, 1.0f);
    table_.codes = static_cast<const uint8_t*>(codes_.data());
    table_.multipliers = multipliers;
    table_.offsets = multipliers + padded;
    table_.rows = rows;
    table_.dim = dim;
    Philox random(1, RandomPurpose::kTest, 0, 0);
    uint32_t* words = static_cast<uint32_t*>(codes_.data());
    for (uint64_t i = 0; i < codes_.size() / 4; ++i) words[i] = random.Next32();
    for (uint64_t i = 0; i < kMaxQueries * dim; ++i) {
      query_codes_.push_back(static_cast<int8_t>(random.Below(255)) - 127);
    }
    for (uint64_t q = 0; q < kMaxQueries; ++q) {
      queries_.push_back({query_codes_.data() + q * dim, 1});
    }
  }

  const Int8ScanTable& table() const { return table_; }
  absl::Span<const Int8Query> queries(uint64_t count) const {
    return absl::MakeConstSpan(queries_).subspan(0, count);
  }

 private:
  AlignedBuffer codes_;
  AlignedBuffer floats_;
  Int8ScanTable table_;
  std::vector<int8_t> query_codes_;
  std::vector<Int8Query> queries_;
};

// The table last used: making one takes longer than scanning it.
const Data& DataFor(uint64_t rows, int dim) {
  static std::unique_ptr<Data> data;
  if (data == nullptr || data->table().rows != rows ||
      data->table().dim != dim) {
    data.reset();
    data = std::make_unique<Data>(rows, dim);
  }
  return *data;
}

void BM_Int8Scan(benchmark::State& state, const std::string& target) {
  const uint64_t count = static_cast<uint64_t>(state.range(0));
  const uint64_t rows = static_cast<uint64_t>(state.range(1));
  const int dim = static_cast<int>(state.range(2));
  const Data& data = DataFor(rows, dim);
  if (!ForceCpuTarget(target).ok()) state.SkipWithError("no such target");
  for (auto _ : state) {
    std::vector<Int8TopK> best(count, Int8TopK(kTopK));
    ScanInt8(data.table(), 0, Int8Blocks(rows), data.queries(count), {},
             absl::MakeSpan(best));
    benchmark::DoNotOptimize(best.front().TakeSorted().data());
  }
  const double scans = static_cast<double>(state.iterations());
  const auto rate = [&](uint64_t per_scan, double unit) {
    return benchmark::Counter(static_cast<double>(per_scan) / unit * scans,
                              benchmark::Counter::kIsRate);
  };
  state.counters["GMAC/s"] =
      rate(count * rows * static_cast<uint64_t>(dim), 1e9);
  state.counters["GB/s"] =
      rate(Int8CodeBytes(rows, dim) + 2 * sizeof(float) * rows, 1e9);
  state.counters["queries/s"] = rate(count, 1);
}

// The codes read once, with nothing else done.
void BM_ReadMemory(benchmark::State& state) {
  const Int8ScanTable& table = DataFor(kRows, kDim).table();
  const uint64_t bytes = Int8CodeBytes(kRows, kDim);
  const uint64_t* words = reinterpret_cast<const uint64_t*>(table.codes);
  for (auto _ : state) {
    uint64_t bits[8] = {};
    for (uint64_t i = 0; i < bytes / 64; ++i) {
      for (int j = 0; j < 8; ++j) bits[j] |= words[8 * i + j];
    }
    benchmark::DoNotOptimize(bits);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes));
}
BENCHMARK(BM_ReadMemory)->Unit(benchmark::kMillisecond);

#if defined(__x86_64__)
// Independent VNNI instructions on registers only; 64 products each.
void BM_PeakVnni(benchmark::State& state) {
  if (AvailableCpuTargets().front() != "avx512_vnni") {
    state.SkipWithError("no VNNI");
    return;
  }
  constexpr int kRepeats = 1000;
  for (auto _ : state) {
    for (int i = 0; i < kRepeats; ++i) {
      asm volatile(
          "vpdpbusd %%zmm0, %%zmm0, %%zmm1\n vpdpbusd %%zmm0, %%zmm0, "
          "%%zmm2\n"
          "vpdpbusd %%zmm0, %%zmm0, %%zmm3\n vpdpbusd %%zmm0, %%zmm0, "
          "%%zmm4\n"
          "vpdpbusd %%zmm0, %%zmm0, %%zmm5\n vpdpbusd %%zmm0, %%zmm0, "
          "%%zmm6\n"
          "vpdpbusd %%zmm0, %%zmm0, %%zmm7\n vpdpbusd %%zmm0, %%zmm0, "
          "%%zmm8\n"
          "vpdpbusd %%zmm0, %%zmm0, %%zmm9\n vpdpbusd %%zmm0, %%zmm0, "
          "%%zmm10\n"
          "vpdpbusd %%zmm0, %%zmm0, %%zmm11\n vpdpbusd %%zmm0, %%zmm0, "
          "%%zmm12\n"
          :
          :
          : "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
            "xmm9", "xmm10", "xmm11", "xmm12");
    }
  }
  state.counters["GMAC/s"] = benchmark::Counter(
      1e-9 * 12 * 64 * kRepeats * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}
BENCHMARK(BM_PeakVnni);
#endif

// One benchmark a target and size, registered before main().
const bool kRegistered = [] {
  for (const std::string& target : AvailableCpuTargets()) {
    for (const int64_t queries : {1, 16, 64, 256}) {
      benchmark::RegisterBenchmark(("BM_Int8Scan/" + target).c_str(),
                                   BM_Int8Scan, target)
          ->Args({queries, kRows, kDim})
          ->Unit(benchmark::kMillisecond);
    }
  }
  return true;
}();

}  // namespace
}  // namespace embed

BENCHMARK_MAIN();
