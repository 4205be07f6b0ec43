// Changes of items, and the log of them that stands behind the container in an
// index file (layout: embed/index/FORMAT.md).
//
// The log is a row of batches, each with a checksum (XXH3) over itself and the
// checksum of the batch before, in the end that of the index: so a batch counts
// whole or not at all, and only behind what it was made for. What a killed
// program left half-written behind the last whole batch does not count. It is
// told from damage by what follows: behind a damaged batch there are later
// ones.
#ifndef EMBED_INDEX_CHANGE_LOG_H_
#define EMBED_INDEX_CHANGE_LOG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace embed {

// Of one item.
struct ItemChange {
  enum class Kind : uint8_t {
    kPut = 1,     // adds the item, or gives a present one another vector
    kDelete = 2,  // takes a present item away
  };

  Kind kind = Kind::kPut;
  std::string key;
  std::vector<float> vector;  // [dim], finite, of any length; kPut only
  // Of kPut in an index with types: one of them; empty: the item keeps its own.
  std::string type;
};

// Where a log ends, so that another batch can follow.
struct ChangeLogEnd {
  uint64_t offset = 0;   // in the file, behind the last whole batch
  uint64_t hash = 0;     // of the last batch; without one, of the index
  uint64_t batches = 0;  // so many there are
};

// The bytes of the batch that follows `end`. type_names: those of the index; a
// change's type is one of them or empty. vector: dim numbers.
std::string EncodeChanges(absl::Span<const ItemChange> changes,
                          const std::vector<std::string>& type_names,
                          const ChangeLogEnd& end);

struct ChangeLog {
  std::vector<ItemChange> changes;  // of all whole batches, in their order
  ChangeLogEnd end;
};

// Reads the bytes behind an index; `start`: the end of the log without any
// batch. DataLoss, saying the byte of the file: they are no log, or damaged.
absl::StatusOr<ChangeLog> ReadChangeLog(
    absl::Span<const uint8_t> bytes, int dim,
    const std::vector<std::string>& type_names, const ChangeLogEnd& start);

}  // namespace embed

#endif  // EMBED_INDEX_CHANGE_LOG_H_
