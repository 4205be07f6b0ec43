// One state of what is served: an index, the model beside it, and what is made
// of them on demand. A reload makes the next one; a request keeps the one that
// it started with.
#ifndef EMBED_APPS_SERVE_SERVED_INDEX_H_
#define EMBED_APPS_SERVE_SERVED_INDEX_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/unseen_words.h"
#include "embed/index/item_filter.h"
#include "embed/index/item_index.h"

namespace embed {

struct ServedFiles {
  std::string index;
  std::string model;  // empty: keys that the index lacks are unknown
  std::string map;    // empty: places are principal components
};

// The bits of the items that a filter lets through, as AnswerOptions::allowed.
using ItemBits = std::vector<uint64_t>;

// Thread-safe.
class ServedIndex {
 public:
  // Errors: those of ItemIndex::Open() and UnseenWords::Open().
  static absl::StatusOr<std::shared_ptr<const ServedIndex>> Open(
      const ServedFiles& files, int threads, uint64_t generation);

  // The same files with another state of the index, which nobody composes keys
  // for: without a model.
  static std::shared_ptr<const ServedIndex> OfChanged(
      const ServedFiles& files, std::shared_ptr<const ItemIndex> index,
      uint64_t generation);

  const ItemIndex& index() const { return *index_; }
  // Null without a model.
  const UnseenWords* unseen() const { return unseen_.get(); }
  // Counts the loads and changes of this process, from 1.
  uint64_t generation() const { return generation_; }

  // The items that a filter by types and prefix lets through; null: all. Equal
  // filters get the same bits, as far as they are kept. Errors: those of
  // FilterItems().
  absl::StatusOr<std::shared_ptr<const ItemBits>> Filtered(
      const ItemFilter& filter) const;

  // JSON text of the places of the keys on a map (key_places.h); null until
  // MakePlaces() has ended.
  std::shared_ptr<const std::string> places() const;
  // Takes seconds; later calls return what the first did.
  absl::Status MakePlaces(int threads) const;

 private:
  ServedIndex(std::shared_ptr<const ItemIndex> index, std::string map_path,
              uint64_t generation)
      : index_(std::move(index)),
        map_path_(std::move(map_path)),
        generation_(generation) {}

  const std::shared_ptr<const ItemIndex> index_;
  const std::string map_path_;
  const uint64_t generation_;
  std::unique_ptr<const UnseenWords> unseen_;
  mutable std::mutex mutex_;  // of what follows
  mutable std::map<std::pair<std::vector<std::string>, std::string>,
                   std::shared_ptr<const ItemBits>>
      filters_;  // by types and prefix
  mutable std::shared_ptr<const std::string> places_;
  mutable std::mutex making_places_;
};

}  // namespace embed

#endif  // EMBED_APPS_SERVE_SERVED_INDEX_H_
