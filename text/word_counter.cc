#include "text/word_counter.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "embed/base/parallel.h"

namespace embed {
namespace {

// Most frequent first; equal counts by bytes, so that no two words are equal.
bool Before(const WordCount& a, const WordCount& b) {
  return a.count != b.count ? a.count > b.count : a.word < b.word;
}

// Adds up the words of part `part` of `parts`: those whose hash says so. (The
// high bits: the low ones place the word in its map.)
WordCounts MergePart(const std::vector<WordCounter>& counters, uint64_t part,
                     uint64_t parts, uint64_t min_count) {
  WordMap map;  // value: index into `found` and `counts`
  std::vector<std::pair<const WordMap*, const WordMap::Slot*>> found;
  std::vector<uint64_t> counts;
  for (const WordCounter& counter : counters) {
    for (const WordMap::Slot& slot : counter.map().slots()) {
      if (slot.key == 0 || (WordMap::Mix(slot.key) >> 40) % parts != part) {
        continue;
      }
      const size_t before = map.size();
      WordMap::Slot* sum = map.FindOrInsert(counter.map().Text(slot), slot.key);
      if (map.size() != before) {
        sum->value = static_cast<uint32_t>(counts.size());
        counts.push_back(0);
        found.push_back({&counter.map(), &slot});
      }
      counts[sum->value] += counter.Count(slot);
    }
  }
  WordCounts result;
  result.distinct = counts.size();
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] < min_count) continue;
    const absl::string_view text = found[i].first->Text(*found[i].second);
    result.words.push_back({std::string(text), counts[i]});
  }
  std::sort(result.words.begin(), result.words.end(), Before);
  return result;
}

}  // namespace

uint64_t WordCounter::Count(const WordMap::Slot& slot) const {
  if (carries_.empty()) return slot.value;
  const auto carry = carries_.find(map_.Text(slot));
  return slot.value + (carry == carries_.end() ? 0 : carry->second);
}

void WordCounter::AddCarry(const WordMap::Slot& slot) {
  carries_[std::string(map_.Text(slot))] += uint64_t{1} << 32;
}

WordCounts MergeCounts(std::vector<WordCounter> counters, uint64_t min_count,
                       int threads) {
  std::vector<WordCounts> parts(static_cast<size_t>(std::max(1, threads)));
  RunThreads(static_cast<int>(parts.size()), [&](int part) {
    const auto index = static_cast<size_t>(part);
    parts[index] = MergePart(counters, index, parts.size(), min_count);
  });
  counters.clear();
  WordCounts result;
  for (WordCounts& part : parts) {
    const auto middle = static_cast<ptrdiff_t>(result.words.size());
    std::move(part.words.begin(), part.words.end(),
              std::back_inserter(result.words));
    std::inplace_merge(result.words.begin(), result.words.begin() + middle,
                       result.words.end(), Before);
    result.distinct += part.distinct;
    part = WordCounts();
  }
  return result;
}

}  // namespace embed
