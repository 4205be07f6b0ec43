#include "text/word_totals.h"

#include <algorithm>
#include <utility>

#include "embed/base/parallel.h"

namespace embed {
namespace {

// More than threads that merge at a time; memory grows by one part in each.
constexpr size_t kParts = 16;
// Counts from here on are told apart no more when the rarest are looked for.
constexpr size_t kMaxThreshold = size_t{1} << 16;

// The high bits of the hash: the low ones place the word in its map.
size_t PartOf(uint64_t key) { return (WordMap::Mix(key) >> 40) % kParts; }

// Calls body(part) for every part, each on one of the threads.
template <typename Body>
void ForEachPart(int threads, const Body& body) {
  ParallelFor(threads, kParts, [&](uint64_t begin, uint64_t end) {
    for (uint64_t part = begin; part < end; ++part) body(part);
  });
}

// What the lists hold together, in order.
std::vector<WordCount> MergeSorted(std::vector<std::vector<WordCount>> lists) {
  using Rest = std::pair<std::vector<WordCount>::iterator,
                         std::vector<WordCount>::iterator>;
  const auto later = [](const Rest& a, const Rest& b) {
    return BeforeInVocabulary(*b.first, *a.first);
  };
  std::vector<Rest> heap;
  size_t size = 0;
  for (std::vector<WordCount>& list : lists) {
    size += list.size();
    if (!list.empty()) heap.emplace_back(list.begin(), list.end());
  }
  std::vector<WordCount> merged;
  merged.reserve(size);
  std::make_heap(heap.begin(), heap.end(), later);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), later);
    Rest& first = heap.back();
    merged.push_back(std::move(*first.first));
    if (++first.first == first.second) {
      heap.pop_back();
    } else {
      std::push_heap(heap.begin(), heap.end(), later);
    }
  }
  return merged;
}

}  // namespace

bool BeforeInVocabulary(const WordCount& a, const WordCount& b) {
  return a.count != b.count ? a.count > b.count : a.word < b.word;
}

WordTotals::WordTotals(uint64_t limit, WordMap keep)
    : limit_(std::max<uint64_t>(2, limit)),
      keep_(std::move(keep)),
      parts_(kParts) {}

uint64_t WordTotals::Size() const {
  uint64_t size = 0;
  for (const WordCounter& part : parts_) size += part.map().size();
  return size;
}

uint64_t WordTotals::bytes() const {
  uint64_t bytes = 0;
  for (const WordCounter& part : parts_) bytes += part.map().bytes();
  return bytes;
}

void WordTotals::EndRound(std::vector<WordCounter>* counters, int threads) {
  ParallelFor(threads, kParts, [&](uint64_t begin, uint64_t end) {
    for (const WordCounter& counter : *counters) {
      for (const WordMap::Slot& slot : counter.map().slots()) {
        if (slot.key == 0) continue;
        const size_t part = PartOf(slot.key);
        if (part < begin || part >= end) continue;
        parts_[part].Add(counter.map().Text(slot), slot.key,
                         counter.Count(slot));
      }
    }
  });
  for (WordCounter& counter : *counters) counter = WordCounter();
  if (Size() > limit_) Forget(threads);
}

template <typename Visit>
void WordTotals::VisitWords(size_t part, uint64_t min_count,
                            const Visit& visit) const {
  for (const WordMap::Slot& slot : parts_[part].map().slots()) {
    if (slot.key == 0) continue;
    const absl::string_view word = parts_[part].map().Text(slot);
    const uint64_t count = parts_[part].Count(slot);
    if (count >= min_count || keep_.Find(word, slot.key) != nullptr) {
      visit(word, slot.key, count);
    }
  }
}

void WordTotals::Forget(int threads) {
  std::vector<uint64_t> words_with(kMaxThreshold + 1);
  for (const WordCounter& part : parts_) {
    for (const WordMap::Slot& slot : part.map().slots()) {
      if (slot.key == 0) continue;
      ++words_with[std::min<uint64_t>(part.Count(slot), kMaxThreshold)];
    }
  }
  const uint64_t before = Size();
  uint64_t left = before;
  uint64_t threshold = 0;
  while (left > limit_ / 2 && threshold + 1 < kMaxThreshold) {
    left -= words_with[++threshold];
  }
  ForEachPart(threads, [&](uint64_t part) {
    WordCounter kept;
    VisitWords(part, threshold + 1,
               [&](absl::string_view word, uint64_t key, uint64_t count) {
                 kept.Add(word, key, count);
               });
    parts_[part] = std::move(kept);
  });
  forgotten_ += before - Size();
  max_error_ += threshold;
}

uint64_t WordTotals::SortingBytes(uint64_t min_count) const {
  uint64_t bytes = 0;
  for (size_t part = 0; part < kParts; ++part) {
    VisitWords(
        part, min_count, [&](absl::string_view word, uint64_t, uint64_t) {
          // In its part and in the whole; a short text lies within the string.
          bytes +=
              2 * sizeof(WordCount) + (word.size() < 16 ? 0 : word.size() + 1);
        });
  }
  return bytes;
}

std::vector<WordCount> WordTotals::TakeWords(uint64_t min_count, int threads) {
  std::vector<std::vector<WordCount>> sorted(kParts);
  ForEachPart(threads, [&](uint64_t part) {
    VisitWords(part, min_count,
               [&](absl::string_view word, uint64_t, uint64_t count) {
                 sorted[part].push_back({std::string(word), count});
               });
    parts_[part] = WordCounter();
    std::sort(sorted[part].begin(), sorted[part].end(), BeforeInVocabulary);
  });
  return MergeSorted(std::move(sorted));
}

}  // namespace embed
