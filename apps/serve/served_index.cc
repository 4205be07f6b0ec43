#include "apps/serve/served_index.h"

#include <cstddef>

#include "apps/serve/key_places.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

// Bitmaps that are kept: one bit an item each.
constexpr size_t kMostFiltersKept = 64;

}  // namespace

absl::StatusOr<std::shared_ptr<const ServedIndex>> ServedIndex::Open(
    const ServedFiles& files, int threads, uint64_t generation) {
  EMBED_ASSIGN_OR_RETURN(ItemIndex index, ItemIndex::Open(files.index));
  // make_shared has no access to the constructor.
  std::shared_ptr<ServedIndex> served(
      new ServedIndex(std::make_shared<const ItemIndex>(std::move(index)),
                      files.map, generation));
  if (!files.model.empty()) {
    EMBED_ASSIGN_OR_RETURN(
        served->unseen_,
        UnseenWords::Open(files.model, served->index(), threads));
  }
  // A bad file of places is an error now; components take longer and wait.
  if (!files.map.empty()) EMBED_RETURN_IF_ERROR(served->MakePlaces(threads));
  return std::shared_ptr<const ServedIndex>(std::move(served));
}

std::shared_ptr<const ServedIndex> ServedIndex::OfChanged(
    const ServedFiles& files, std::shared_ptr<const ItemIndex> index,
    uint64_t generation) {
  return std::shared_ptr<const ServedIndex>(
      new ServedIndex(std::move(index), files.map, generation));
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
  const std::lock_guard<std::mutex> lock(mutex_);
  return places_;
}

absl::Status ServedIndex::MakePlaces(int threads) const {
  const std::lock_guard<std::mutex> making(making_places_);
  if (places() != nullptr) return absl::OkStatus();
  EMBED_ASSIGN_OR_RETURN(std::string json,
                         map_path_.empty()
                             ? PrincipalPlacesJson(*index_, threads)
                             : MapFilePlacesJson(*index_, map_path_));
  auto made = std::make_shared<const std::string>(std::move(json));
  const std::lock_guard<std::mutex> lock(mutex_);
  places_ = std::move(made);
  return absl::OkStatus();
}

}  // namespace embed
