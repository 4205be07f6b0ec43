#include "embed/index/hnsw_pack.h"

#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

// The memory of a packed graph.
struct PackedStorage {
  AlignedBuffer links;  // of huge pages, where the system has them
  std::vector<uint64_t> bases;
  std::vector<uint32_t> offsets;
};

// How many links the lists of a row are when they are packed.
uint64_t PackedLinks(const HnswGraph& graph, uint32_t row) {
  uint64_t links = graph.Links(row).UpToNone().size();
  const uint32_t levels = graph.UpperLevels(row);
  for (uint32_t level = 1; level <= levels; ++level) {
    links += 1 + graph.UpperLinks(row, level).UpToNone().size();
  }
  return links;
}

// Writes numbers of some bytes behind one another, and zeros up to the 4 bytes
// from the start of each.
class LinkWriter {
 public:
  LinkWriter(void* begin, uint32_t bytes)
      : place_(static_cast<uint8_t*>(begin)),
        bytes_(bytes),
        mask_(LinkList(nullptr, 0, bytes).none()) {}

  void Add(uint32_t link) {
    const uint32_t value = link & mask_;
    std::memcpy(place_, &value, sizeof(value));
    place_ += bytes_;
  }
  void Add(const LinkList& links) {
    for (const uint32_t link : links.UpToNone()) Add(link);
  }
  // All lists of a row.
  void AddRow(const HnswGraph& graph, uint32_t row) {
    Add(graph.Links(row));
    const uint32_t levels = graph.UpperLevels(row);
    for (uint32_t level = 1; level <= levels; ++level) {
      Add(mask_);
      Add(graph.UpperLinks(row, level));
    }
  }

 private:
  uint8_t* place_;
  uint32_t bytes_;
  uint32_t mask_;
};

// Sets bases and offsets of the packed lists; returns how many links they are.
uint64_t SetPlaces(const HnswGraph& graph, PackedStorage* storage) {
  storage->offsets.reserve(graph.rows() + 1);
  uint64_t links = 0;
  for (uint64_t row = 0; row <= graph.rows(); ++row) {
    if (row % HnswGraph::kRowsPerBase == 0) storage->bases.push_back(links);
    storage->offsets.push_back(
        static_cast<uint32_t>(links - storage->bases.back()));
    if (row < graph.rows()) {
      links += PackedLinks(graph, static_cast<uint32_t>(row));
    }
  }
  return links;
}

}  // namespace

absl::StatusOr<HnswGraph> PackLists(
    const HnswGraph& graph, absl::FunctionRef<void(uint64_t end)> packed) {
  auto storage = std::make_shared<PackedStorage>();
  HnswGraph::Parts parts = graph.parts();
  const uint32_t link_bytes = LinkList::BytesFor(parts.rows);
  const uint64_t links = SetPlaces(graph, storage.get());
  const uint64_t size = links * link_bytes + sizeof(uint32_t) - link_bytes;
  EMBED_ASSIGN_OR_RETURN(storage->links, AlignedBuffer::Create(size));
  LinkWriter writer(storage->links.data(), link_bytes);
  for (uint64_t row = 0; row < parts.rows; ++row) {
    if (row % HnswGraph::kRowsPerBase == 0) packed(row);
    writer.AddRow(graph, static_cast<uint32_t>(row));
  }
  parts.packed_links = {static_cast<const uint8_t*>(storage->links.data()),
                        static_cast<size_t>(size)};
  parts.bases = storage->bases;
  parts.offsets = storage->offsets;
  parts.links = parts.upper_lists = parts.upper_links = {};
  return HnswGraph::FromParts(parts, std::move(storage));
}

absl::StatusOr<HnswGraph> HnswGraph::Packed() const {
  if (parts_.packed()) return *this;
  // Packed, a link that leads nowhere could be taken for another one.
  EMBED_RETURN_IF_ERROR(CheckFixed());
  return PackLists(*this, [](uint64_t) {});
}

}  // namespace embed
