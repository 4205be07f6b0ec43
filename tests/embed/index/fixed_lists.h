// A graph with fixed places for its lists, as older files have them, from a
// packed one, whose lists are taken apart after embed/index/FORMAT.md.
#ifndef EMBED_TESTS_EMBED_INDEX_FIXED_LISTS_H_
#define EMBED_TESTS_EMBED_INDEX_FIXED_LISTS_H_

#include <cstdint>
#include <vector>

#include "embed/index/hnsw_graph.h"

namespace embed {

struct FixedLists {
  explicit FixedLists(const HnswGraph::Parts& packed)
      : parts(packed), upper_lists(1) {
    const uint64_t m = static_cast<uint64_t>(packed.m);
    for (uint64_t row = 0; row < packed.rows; ++row) {
      std::vector<std::vector<uint32_t>> levels(1);
      for (uint64_t i = Start(packed, row); i < Start(packed, row + 1); ++i) {
        // Tests have fewer than 2^24 rows.
        const bool two = packed.rows < 65536;
        const uint8_t* const at = &packed.packed_links[i * (two ? 2 : 3)];
        const uint32_t link = at[0] + at[1] * 256u + (two ? 0 : at[2] * 65536u);
        if (link == (two ? 0xFFFF : 0xFFFFFF)) {
          levels.emplace_back();
        } else {
          levels.back().push_back(link);
        }
      }
      for (size_t level = 0; level < levels.size(); ++level) {
        levels[level].resize(level == 0 ? 2 * m : m, 0xFFFFFFFF);
        std::vector<uint32_t>& all = level == 0 ? links : upper_links;
        all.insert(all.end(), levels[level].begin(), levels[level].end());
      }
      upper_lists.push_back(upper_lists.back() +
                            static_cast<uint32_t>(levels.size()) - 1);
    }
    parts.packed_links = {};
    parts.bases = {};
    parts.offsets = {};
    parts.links = links;
    parts.upper_lists = upper_lists;
    parts.upper_links = upper_links;
  }
  FixedLists(const FixedLists&) = delete;
  FixedLists& operator=(const FixedLists&) = delete;

  HnswGraph graph() const {
    return HnswGraph::FromParts(parts, nullptr).value();
  }
  static uint64_t Start(const HnswGraph::Parts& packed, uint64_t row) {
    return packed.bases[row / 65536] + packed.offsets[row];
  }

  HnswGraph::Parts parts;
  std::vector<uint32_t> links;
  std::vector<uint32_t> upper_lists;
  std::vector<uint32_t> upper_links;
};

}  // namespace embed

#endif  // EMBED_TESTS_EMBED_INDEX_FIXED_LISTS_H_
