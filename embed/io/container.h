// The file container of .embed models, .faiss indexes and checkpoints: named
// sections behind a checked header. Byte layout: embed/io/FORMAT.md.
//
//   magic (8 bytes) | version u32 | endian mark u32 | header bytes u64 |
//   file bytes u64 | section count u64 | section table | XXH3 of the header |
//   sections, each 64-byte aligned, with an XXH3 in the table
//
// A mapped file is used in place; numbers are little-endian. Reading treats a
// file as hostile: everything is checked before it is used, and whatever is
// wrong is a DataLoss error that names path, offset, what was expected and what
// was found.
#ifndef EMBED_IO_CONTAINER_H_
#define EMBED_IO_CONTAINER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "embed/io/mapped_file.h"

namespace embed {

// What a container holds; the magic bytes differ.
enum class ContainerKind { kModel, kIndex, kCheckpoint };

// Collects sections, then writes them. The bytes must live until Write().
class ContainerWriter {
 public:
  // version: the first whose readers understand the sections.
  explicit ContainerWriter(ContainerKind kind, uint32_t version = 1)
      : kind_(kind), version_(version) {}

  // name: 1 to 23 bytes of [a-z0-9_], each used once; else Write() returns
  // InvalidArgument.
  void Add(absl::string_view name, const void* data, uint64_t size);
  template <typename T>
  void Add(absl::string_view name, absl::Span<const T> values) {
    Add(name, values.data(), values.size() * sizeof(T));
  }

  // Writes the file atomically (AtomicFile).
  absl::Status Write(const std::string& path) const;

 private:
  struct Section {
    std::string name;
    const void* data;
    uint64_t size;
  };
  absl::StatusOr<std::string> Header() const;

  ContainerKind kind_;
  uint32_t version_;
  std::vector<Section> sections_;
};

// An opened container. Thread-safe after Open().
class Container {
 public:
  // How much is verified at opening: kAll reads every byte; kHeader leaves the
  // sections' checksums unread, so that opening costs no time, for callers that
  // check values where they use them.
  enum class Verify { kAll, kHeader };

  // DataLoss: not a container of this kind, cut off, damaged.
  static absl::StatusOr<Container> Open(const std::string& path,
                                        ContainerKind kind,
                                        Verify verify = Verify::kAll);

  bool Has(absl::string_view name) const { return Find(name) != nullptr; }
  // The bytes of a section, 64-byte aligned, inside the mapping. DataLoss: no
  // such section.
  absl::StatusOr<absl::Span<const uint8_t>> Bytes(absl::string_view name) const;
  // The section as `count` values of T. DataLoss: its size is not
  // count * sizeof(T).
  template <typename T>
  absl::StatusOr<absl::Span<const T>> Array(absl::string_view name,
                                            uint64_t count) const {
    auto bytes = SizedBytes(name, count, sizeof(T));
    if (!bytes.ok()) return bytes.status();
    return absl::MakeConstSpan(reinterpret_cast<const T*>(bytes->data()),
                               count);
  }
  // A DataLoss error about this file: "<path>: section <name> at byte <offset>:
  // <problem>".
  absl::Status Damaged(absl::string_view name, absl::string_view problem) const;
  // The bytes of the container. Only the file of an index may be longer.
  uint64_t size() const { return size_; }
  // What stands behind them.
  absl::Span<const uint8_t> tail() const {
    return {file_->data() + size_, file_->size() - size_};
  }
  // The checksum of the header, in which are those of the sections: files of
  // different contents have different ones.
  uint64_t header_hash() const { return header_hash_; }
  // Keeps the mapping alive for views into it.
  std::shared_ptr<const MappedFile> file() const { return file_; }

 private:
  struct Section {
    std::string name;
    uint64_t offset;
    uint64_t size;
  };
  Container() = default;
  const Section* Find(absl::string_view name) const;
  absl::StatusOr<absl::Span<const uint8_t>> SizedBytes(
      absl::string_view name, uint64_t count, uint64_t element_size) const;

  std::shared_ptr<const MappedFile> file_;
  std::vector<Section> sections_;
  uint64_t size_ = 0;
  uint64_t header_hash_ = 0;
};

}  // namespace embed

#endif  // EMBED_IO_CONTAINER_H_
