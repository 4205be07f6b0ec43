#include "embed/index/hnsw_graph.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/index/hnsw_scratch.h"

namespace embed {
namespace {

constexpr int kMaxM = 256;
constexpr int kMaxEfConstruction = 65536;
// More than any level of a graph that was built; a bound for damaged files.
constexpr uint32_t kMaxUpperLevels = 63;

// The most packed links of a row that are looked at above level 0, so that a
// damaged row does not take a walk the time of the whole file.
size_t MostPackedLinks(const HnswGraph::Parts& parts) {
  return (kMaxUpperLevels + 2) * (static_cast<size_t>(parts.m) + 1);
}

// What is behind the last packed link, so that 4 bytes can be read from its
// start.
uint64_t BytesBehind(const HnswGraph::Parts& parts) {
  return sizeof(uint32_t) - LinkList::BytesFor(parts.rows);
}

bool HavePackedSizes(const HnswGraph::Parts& parts) {
  return parts.bases.size() == HnswGraph::NumBases(parts.rows) &&
         parts.offsets.size() == parts.rows + 1 &&
         parts.packed_links.size() >= BytesBehind(parts) &&
         (parts.packed_links.size() - BytesBehind(parts)) %
                 LinkList::BytesFor(parts.rows) ==
             0;
}

bool HaveFixedSizes(const HnswGraph::Parts& parts) {
  return parts.links.size() == parts.rows * 2 * parts.m &&
         parts.upper_lists.size() == parts.rows + 1 &&
         parts.upper_links.size() % parts.m == 0;
}

absl::Status CheckLinks(const LinkList& links, uint64_t rows) {
  for (const uint32_t link : links) {
    if (link >= rows && link != links.none()) {
      return absl::InvalidArgumentError(
          absl::StrCat("a link leads to row ", link, " of ", rows));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status HnswOptions::Validate() const {
  if (m < 2 || m > kMaxM) {
    return absl::InvalidArgumentError(
        absl::StrCat("m is ", m, ", expected 2 to ", kMaxM));
  }
  if (ef_construction < 1 || ef_construction > kMaxEfConstruction) {
    return absl::InvalidArgumentError(
        absl::StrCat("ef_construction is ", ef_construction, ", expected 1 to ",
                     kMaxEfConstruction));
  }
  return absl::OkStatus();
}

HnswGraph::HnswGraph(const Parts& parts, std::shared_ptr<const void> owner)
    : parts_(parts),
      link_bytes_(LinkList::BytesFor(parts.rows)),
      owner_(std::move(owner)),
      scratch_(std::make_shared<HnswScratchPool>(parts.rows)) {
  if (parts.packed()) {
    num_packed_ =
        (parts.packed_links.size() - BytesBehind(parts)) / link_bytes_;
  }
}

absl::StatusOr<HnswGraph> HnswGraph::FromParts(
    const Parts& parts, std::shared_ptr<const void> owner) {
  if (parts.m < 2 || parts.m > kMaxM ||
      !(parts.packed() ? HavePackedSizes(parts) : HaveFixedSizes(parts))) {
    return absl::InvalidArgumentError(
        absl::StrCat("the parts of a graph do not fit ", parts.rows,
                     " rows and m = ", parts.m));
  }
  if (parts.entry_point >= parts.rows) {
    return absl::InvalidArgumentError(
        absl::StrCat("the entry point of a graph is row ", parts.entry_point,
                     " of ", parts.rows));
  }
  if (parts.ef_search < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "ef_search of a graph is ", parts.ef_search, ", expected at least 1"));
  }
  return HnswGraph(parts, std::move(owner));
}

absl::Status HnswGraph::Check() const {
  return parts_.packed() ? CheckPacked() : CheckFixed();
}

absl::Status HnswGraph::CheckPacked() const {
  const size_t most_upper = static_cast<size_t>(parts_.m);
  for (uint64_t row = 0; row < parts_.rows; ++row) {
    const uint64_t begin = Start(row);
    const uint64_t end = Start(row + 1);
    if (begin > end || end > num_packed_ || (row == 0 && begin != 0) ||
        (row + 1 == parts_.rows && end != num_packed_)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the links of row ", row, " are those from ", begin,
                       " to ", end, " of ", num_packed_));
    }
    LinkList lists = PackedLists(static_cast<uint32_t>(row));
    for (uint32_t level = 0;; ++level) {
      const size_t links = lists.UpToNone().size();
      if (links > most_upper << (level == 0) || level > kMaxUpperLevels) {
        return absl::InvalidArgumentError(absl::StrCat(
            "row ", row, " has ", links, " links on level ", level));
      }
      if (links == lists.size()) break;
      lists = lists.From(links + 1);
    }
  }
  return CheckLinks(
      LinkList(parts_.packed_links.data(), num_packed_, link_bytes_),
      parts_.rows);
}

absl::Status HnswGraph::CheckFixed() const {
  uint32_t last = 0;
  for (uint64_t row = 0; row <= parts_.rows; ++row) {
    const uint32_t list = parts_.upper_lists[row];
    if (list < last || list > parts_.lists() ||
        (row > 0 && list - last > kMaxUpperLevels)) {
      return absl::InvalidArgumentError(
          absl::StrCat("row ", row, " starts at list ", list, " of ",
                       parts_.lists(), ", the row before at ", last));
    }
    last = list;
  }
  for (const auto links : {parts_.links, parts_.upper_links}) {
    EMBED_RETURN_IF_ERROR(CheckLinks(LinkList(links), parts_.rows));
  }
  return absl::OkStatus();
}

uint32_t HnswGraph::UpperLevels(uint32_t row) const {
  if (parts_.packed()) {
    const LinkList lists = PackedLists(row).First(MostPackedLinks(parts_));
    uint32_t levels = 0;
    for (const uint32_t link : lists) levels += link == lists.none();
    return std::min(levels, kMaxUpperLevels);
  }
  const uint32_t begin = parts_.upper_lists[row];
  const uint32_t end = parts_.upper_lists[row + 1];
  if (begin > end || end > parts_.lists()) return 0;
  return std::min(end - begin, kMaxUpperLevels);
}

LinkList HnswGraph::UpperLinks(uint32_t row, uint32_t level) const {
  const size_t most = static_cast<size_t>(parts_.m);
  if (!parts_.packed()) {
    if (level > UpperLevels(row)) return LinkList({});
    const uint64_t list = parts_.upper_lists[row] + level - uint64_t{1};
    return LinkList(
        absl::MakeSpan(parts_.upper_links.data() + list * most, most));
  }
  LinkList lists = PackedLists(row).First(MostPackedLinks(parts_));
  for (; level > 0; --level) {
    const size_t links = lists.UpToNone().size();
    if (links == lists.size()) return lists.First(0);
    lists = lists.From(links + 1);
  }
  return lists.First(most);
}

}  // namespace embed
