#include "apps/serve/served_index.h"

#include <cstddef>

#include "embed/base/status_macros.h"
#include "embed/index/changed_items.h"

namespace embed {
namespace {

// Bitmaps that are kept: one bit an item each.
constexpr size_t kMostFiltersKept = 64;

uint64_t Renumbered(const ItemIndex& index) {
  return index.changes() == nullptr ? 0 : index.changes()->renumbered();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const ServedIndex>> ServedIndex::Open(
    const ServedFiles& files, int threads, uint64_t generation) {
  EMBED_ASSIGN_OR_RETURN(ItemIndex index, ItemIndex::Open(files.index));
  // make_shared has no access to the constructor.
  std::shared_ptr<ServedIndex> served(new ServedIndex(
      std::make_shared<const ItemIndex>(std::move(index)),
      std::make_shared<SharedPlaces>(files.map, generation), generation));
  if (!files.model.empty()) {
    EMBED_ASSIGN_OR_RETURN(
        served->unseen_,
        UnseenWords::Open(files.model, served->index(), threads));
  }
  // A bad file of places is an error now; components take longer and wait.
  if (!files.map.empty()) EMBED_RETURN_IF_ERROR(served->MakePlaces(threads));
  return std::shared_ptr<const ServedIndex>(std::move(served));
}

std::shared_ptr<const ServedIndex> ServedIndex::OfIndex(
    const ServedFiles& files, std::shared_ptr<const ItemIndex> index,
    uint64_t generation) {
  return std::shared_ptr<const ServedIndex>(new ServedIndex(
      std::move(index), std::make_shared<SharedPlaces>(files.map, generation),
      generation));
}

std::shared_ptr<const ServedIndex> ServedIndex::Changed(
    std::shared_ptr<const ItemIndex> index, uint64_t generation) const {
  auto places =
      Renumbered(*index) == Renumbered(*index_)
          ? places_
          : std::make_shared<SharedPlaces>(places_->map_path, generation);
  return std::shared_ptr<const ServedIndex>(
      new ServedIndex(std::move(index), std::move(places), generation));
}

absl::StatusOr<std::shared_ptr<const ItemBits>> ServedIndex::Filtered(
    const ItemFilter& filter) const {
  if (filter.empty()) return nullptr;
  auto key = std::make_pair(filter.types, filter.prefix);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = filters_.find(key);
    if (found != filters_.end()) return found->second;
  }
  EMBED_ASSIGN_OR_RETURN(FilteredItems items, FilterItems(*index_, filter));
  auto made = std::make_shared<const ItemBits>(std::move(items.bits));
  const std::lock_guard<std::mutex> lock(mutex_);
  // Who filters by ever other prefixes pushes out what others use, no more.
  if (filters_.size() >= kMostFiltersKept) filters_.clear();
  return filters_.emplace(std::move(key), std::move(made)).first->second;
}

std::shared_ptr<const std::string> ServedIndex::places() const {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (places_json_ != nullptr) return places_json_;
  }
  std::shared_ptr<const KeyPlaces> made;
  {
    const std::lock_guard<std::mutex> lock(places_->mutex);
    made = places_->made;
  }
  if (made == nullptr) return nullptr;
  auto json = std::make_shared<const std::string>(PlacesJson(*index_, *made));
  const std::lock_guard<std::mutex> lock(mutex_);
  if (places_json_ == nullptr) places_json_ = std::move(json);
  return places_json_;
}

absl::Status ServedIndex::MakePlaces(int threads) const {
  const std::lock_guard<std::mutex> making(places_->making);
  {
    const std::lock_guard<std::mutex> lock(places_->mutex);
    if (places_->made != nullptr) return absl::OkStatus();
  }
  EMBED_ASSIGN_OR_RETURN(KeyPlaces places,
                         places_->map_path.empty()
                             ? PrincipalPlaces(*index_, threads)
                             : MapFilePlaces(*index_, places_->map_path));
  auto made = std::make_shared<const KeyPlaces>(std::move(places));
  const std::lock_guard<std::mutex> lock(places_->mutex);
  places_->made = std::move(made);
  return absl::OkStatus();
}

}  // namespace embed
