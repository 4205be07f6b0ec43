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
#include "absl/strings/string_view.h"
#include "apps/unseen_words.h"
#include "embed/index/item_index.h"

namespace embed {

struct ServedFiles {
  std::string index;
  std::string model;  // empty: keys that the index lacks are unknown
  std::string map;    // empty: places are principal components
};

// The bits of the items that a filter lets through, as SearchOptions::allowed.
using ItemBits = std::vector<uint64_t>;

// Thread-safe.
class ServedIndex {
 public:
  // Errors: those of ItemIndex::Open() and UnseenWords::Open().
  static absl::StatusOr<std::shared_ptr<const ServedIndex>> Open(
      const ServedFiles& files, int threads, uint64_t generation);

  const ItemIndex& index() const { return index_; }
  // Null without a model.
  const UnseenWords* unseen() const { return unseen_.get(); }
  // Counts the loads of this process, from 1.
  uint64_t generation() const { return generation_; }

  // The items of a type; null if there is no such type. Made at the first call.
  std::shared_ptr<const ItemBits> OfType(absl::string_view name) const;

  // JSON text of the places of the keys on a map (key_places.h); null until
  // MakePlaces() has ended.
  std::shared_ptr<const std::string> places() const;
  // Takes seconds; later calls return what the first did.
  absl::Status MakePlaces(int threads) const;

 private:
  ServedIndex(ItemIndex index, std::string map_path, uint64_t generation)
      : index_(std::move(index)),
        map_path_(std::move(map_path)),
        generation_(generation) {}

  const ItemIndex index_;
  const std::string map_path_;
  const uint64_t generation_;
  std::unique_ptr<const UnseenWords> unseen_;
  mutable std::mutex mutex_;  // of what follows
  mutable std::map<std::string, std::shared_ptr<const ItemBits>> types_;
  mutable std::shared_ptr<const std::string> places_;
  mutable std::mutex making_places_;
};

}  // namespace embed

#endif  // EMBED_APPS_SERVE_SERVED_INDEX_H_
