#include "text/char_ngrams.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

constexpr absl::string_view kEndOfLine = "</s>";

constexpr uint32_t kHashStart = 2166136261u;  // FNV-1a's offset basis

uint32_t HashByte(uint32_t hash, char byte) {
  constexpr uint32_t kPrime = 16777619u;
  return (hash ^ static_cast<uint32_t>(static_cast<int8_t>(byte))) * kPrime;
}

bool IsContinuation(char byte) {
  return (static_cast<uint8_t>(byte) & 0xC0) == 0x80;
}

// Calls visit(hash) for each n-gram of `marked`, the word between its marks.
// The hash of an n-gram is that of the one before it, carried on.
template <typename Visit>
void ForEachNgramHash(absl::string_view marked, int min_n, int max_n,
                      Visit&& visit) {
  for (size_t begin = 0; begin < marked.size(); ++begin) {
    if (IsContinuation(marked[begin])) continue;
    uint32_t hash = kHashStart;
    size_t end = begin;
    for (int n = 1; n <= max_n && end < marked.size(); ++n) {
      do {
        hash = HashByte(hash, marked[end++]);
      } while (end < marked.size() && IsContinuation(marked[end]));
      const bool lone_mark = n == 1 && (begin == 0 || end == marked.size());
      if (n >= min_n && !lone_mark) visit(hash);
    }
  }
}

// Appends the rows of n-grams; bucket 0 has the row `first`.
void AppendNgramRows(absl::string_view word, const CharNgramOptions& options,
                     uint32_t first, std::vector<uint32_t>* rows) {
  if (word == kEndOfLine || !options.has_ngrams()) return;
  ForEachNgramHash(
      absl::StrCat("<", word, ">"), options.min_n, options.max_n,
      [&](uint32_t hash) { rows->push_back(first + hash % options.buckets); });
}

uint64_t CountNgrams(absl::string_view word, const CharNgramOptions& options) {
  if (word == kEndOfLine || !options.has_ngrams()) return 0;
  uint64_t count = 0;
  ForEachNgramHash(absl::StrCat("<", word, ">"), options.min_n, options.max_n,
                   [&](uint32_t) { ++count; });
  return count;
}

}  // namespace

absl::Status CharNgramOptions::Validate() const {
  if (min_n < 0 || max_n < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("character n-grams of ", min_n, " to ", max_n,
                     " characters; expected 0 or more"));
  }
  if (has_ngrams() && (buckets < 1 || buckets > kMaxBuckets)) {
    return absl::InvalidArgumentError(
        absl::StrCat("buckets is ", buckets, ", expected 1 to ", kMaxBuckets));
  }
  if (threads < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("threads is ", threads, ", expected at least 1"));
  }
  return absl::OkStatus();
}

uint32_t FasttextHash(absl::string_view text) {
  uint32_t hash = kHashStart;
  for (const char byte : text) hash = HashByte(hash, byte);
  return hash;
}

std::vector<uint32_t> CharNgramBuckets(absl::string_view word,
                                       const CharNgramOptions& options) {
  std::vector<uint32_t> buckets;
  AppendNgramRows(word, options, 0, &buckets);
  return buckets;
}

std::vector<uint32_t> CharNgramRows(absl::string_view word,
                                    const Vocabulary& vocabulary,
                                    const CharNgramOptions& options) {
  std::vector<uint32_t> rows;
  const uint32_t id = vocabulary.Find(word);
  if (id != Vocabulary::kNotFound) rows.push_back(id);
  AppendNgramRows(word, options, vocabulary.size(), &rows);
  return rows;
}

absl::StatusOr<FeatureMap> BuildCharNgramFeatures(
    const Vocabulary& vocabulary, const CharNgramOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  const uint64_t size = vocabulary.size();
  const uint64_t num_rows = size + options.buckets;
  if (num_rows > Vocabulary::kMaxSize) {
    return absl::InvalidArgumentError(
        absl::StrCat(size, " words and ", options.buckets,
                     " buckets are more than ", Vocabulary::kMaxSize, " rows"));
  }
  std::vector<uint64_t> offsets(size + 1);
  ParallelFor(options.threads, size, [&](uint64_t begin, uint64_t end) {
    for (uint64_t id = begin; id < end; ++id) {
      offsets[id + 1] =
          1 + CountNgrams(vocabulary.key(static_cast<uint32_t>(id)), options);
    }
  });
  for (uint64_t i = 1; i <= size; ++i) offsets[i] += offsets[i - 1];
  std::vector<uint32_t> rows(offsets.back());
  ParallelFor(options.threads, size, [&](uint64_t begin, uint64_t end) {
    std::vector<uint32_t> of_word;
    for (uint64_t id = begin; id < end; ++id) {
      of_word.assign(1, static_cast<uint32_t>(id));
      AppendNgramRows(vocabulary.key(static_cast<uint32_t>(id)), options,
                      vocabulary.size(), &of_word);
      std::copy(of_word.begin(), of_word.end(), rows.begin() + offsets[id]);
    }
  });
  return FeatureMap::CreateWithoutKeys(std::move(offsets), std::move(rows),
                                       static_cast<uint32_t>(num_rows),
                                       Compose::kMean);
}

}  // namespace embed
