// The few names that come again and again in one column of a text.
#ifndef EMBED_GRAPH_BLOCK_NAMES_H_
#define EMBED_GRAPH_BLOCK_NAMES_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/strings/string_view.h"
#include "embed/base/hash_table.h"

namespace embed {

// Numbers names by first appearance. Names are views and must stay where they
// are, with 8 readable bytes behind them, as in a LineBlock.
class BlockNames {
 public:
  // The number of a name that is not empty; a new one is added.
  uint32_t Number(absl::string_view name) {
    // Most names were met a moment ago.
    uint32_t& recent = recent_[Place(name)];
    if (recent < names_.size() && names_[recent] == name) return recent;
    const auto next = static_cast<uint32_t>(names_.size());
    const auto [entry, added] = numbers_.try_emplace(name, next);
    if (added) names_.push_back(name);
    recent = entry->second;
    return recent;
  }

  // By number: where each name appeared first.
  const std::vector<absl::string_view>& names() const { return names_; }

  void Clear() {
    names_.clear();
    numbers_.clear();
  }

 private:
  static constexpr int kPlaceBits = 6;

  // From the first bytes, the last one and the length.
  static size_t Place(absl::string_view name) {
    uint64_t word;
    std::memcpy(&word, name.data(), sizeof(word));
    if (name.size() < sizeof(word)) {
      word &= (uint64_t{1} << (8 * name.size())) - 1;
    }
    word += uint64_t{static_cast<unsigned char>(name.back())} << 56;
    return (word + name.size()) * 0x9E3779B97F4A7C15 >> (64 - kPlaceBits);
  }

  // Guesses only: any number may be in any place.
  std::array<uint32_t, size_t{1} << kPlaceBits> recent_ = {};
  std::vector<absl::string_view> names_;
  HashMap<absl::string_view, uint32_t> numbers_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_BLOCK_NAMES_H_
