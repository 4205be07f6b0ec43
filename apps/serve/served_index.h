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
#include "apps/serve/key_places.h"
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

  // An index that is open, without a model: nobody composes keys of an index
  // that changes.
  static std::shared_ptr<const ServedIndex> OfIndex(
      const ServedFiles& files, std::shared_ptr<const ItemIndex> index,
      uint64_t generation);

  // What changes have made of the index, without a model. It shares the places
  // with this one, whichever of them makes them (items that are new since then
  // have none), unless it has other ids (ChangedItems::renumbered()).
  std::shared_ptr<const ServedIndex> Changed(
      std::shared_ptr<const ItemIndex> index, uint64_t generation) const;

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
  // MakePlaces() has ended. The first call takes some 0.2 us an item.
  std::shared_ptr<const std::string> places() const;
  // Takes seconds; later calls return what the first did.
  absl::Status MakePlaces(int threads) const;
  // The same for all that share their places, and for no others.
  uint64_t places_generation() const { return places_->generation; }

 private:
  // The places of an index and of what changes make of it.
  struct SharedPlaces {
    SharedPlaces(std::string path, uint64_t number)
        : map_path(std::move(path)), generation(number) {}
    const std::string map_path;
    const uint64_t generation;  // of the first that shares them
    std::mutex making;
    std::mutex mutex;                       // of what follows
    std::shared_ptr<const KeyPlaces> made;  // or null
  };

  ServedIndex(std::shared_ptr<const ItemIndex> index,
              std::shared_ptr<SharedPlaces> places, uint64_t generation)
      : index_(std::move(index)),
        places_(std::move(places)),
        generation_(generation) {}

  const std::shared_ptr<const ItemIndex> index_;
  const std::shared_ptr<SharedPlaces> places_;
  const uint64_t generation_;
  std::unique_ptr<const UnseenWords> unseen_;
  mutable std::mutex mutex_;  // of what follows
  mutable std::map<std::pair<std::vector<std::string>, std::string>,
                   std::shared_ptr<const ItemBits>>
      filters_;  // by types and prefix
  mutable std::shared_ptr<const std::string> places_json_;
};

}  // namespace embed

#endif  // EMBED_APPS_SERVE_SERVED_INDEX_H_
