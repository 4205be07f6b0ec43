// Recall@10 against queries/s of this project's search and of other libraries
// (search_peers.h says which names there are), all queries of a thread in one
// call and, as a name of its own, one by one:
//   search_bench VECTORS ROWS M EF_CONSTRUCTION LISTS THREADS,... NAME...
// VECTORS: any file embed/io/vector_reader.h reads. The rows are brought to
// length 1 and, up to ROWS, filled up with copies of themselves plus normal
// noise of relative length 0.5; queries are copies with noise of 0.2.
// Neighbours are those of an exact search with floats. LISTS 0: as many as
// embed takes. Indexes are built by two threads.
//
// Prints tab-separated lines. Queries/s: the sum over the threads of queries by
// CPU second, the median of three runs. Each index is built in a process of its
// own; peak_bytes is what building and searching it took on top of the vectors.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "benchmarks/embed/index/bench_vectors.h"
#include "benchmarks/embed/index/search_peers.h"
#include "embed/index/ivf_lists.h"
#include "embed/io/vector_reader.h"

namespace embed {
namespace {

constexpr int kRuns = 3;
// Behind a name: each query is a call of its own.
constexpr char kOneByOne[] = ", one by one";
// A run that takes longer is not repeated.
constexpr double kLongRunSeconds = 1;
// With more effort there is little more to find.
constexpr double kHighRecall = 0.995;

struct Workload {
  MatrixView rows;
  MatrixView queries;
  std::vector<uint32_t> expected;
  PeerOptions options;
  std::vector<int> threads;
};

std::unique_ptr<SearchPeer> MakePeer(const std::string& name,
                                     const PeerOptions& options) {
  for (const auto make : {MakeEmbedPeer, MakeFaissPeer, MakeHnswlibPeer}) {
    std::unique_ptr<SearchPeer> peer = make(name, options);
    if (peer != nullptr) return peer;
  }
  return nullptr;
}

std::vector<int> EffortsOf(const SearchPeer& peer) {
  if (peer.effort() == PeerEffort::kGraph) {
    return {10, 14, 20, 28, 40, 56, 80, 112, 160, 240, 400, 640};
  }
  if (peer.effort() == PeerEffort::kLists) {
    return {1, 2, 4, 6, 9, 14, 20, 28, 40, 56, 80, 112};
  }
  return {0};
}

// A line "NAME: N kB" of this process's status, in bytes.
uint64_t StatusBytes(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(name + ":", 0) != 0) continue;
    return std::strtoull(line.c_str() + name.size() + 1, nullptr, 10) * 1024;
  }
  return 0;
}

// All queries, shared by the threads, at most `most` of them a call; returns
// queries/s.
double RunQueries(const Workload& work, int threads, uint64_t most,
                  SearchPeer* peer, std::vector<uint32_t>* ids) {
  std::vector<double> rates(threads);
  const auto run = [&](int thread) {
    const uint64_t begin = work.queries.rows * thread / threads;
    const uint64_t end = work.queries.rows * (thread + 1) / threads;
    const double start = CpuSeconds();
    for (uint64_t q = begin; q < end; q += most) {
      peer->Search(work.queries.row(q).data(), std::min(most, end - q), kTop,
                   ids->data() + q * kTop);
    }
    rates[thread] = static_cast<double>(end - begin) / (CpuSeconds() - start);
  };
  std::vector<std::thread> others;
  for (int t = 1; t < threads; ++t) others.emplace_back(run, t);
  run(0);
  for (std::thread& other : others) other.join();
  double sum = 0;
  for (const double rate : rates) sum += rate;
  return sum;
}

struct Measured {
  double recall;
  double rate;
};

Measured Measure(const Workload& work, int threads, uint64_t most,
                 SearchPeer* peer) {
  Measured measured = {};
  std::vector<double> rates;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<uint32_t> ids(work.expected.size(), ~uint32_t{0});
    rates.push_back(RunQueries(work, threads, most, peer, &ids));
    measured.recall = Recall(ids, work.expected);
    const double rate = rates.back() / threads;
    if (static_cast<double>(work.queries.rows) / rate > kLongRunSeconds) break;
  }
  std::sort(rates.begin(), rates.end());
  measured.rate = rates[rates.size() / 2];
  return measured;
}

