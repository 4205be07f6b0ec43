#include "text/vocabulary_builder.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "text/tokenizer.h"
#include "text/word_counter.h"

namespace embed {
namespace {

void AddStats(const CorpusStats& from, CorpusStats* to) {
  to->bytes += from.bytes;
  to->lines += from.lines;
  to->tokens += from.tokens;
  to->bad_sequences += from.bad_sequences;
  to->nul_bytes += from.nul_bytes;
  to->dropped_tokens += from.dropped_tokens;
}

// What one thread counts.
struct Worker {
  void CountChunk(const CorpusChunk& chunk) {
    stats.bytes += chunk.input_bytes;
    stats.bad_sequences += chunk.bad_sequences;
    stats.nul_bytes += chunk.nul_bytes;
    Tokenizer tokens(chunk.text);
    WordBlock block;
    while (block.Fill(&tokens, counter.map())) {
      for (int i = 0; i < block.size; ++i) {
        if (block.words[i].empty()) {
          ++stats.lines;
        } else {
          counter.Add(block.words[i], block.keys[i]);
          ++stats.tokens;
        }
      }
    }
    stats.dropped_tokens += tokens.dropped_tokens();
  }

  WordCounter counter;
  CorpusStats stats;
};

// Hands out chunks to the threads and keeps the error of the first bad chunk.
class Pass {
 public:
  explicit Pass(Corpus* corpus) : corpus_(corpus) {}

  void Run(Worker* worker) {
    CorpusChunk chunk;
    const uint64_t chunks = corpus_->num_chunks();
    for (uint64_t i = next_++; i < chunks; i = next_++) {
      const absl::Status status = corpus_->ReadChunk(i, &chunk);
      if (!status.ok()) {
        Fail(i, status);
        return;
      }
      worker->CountChunk(chunk);
      // The text's end also ends a line.
      const bool open_line = !chunk.text.empty() && chunk.text.back() != '\n';
      if (i + 1 == chunks && open_line) ++worker->stats.lines;
    }
  }

  const absl::Status& status() const { return status_; }

 private:
  // Chunks are taken in rising order, so all before the first bad one are
  // looked at, and the error does not depend on the number of threads.
  void Fail(uint64_t chunk, const absl::Status& status) {
    next_ = corpus_->num_chunks();
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!status_.ok() && failed_chunk_ < chunk) return;
    status_ = status;
    failed_chunk_ = chunk;
  }

  Corpus* corpus_;
  std::atomic<uint64_t> next_{0};
  std::mutex mutex_;
  absl::Status status_;
  uint64_t failed_chunk_ = 0;
};

absl::StatusOr<Vocabulary> MakeVocabulary(const std::vector<WordCount>& words) {
  std::string text;
  std::vector<uint64_t> offsets = {0};
  std::vector<uint64_t> counts;
  offsets.reserve(words.size() + 1);
  counts.reserve(words.size());
  for (const WordCount& word : words) {
    text += word.word;
    offsets.push_back(text.size());
    counts.push_back(word.count);
  }
  return Vocabulary::Create(std::move(text), std::move(offsets),
                            std::move(counts));
}

absl::Status NoWordError(const std::string& name, uint64_t tokens,
                         uint64_t min_count) {
  if (tokens == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, ": holds no words; expected text, one sentence a line"));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      name, ": no word occurs min_count=", min_count, " times or more (",
      tokens, " tokens were read); lower --min_count"));
}

}  // namespace

absl::Status VocabularyOptions::Validate() const {
  if (min_count < 1) {
    return absl::InvalidArgumentError("min_count is 0, expected at least 1");
  }
  if (threads < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("threads is ", threads, ", expected at least 1"));
  }
  return absl::OkStatus();
}

absl::StatusOr<CorpusVocabulary> BuildVocabulary(
    Corpus* corpus, const VocabularyOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  const int threads = static_cast<int>(
      std::min<uint64_t>(static_cast<uint64_t>(options.threads),
                         std::max<uint64_t>(1, corpus->num_chunks())));
  std::vector<Worker> workers(static_cast<size_t>(threads));
  Pass pass(corpus);
  RunThreads(threads, [&](int thread) {
    pass.Run(&workers[static_cast<size_t>(thread)]);
  });
  EMBED_RETURN_IF_ERROR(pass.status());

  CorpusVocabulary result;
  result.stats.dropped_tokens = corpus->dropped_tokens();
  std::vector<WordCounter> counters;
  for (Worker& worker : workers) {
    AddStats(worker.stats, &result.stats);
    counters.push_back(std::move(worker.counter));
  }
  workers.clear();
  WordCounts counts =
      MergeCounts(std::move(counters), options.min_count, threads);
  result.stats.distinct_tokens = counts.distinct;
  if (counts.words.empty()) {
    return NoWordError(corpus->name(), result.stats.tokens, options.min_count);
  }
  if (options.max_size != 0 && counts.words.size() > options.max_size) {
    counts.words.resize(options.max_size);
  }
  EMBED_ASSIGN_OR_RETURN(result.vocabulary, MakeVocabulary(counts.words));
  result.stats.kept_tokens = result.vocabulary.total_count();
  return result;
}

}  // namespace embed
