// Items found by key and by nearness: an Int8Table with a key, and in a typed
// network a type, for each row, in memory or mapped from a file (layout:
// embed/index/FORMAT.md).
//
// Immutable: any number of threads may use it.
#ifndef EMBED_INDEX_ITEM_INDEX_H_
#define EMBED_INDEX_ITEM_INDEX_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "embed/index/hnsw_graph.h"
#include "embed/index/int8_table.h"
#include "embed/index/key_table.h"
#include "embed/io/container.h"
#include "embed/math/matrix_view.h"
#include "embed/model/vocabulary.h"

namespace embed {

struct ItemIndexOptions {
  uint64_t seed = 1;  // of the rotation
  Int8Rotation rotation = Int8Rotation::kWhenBetter;
  int threads = 1;  // changes the speed only
  // A graph for faster search, which finds nearly all that an exact one does.
  // It has its own number of threads, which may change its links.
  std::optional<HnswOptions> hnsw;
  // If above 0, the graph's ef_search is tuned for this recall
  // (embed/index/hnsw_tuning.h).
  double target_recall = 0;
  // Kept with the index: how its vectors were made. Nothing that differs
  // between two runs of one command.
  std::map<std::string, std::string> info;
};

// InvalidArgument: rows and keys differ in number, none, or a value that is not
// finite (the message names the key).
absl::Status CheckIndexInput(const Vocabulary& vocabulary,
                             const MatrixView& vectors, int threads);

class ItemIndex {
 public:
  // vectors: row i belongs to key i; the index ranks by cosine. It keeps the
  // types of the vocabulary, if it has any.
  // InvalidArgument: rows and keys differ in number, none, a dim above
  // kInt8MaxDim, a value that is not finite (the message names the key), what
  // HnswOptions and TuneEfSearch() refuse.
  static absl::StatusOr<ItemIndex> Build(const Vocabulary& vocabulary,
                                         const MatrixView& vectors,
                                         const ItemIndexOptions& options);

  // Maps the file and uses it in place. kAll checks everything. kHeader takes
  // no time and touches no row: damage then shows as wrong answers, never as an
  // access outside the file. DataLoss: not an index, cut off or damaged.
  static absl::StatusOr<ItemIndex> Open(
      const std::string& path,
      Container::Verify verify = Container::Verify::kAll);

  // Writes the file atomically; the same index gives the same bytes.
  absl::Status Write(const std::string& path) const;

  uint64_t size() const { return table_.rows(); }
  int dim() const { return table_.dim(); }
  absl::string_view key(uint32_t id) const { return keys_.key(id); }
  const Int8Table& table() const { return table_; }
  // Null if the index was built without.
  const HnswGraph* graph() const { return graph_ ? &*graph_ : nullptr; }
  const std::map<std::string, std::string>& info() const { return info_; }

  // The names of types; empty in an index without.
  const std::vector<std::string>& type_names() const { return type_names_; }
  // The type of an item; empty in an index without types.
  absl::string_view type(uint32_t id) const {
    const bool known = id < types_.size() && types_[id] < type_names_.size();
    return known ? absl::string_view(type_names_[types_[id]]) : "";
  }
  // The bits of the items of a type, as SearchOptions::allowed wants them;
  // nullopt: there is no such type.
  std::optional<std::vector<uint64_t>> ItemsOfType(
      absl::string_view name) const;

  // The id of `key`. O(log size).
  std::optional<uint32_t> Find(absl::string_view key) const {
    return keys_.Find(key);
  }

  // The ids of up to n keys spelled like `key`: at most a third of its code
  // points edited (1 to 4), fewest edits first, then by id. Reads all keys.
  std::vector<uint32_t> NearestSpellings(absl::string_view key,
                                         uint64_t n) const;

  // The stored vector of `id`: length 1, or 0 if a zero vector was given.
  std::vector<float> Vector(uint32_t id) const;

  // See Int8Table and HnswGraph; ids are those of the keys. Goes through the
  // graph, if there is one and options.exact does not forbid it.
  absl::StatusOr<SearchHits> Search(const MatrixView& queries,
                                    const SearchOptions& options) const {
    if (graph_.has_value() && !options.exact) {
      return graph_->Search(table_, queries, options);
    }
    return table_.Search(queries, options);
  }
  // Always exact.
  absl::StatusOr<SearchHits> RangeSearch(const MatrixView& queries,
                                         float min_score,
                                         const SearchOptions& options) const {
    return table_.RangeSearch(queries, min_score, options);
  }

 private:
  ItemIndex(Int8Table table, std::optional<HnswGraph> graph, KeyTable keys)
      : table_(std::move(table)),
        graph_(std::move(graph)),
        keys_(std::move(keys)) {}

  Int8Table table_;
  std::optional<HnswGraph> graph_;
  KeyTable keys_;
  std::vector<std::string> type_names_;
  absl::Span<const uint16_t> types_;  // [size], or empty
  std::shared_ptr<const void> types_owner_;
  uint64_t seed_ = 0;
  std::map<std::string, std::string> info_;
};

}  // namespace embed

#endif  // EMBED_INDEX_ITEM_INDEX_H_
