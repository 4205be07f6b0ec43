// How fast text is read, in bytes of text a second: cut into tokens and counted
// (BuildVocabulary), and turned into ids for the trainer (CorpusSource).
//
//   read_bench TEXT [benchmark flags]
//
// The file is in the page cache after the first pass.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "text/corpus.h"
#include "text/corpus_source.h"
#include "text/vocabulary_builder.h"

namespace embed {
namespace {

std::string* text_path = nullptr;

enum Filters { kNoFilter, kLowercase, kCharacters };

std::unique_ptr<Corpus> OpenText(int64_t filters) {
  CorpusOptions options;
  options.paths = {*text_path};
  std::unique_ptr<Corpus> corpus = *Corpus::Open(options);
  if (filters == kLowercase) corpus->AddFilter(NewLowercaseFilter());
  if (filters == kCharacters) corpus->AddFilter(NewCharacterFilter());
  return corpus;
}

void BM_Count(benchmark::State& state) {
  VocabularyOptions options;
  options.threads = static_cast<int>(state.range(0));
  uint64_t bytes = 0;
  for (auto _ : state) {
    const std::unique_ptr<Corpus> corpus = OpenText(state.range(1));
    bytes += BuildVocabulary(corpus.get(), options)->stats.bytes;
  }
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}
BENCHMARK(BM_Count)
    ->ArgNames({"threads", "filter"})
    ->Args({1, kNoFilter})
    ->Args({2, kNoFilter})
    ->Args({1, kLowercase})
    ->Args({1, kCharacters})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void BM_Ids(benchmark::State& state) {
  const std::unique_ptr<Corpus> corpus = OpenText(kNoFilter);
  const CorpusVocabulary built = *BuildVocabulary(corpus.get(), {});
  CorpusSource source(corpus.get(), built.vocabulary);
  SequenceBatch batch;
  for (auto _ : state) {
    for (uint64_t chunk = 0; chunk < source.num_chunks(); ++chunk) {
      if (!source.Read(0, chunk, &batch).ok()) std::abort();
    }
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(built.stats.bytes));
}
BENCHMARK(BM_Ids)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace embed

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (argc != 2) {
    std::fprintf(stderr, "usage: read_bench TEXT [benchmark flags]\n");
    return 2;
  }
  embed::text_path = new std::string(argv[1]);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