// Builds and measures one index; the exit code of its process.
int MeasurePeer(const std::string& name, const Workload& work) {
  const uint64_t before = StatusBytes("VmRSS");
  const std::unique_ptr<SearchPeer> peer = MakePeer(name, work.options);
  if (peer == nullptr) {
    std::fprintf(stderr, "%s: not there when this program was built\n",
                 name.c_str());
    return 0;
  }
  const auto start = std::chrono::steady_clock::now();
  std::string error = peer->Build(work.rows);
  const std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() /
      ("search_bench_" + std::to_string(getpid()));
  if (error.empty()) error = peer->Write(path.string());
  if (!error.empty()) {
    std::fprintf(stderr, "%s: %s\n", name.c_str(), error.c_str());
    return 1;
  }
  const uint64_t file_bytes = std::filesystem::file_size(path);
  std::filesystem::remove(path);
  const auto measure = [&](const std::string& as, uint64_t most) {
    for (const int threads : work.threads) {
      for (const int effort : EffortsOf(*peer)) {
        peer->SetEffort(effort);
        const Measured measured = Measure(work, threads, most, peer.get());
        std::printf(
            "%s\t%d\t%d\t%d\t%d\t%.4f\t%.0f\t%.2f\t%llu\t%llu\n", as.c_str(),
            static_cast<int>(work.rows.rows), work.rows.dim, threads, effort,
            measured.recall, measured.rate, seconds.count(),
            static_cast<unsigned long long>(file_bytes),
            static_cast<unsigned long long>(StatusBytes("VmHWM") - before));
      }
    }
  };
  if (peer->takes_batches()) measure(name, work.queries.rows);
  measure(name + kOneByOne, 1);
  return std::fflush(stdout) == 0 ? 0 : 1;
}

// In a child, so that memory is that of one index. This process must have
// started no threads.
bool MeasureInChild(const std::string& name, const Workload& work) {
  const pid_t child = fork();
  if (child == 0) _exit(MeasurePeer(name, work));
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int Main(int argc, char** argv) {
  Workload work;
  int number[4] = {};
  bool usable = argc > 7;
  for (int i = 0; usable && i < 4; ++i) {
    usable = absl::SimpleAtoi(argv[2 + i], &number[i]);
  }
  usable = usable && number[0] >= kTop && number[3] >= 0;
  for (const auto part : absl::StrSplit(usable ? argv[6] : "", ',')) {
    work.threads.push_back(0);
    usable = usable && absl::SimpleAtoi(part, &work.threads.back()) &&
             work.threads.back() > 0;
  }
  if (!usable) {
    std::fprintf(stderr,
                 "search_bench VECTORS ROWS M EF_CONSTRUCTION LISTS "
                 "THREADS,... NAME...\n");
    return 2;
  }
  const auto vectors = ReadVectors(argv[1]);
  if (!vectors.ok()) {
    std::fprintf(stderr, "%s\n", vectors.status().ToString().c_str());
    return 1;
  }
  Matrix rows = Enlarge(vectors->view(), static_cast<uint64_t>(number[0]));
  const Matrix queries = Queries(&rows);
  work.rows = rows.view();
  work.queries = queries.view();
  work.expected =
      ExactNeighbours(work.rows, work.queries, [](uint64_t) { return true; });
  work.options.m = number[1];
  work.options.ef_construction = number[2];
  work.options.lists =
      number[3] > 0 ? number[3] : static_cast<int>(DefaultIvfLists(rows.rows));
  std::printf(
      "name\trows\tdim\tthreads\teffort\trecall\tqueries_per_second\t"
      "build_seconds\tfile_bytes\tpeak_bytes\n");
  std::fflush(stdout);
  for (int i = 7; i < argc; ++i) {
    if (!MeasureInChild(argv[i], work)) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace embed

int main(int argc, char** argv) { return embed::Main(argc, argv); }
