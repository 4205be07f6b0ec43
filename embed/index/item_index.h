// Items found by key and by nearness: an Int8Table with a key, and in a typed
// network a type, for each row, in memory or mapped from a file (layout:
// embed/index/FORMAT.md).
//
// A file may have changes behind the table, made by an IndexWriter
// (embed/index/index_writer.h): the index is then what they left of it
// (embed/index/changed_items.h).
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
#include "embed/index/changed_items.h"
#include "embed/index/faiss_file.h"
#include "embed/index/hnsw_graph.h"
#include "embed/index/int8_table.h"
#include "embed/index/ivf_lists.h"
#include "embed/index/key_table.h"
#include "embed/io/container.h"
#include "embed/math/matrix_view.h"
#include "embed/model/vocabulary.h"

namespace embed {

struct ItemIndexOptions {
  uint64_t seed = 1;  // of the rotation
  Int8Rotation rotation = Int8Rotation::kWhenBetter;
  int threads = 1;                  // changes the speed only
  Metric metric = Metric::kCosine;  // what the index ranks by
  RowCodec codec = RowCodec::kInt8;
  // Keeps the rows in float16 as well, from which scores are then taken: they
  // differ from those of the floats by some 1e-4. Of int8 by cosine only.
  bool rerank_f16 = false;
  // A graph for faster search, which finds nearly all that an exact one does.
  // It has its own number of threads.
  std::optional<HnswOptions> hnsw;
  // Lists instead of a graph: made sooner, and next to no memory. The seed and
  // the threads are those above. Ids are then given list by list.
  std::optional<IvfOptions> ivf;
  // If above 0, the graph's ef_search or the lists' nprobe is tuned for this
  // recall (embed/index/hnsw_tuning.h, ivf_tuning.h).
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
  // vectors: row i belongs to key i. It keeps the types of the vocabulary, if
  // it has any. Ids are those of the vocabulary, but for an index with lists.
  // InvalidArgument: rows and keys differ in number, none, a dim above
  // kInt8MaxDim, a value that is not finite (the message names the key), what
  // Int8Table, HnswOptions, TuneEfSearch() and PartitionRows() refuse, a graph
  // together with lists, lists by another metric than cosine.
  static absl::StatusOr<ItemIndex> Build(const Vocabulary& vocabulary,
                                         const MatrixView& vectors,
                                         const ItemIndexOptions& options);

  // Maps the file and uses it in place. kAll checks everything. kHeader takes
  // no time and touches no row: damage then shows as wrong answers, never as an
  // access outside the file. DataLoss: not an index, cut off or damaged.
  // An index that FAISS wrote is read whole (faiss_file.h) and searched by
  // FAISS; it has no table.
  static absl::StatusOr<ItemIndex> Open(
      const std::string& path,
      Container::Verify verify = Container::Verify::kAll);

  // Writes the file atomically; the same index gives the same bytes.
  // FailedPrecondition: it has changes. InvalidArgument: one that FAISS wrote,
  // or a graph of an older file that is damaged.
  absl::Status Write(const std::string& path) const;

  // This index with other changes, which are of it.
  ItemIndex WithChanges(std::shared_ptr<const ChangedItems> changes) const;
  // The index of the items that are there, without changes: rows are copied, so
  // that scores stay. A graph is built anew with the same m, ef_search and,
  // where info() tells it, ef_construction; lists keep their centers and
  // nprobe, but empty ones go if there are fewer items than lists. Ids become
  // dense in their order, with lists list by list. threads: of the graph, as in
  // HnswOptions. InvalidArgument: no item is left.
  absl::StatusOr<ItemIndex> Compacted(int threads) const;
  // Null without changes.
  const ChangedItems* changes() const { return changes_.get(); }
  // Where the change log of the file ends.
  const ChangeLogEnd& log_end() const { return log_end_; }

  // Ids are below this.
  uint64_t size() const { return changes_ ? changes_->size() : keys_.size(); }
  // How many items there are: size() but for changes.
  uint64_t num_items() const {
    return changes_ ? changes_->num_items() : keys_.size();
  }
  // Whether there is an item of this id, below size(). Those of deleted items
  // and former vectors stay unused.
  bool Has(uint32_t id) const { return !changes_ || changes_->Has(id); }
  int dim() const { return faiss_ ? faiss_->dim() : table_->dim(); }
  absl::string_view key(uint32_t id) const {
    return changes_ ? changes_->key(id) : keys_.key(id);
  }
  Metric metric() const { return faiss_ ? faiss_->metric() : table_->metric(); }
  // The rows without changes. Of an index that FAISS wrote there is none.
  const Int8Table& table() const { return *table_; }
  // Null if FAISS did not write it.
  const FaissFile* faiss() const { return faiss_.get(); }
  // Of these rows; null if the index was built without.
  const HnswGraph* graph() const { return graph_ ? &*graph_ : nullptr; }
  const IvfLists* lists() const { return lists_ ? &*lists_ : nullptr; }
  // Whether searches take an ef_search, or an nprobe.
  bool has_graph() const {
    return graph_.has_value() || (faiss_ && faiss_->has_graph());
  }
  bool has_lists() const {
    return lists_.has_value() || (faiss_ && faiss_->has_lists());
  }
  const std::map<std::string, std::string>& info() const { return info_; }

