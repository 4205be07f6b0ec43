#include "text/counting_pass.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

constexpr uint64_t kBytesPerWord = 8;  // a short word and its blank

absl::Status NoMemoryError(const Corpus& corpus, uint64_t max_bytes) {
  return absl::ResourceExhaustedError(absl::StrCat(
      corpus.name(), ": counting its different words takes more than the ",
      max_bytes >> 20,
      " MiB of memory that are left; a lower --max_distinct forgets the rarest "
      "of them"));
}

// Hands out the chunks of one round and keeps the error of the first bad one.
class Round {
 public:
  // max_bytes: of memory, that `totals` and the counters may take.
  Round(Corpus* corpus, uint64_t begin, uint64_t end, uint64_t max_bytes,
        const WordTotals& totals)
      : corpus_(corpus),
        end_(end),
        max_bytes_(max_bytes),
        next_(begin),
        bytes_(totals.bytes()) {}

  // chunk: to read into, of one thread.
  void Run(CountChunk count, CorpusChunk* chunk, WordCounter* counter,
           CorpusStats* stats) {
    for (uint64_t i = next_++; i < end_; i = next_++) {
      const absl::Status status = corpus_->ReadChunk(i, chunk);
      if (!status.ok()) return Fail(i, status);
      stats->bytes += chunk->input_bytes;
      stats->bad_sequences += chunk->bad_sequences;
      stats->nul_bytes += chunk->nul_bytes;
      if (chunk->ends_line) ++stats->lines;
      const uint64_t before = counter->map().bytes();
      count(*chunk, counter, stats);
      // Twice, as the sums may grow by what the counters take.
      bytes_ += 2 * (counter->map().bytes() - before);
      if (bytes_ > max_bytes_) {
        return Fail(i, NoMemoryError(*corpus_, max_bytes_));
      }
    }
  }

  const absl::Status& status() const { return status_; }

 private:
  // Chunks are taken in rising order, so all before the first bad one are
  // looked at, and the error does not depend on the number of threads.
  void Fail(uint64_t chunk, const absl::Status& status) {
    next_ = end_;
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!status_.ok() && failed_chunk_ < chunk) return;
    status_ = status;
    failed_chunk_ = chunk;
  }

  Corpus* const corpus_;
  const uint64_t end_;
  const uint64_t max_bytes_;
  std::atomic<uint64_t> next_;
  std::atomic<uint64_t> bytes_;
  std::mutex mutex_;
  absl::Status status_;
  uint64_t failed_chunk_ = 0;
};

void AddStats(const CorpusStats& from, CorpusStats* to) {
  to->bytes += from.bytes;
  to->lines += from.lines;
  to->tokens += from.tokens;
  to->bad_sequences += from.bad_sequences;
  to->nul_bytes += from.nul_bytes;
  to->dropped_tokens += from.dropped_tokens;
  to->lines_of.resize(std::max(to->lines_of.size(), from.lines_of.size()));
  for (size_t n = 0; n < from.lines_of.size(); ++n) {
    to->lines_of[n] += from.lines_of[n];
  }
}

}  // namespace

absl::Status CountChunks(Corpus* corpus, int threads, uint64_t max_bytes,
                         CountChunk count, WordTotals* totals,
                         CorpusStats* stats) {
  const uint64_t chunks = corpus->num_chunks();
  const uint64_t round = std::max<uint64_t>(
      1, totals->limit() * kBytesPerWord / corpus->chunk_bytes());
  const auto workers = static_cast<size_t>(
      std::min<uint64_t>(static_cast<uint64_t>(threads),
                         std::max<uint64_t>(1, std::min(chunks, round))));
  std::vector<WordCounter> counters(workers);
  std::vector<CorpusStats> parts(workers);
  // Kept from round to round, as their memory is large.
  std::vector<CorpusChunk> texts(workers);
  for (uint64_t begin = 0; begin < chunks; begin += round) {
    Round pass(corpus, begin, std::min(chunks, begin + round), max_bytes,
               *totals);
    RunThreads(static_cast<int>(workers), [&](int thread) {
      const auto i = static_cast<size_t>(thread);
      pass.Run(count, &texts[i], &counters[i], &parts[i]);
    });
    EMBED_RETURN_IF_ERROR(pass.status());
    totals->EndRound(&counters, threads);
  }
  for (const CorpusStats& part : parts) AddStats(part, stats);
  stats->dropped_tokens += corpus->dropped_tokens();
  stats->max_count_error = totals->max_error();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<WordCount>> TakeWords(const Corpus& corpus,
                                                 uint64_t min_count,
                                                 int threads,
                                                 uint64_t max_bytes,
                                                 WordTotals* totals) {
  if (totals->SortingBytes(min_count) > max_bytes) {
    return NoMemoryError(corpus, max_bytes);
  }
  return totals->TakeWords(min_count, threads);
}

}  // namespace embed
