#include "embed/index/hnsw_finish.h"

#include <algorithm>
#include <vector>

#include "embed/base/parallel.h"

namespace embed {
namespace {

using Neighbour = HnswLists::Neighbour;

// Lists are not cut to fewer links. The least room, of m 2 and links of 4
// bytes, is for about 2 a row.
constexpr size_t kFewestLinks = 1;

absl::Span<uint32_t> UsedList(HnswLists* lists, uint32_t row) {
  return HnswLists::Used(lists->List(row, 0));
}

// Null: the list of `row` on level 0 is full.
uint32_t* FreePlace(HnswLists* lists, uint32_t row) {
  const absl::Span<uint32_t> list = lists->List(row, 0);
  const size_t used = HnswLists::Used(list).size();
  return used < list.size() ? &list[used] : nullptr;
}

// The last place in the list of `row` that is of one to which others lead, too,
// or null.
uint32_t* SparePlace(HnswLists* lists, uint32_t row,
                     const std::vector<uint32_t>& leading) {
  const absl::Span<uint32_t> list = lists->List(row, 0);
  for (size_t i = list.size(); i-- > 0;) {
    if (leading[list[i]] > 1) return &list[i];
  }
  return nullptr;
}

// A free place of the nearest to `row` that the rows it links to link to: of
// those of the first that has one with a free place.
uint32_t* FreePlaceBeyond(HnswLists* lists, uint32_t row) {
  for (const uint32_t near : UsedList(lists, row)) {
    std::vector<uint32_t> with_room;
    for (const uint32_t beyond : UsedList(lists, near)) {
      if (beyond == row || FreePlace(lists, beyond) == nullptr) continue;
      with_room.push_back(beyond);
    }
    if (with_room.empty()) continue;
    const std::vector<Neighbour> found = lists->Near(row, with_room);
    return FreePlace(
        lists,
        std::min_element(found.begin(), found.end(), HnswLists::IsNearer)->row);
  }
  return nullptr;
}

// The links on level 0 that there is room for.
uint64_t RoomForLinks(const HnswLists& lists) {
  const uint64_t rows = lists.rows();
  const uint64_t link_bytes = LinkList::BytesFor(rows);
  const absl::Span<const uint32_t> upper = lists.parts().upper_links;
  const uint64_t free = static_cast<uint64_t>(
      std::count(upper.begin(), upper.end(), HnswGraph::kNoRow));
  // With what stands before each list.
  const uint64_t upper_links = upper.size() - free + upper.size() / lists.m();
  const uint64_t others = upper_links * link_bytes +
                          (rows + 1) * sizeof(uint32_t) +
                          HnswGraph::NumBases(rows) * sizeof(uint64_t) +
                          sizeof(uint32_t) - link_bytes;
  const uint64_t all = (4 * lists.m() + 8) * rows;
  return (all - std::min(all, others)) / link_bytes;
}

// The length that lists on level 0 can be cut to if they are to have at most
// `room` links together.
size_t LongestThatFit(HnswLists* lists, uint64_t room) {
  size_t most = 2 * lists->m();
  std::vector<uint64_t> of_length(most + 1);
  for (uint32_t row = 0; row < lists->rows(); ++row) {
    ++of_length[UsedList(lists, row).size()];
  }
  for (; most > kFewestLinks; --most) {
    uint64_t links = 0;
    for (size_t length = 0; length < of_length.size(); ++length) {
      links += of_length[length] * std::min(length, most);
    }
    if (links <= room) break;
  }
  return most;
}

// Puts the links of a list of more than `most` in the order of Choose().
void OrderList(HnswLists* lists, uint32_t row, size_t most) {
  const absl::Span<uint32_t> list = UsedList(lists, row);
  if (list.size() <= most) return;
  const std::vector<uint32_t> ordered =
      lists->Choose(lists->Near(row, list), list.size(), list.size());
  std::copy(ordered.begin(), ordered.end(), list.begin());
}

// Returns how many links are left on level 0.
uint64_t CutLists(HnswLists* lists, size_t most) {
  ParallelFor(lists->threads(), lists->rows(),
              [&](uint64_t begin, uint64_t end) {
                for (uint64_t row = begin; row < end; ++row) {
                  OrderList(lists, static_cast<uint32_t>(row), most);
                }
              });
  std::vector<uint32_t> leading = lists->CountLeading();
  uint64_t left = 0;
  for (uint32_t row = 0; row < lists->rows(); ++row) {
    const absl::Span<uint32_t> list = UsedList(lists, row);
    size_t links = list.size();
    for (size_t i = links; i-- > 0 && links > most;) {
      if (leading[list[i]] == 1) continue;
      --leading[list[i]];
      std::copy(list.begin() + i + 1, list.begin() + links, list.begin() + i);
      list[--links] = HnswGraph::kNoRow;
    }
    left += links;
  }
  return left;
}

}  // namespace

void LinkLostRows(HnswLists* lists) {
  std::vector<uint32_t> leading = lists->CountLeading();
  std::vector<uint8_t> taken(lists->rows());  // places of each list
  for (uint32_t row = 0; row < lists->rows(); ++row) {
    if (leading[row] > 0) continue;
    uint32_t* place = nullptr;
    for (const uint32_t near : UsedList(lists, row)) {
      place = FreePlace(lists, near);
      if (place == nullptr && taken[near] < lists->m() / 2) {
        place = SparePlace(lists, near, leading);
        if (place != nullptr) ++taken[near];
      }
      if (place != nullptr) break;
    }
    if (place == nullptr) place = FreePlaceBeyond(lists, row);
    if (place == nullptr) continue;
    if (*place != HnswGraph::kNoRow) --leading[*place];
    *place = row;
    ++leading[row];
  }
}

void ShortenLists(HnswLists* lists) {
  const uint64_t room = RoomForLinks(*lists);
  size_t most = LongestThatFit(lists, room);
  while (CutLists(lists, most) > room && most > kFewestLinks) --most;
}

}  // namespace embed