  // The names of types; empty in an index without.
  const std::vector<std::string>& type_names() const { return type_names_; }
  // The type of an item; empty in an index without types.
  absl::string_view type(uint32_t id) const {
    if (changes_ && id >= keys_.size()) return changes_->type(id);
    const bool known = id < types_.size() && types_[id] < type_names_.size();
    return known ? absl::string_view(type_names_[types_[id]]) : "";
  }
  // The bits of the items of a type, as SearchOptions::allowed wants them;
  // nullopt: there is no such type.
  std::optional<std::vector<uint64_t>> ItemsOfType(
      absl::string_view name) const;

  // The id of `key`. O(log size).
  std::optional<uint32_t> Find(absl::string_view key) const {
    return changes_ ? changes_->Find(key) : keys_.Find(key);
  }
  // The bits of the items whose keys start with `prefix`. O(log size + items
  // found + changes).
  std::vector<uint64_t> ItemsWithPrefix(absl::string_view prefix) const;

  // The ids of the keys that start with `prefix`, by rising keys, as they were
  // before changes(). O(log size).
  absl::Span<const uint32_t> KeysWithPrefix(absl::string_view prefix) const {
    return keys_.WithPrefix(prefix);
  }

  // The ids of up to n keys spelled like `key`: at most a third of its code
  // points edited (1 to 4), fewest edits first, then by id. Reads all keys.
  std::vector<uint32_t> NearestSpellings(absl::string_view key,
                                         uint64_t n) const;

  // The stored vector of `id`: what was given, rounded; of an index by cosine
  // at length 1, or 0 if a zero vector was given; of one that FAISS wrote, as
  // it is there (zeros if FAISS cannot tell).
  std::vector<float> Vector(uint32_t id) const;

  // See Int8Table, HnswGraph and IvfLists; ids are those of the keys. Goes
  // through the graph or the lists, if there are any and options.exact does not
  // forbid it.
  absl::StatusOr<SearchHits> Search(const MatrixView& queries,
                                    const SearchOptions& options) const;
  // Always exact.
  absl::StatusOr<SearchHits> RangeSearch(const MatrixView& queries,
                                         float min_score,
                                         const SearchOptions& options) const;

 private:
  ItemIndex(Int8Table table, std::optional<HnswGraph> graph,
            std::optional<IvfLists> lists, KeyTable keys)
      : table_(std::move(table)),
        graph_(std::move(graph)),
        lists_(std::move(lists)),
        keys_(std::move(keys)) {}
  // The index with the changes that its file holds.
  static absl::StatusOr<ItemIndex> WithLog(ItemIndex index,
                                           const Container& file);
  ItemIndex(std::shared_ptr<const FaissFile> faiss, KeyTable keys)
      : keys_(std::move(keys)), faiss_(std::move(faiss)) {}
  static absl::StatusOr<ItemIndex> OpenFaiss(const std::string& path);
  static absl::StatusOr<ItemIndex> BuildWithLists(
      const Vocabulary& vocabulary, const MatrixView& vectors,
      const ItemIndexOptions& options);
  static absl::StatusOr<ItemIndex> BuildInOrder(
      const Vocabulary& vocabulary, const MatrixView& vectors,
      const ItemIndexOptions& options);

  std::optional<Int8Table> table_;
  std::optional<HnswGraph> graph_;
  std::optional<IvfLists> lists_;
  KeyTable keys_;
  std::shared_ptr<const FaissFile> faiss_;
  std::vector<std::string> type_names_;
  absl::Span<const uint16_t> types_;  // [size], or empty
  std::shared_ptr<const void> types_owner_;
  uint64_t seed_ = 0;
  std::map<std::string, std::string> info_;
  ChangeLogEnd log_end_;
  std::shared_ptr<const ChangedItems> changes_;
};

}  // namespace embed

#endif  // EMBED_INDEX_ITEM_INDEX_H_
