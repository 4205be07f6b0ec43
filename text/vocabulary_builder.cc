#include "text/vocabulary_builder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "text/corpus_source.h"
#include "text/tokenizer.h"
#include "text/word_counter.h"
#include "text/word_map.h"

namespace embed {
namespace {

void EndLine(uint64_t line_tokens, CorpusStats* stats) {
  constexpr size_t kMost = CorpusSource::kMaxSentence;
  stats->lines_of.resize(kMost + 1);
  stats->lines_of[kMost] += line_tokens / kMost;
  ++stats->lines_of[line_tokens % kMost];
}

void CountWords(const CorpusChunk& chunk, WordCounter* counter,
                CorpusStats* stats) {
  uint64_t line_begin = stats->tokens;
  Tokenizer tokens(chunk.text);
  WordBlock block;
  while (block.Fill(&tokens, counter->map())) {
    for (int i = 0; i < block.size; ++i) {
      if (block.words[i].empty()) {
        ++stats->lines;
        EndLine(stats->tokens - line_begin, stats);
        line_begin = stats->tokens;
      } else {
        counter->Add(block.words[i], block.keys[i]);
        ++stats->tokens;
      }
    }
  }
  if (stats->tokens > line_begin) EndLine(stats->tokens - line_begin, stats);
  stats->dropped_tokens += tokens.dropped_tokens();
}

WordMap KeepMap(const std::vector<std::string>& words) {
  WordMap map(words.size());
  for (const std::string& word : words) map.FindOrInsert(word, PackWord(word));
  return map;
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
  if (max_distinct < 1000) {
    return absl::InvalidArgumentError(absl::StrCat(
        "max_distinct is ", max_distinct, ", expected at least 1000"));
  }
  for (const std::string& word : keep) {
    if (word.empty()) {
      return absl::InvalidArgumentError("a word to keep is empty");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Vocabulary> SelectWords(std::vector<WordCount> words,
                                       const VocabularyOptions& options) {
  const WordMap keep = KeepMap(options.keep);
  const auto is_kept = [&](const WordCount& word) {
    return keep.size() > 0 &&
           keep.Find(word.word, PackWord(word.word)) != nullptr;
  };
  const uint64_t limit =
      options.max_size == 0 ? words.size() : options.max_size;
  const auto kept =
      static_cast<uint64_t>(std::count_if(words.begin(), words.end(), is_kept));
  uint64_t others = limit > kept ? limit - kept : 0;  // that still have a place
  std::string text;
  std::vector<uint64_t> offsets = {0};
  std::vector<uint64_t> counts;
  for (const WordCount& word : words) {
    if (!is_kept(word)) {
      if (word.count < options.min_count || others == 0) continue;
      --others;
    }
    text += word.word;
    offsets.push_back(text.size());
    counts.push_back(word.count);
  }
  return Vocabulary::Create(std::move(text), std::move(offsets),
                            std::move(counts));
}

absl::StatusOr<CorpusVocabulary> BuildVocabulary(
    Corpus* corpus, const VocabularyOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  WordTotals totals(options.max_distinct, KeepMap(options.keep));
  CorpusVocabulary result;
  EMBED_RETURN_IF_ERROR(CountChunks(corpus, options.threads, options.max_bytes,
                                    CountWords, &totals, &result.stats));
  result.stats.distinct_tokens = totals.distinct();
  EMBED_ASSIGN_OR_RETURN(std::vector<WordCount> words,
                         TakeWords(*corpus, options.min_count, options.threads,
                                   options.max_bytes, &totals));
  EMBED_ASSIGN_OR_RETURN(result.vocabulary,
                         SelectWords(std::move(words), options));
  if (result.vocabulary.size() == 0) {
    return NoWordError(corpus->name(), result.stats.tokens, options.min_count);
  }
  result.stats.kept_tokens = result.vocabulary.total_count();
  return result;
}

}  // namespace embed
