#include "apps/serve/served_index.h"

#include <cstddef>
#include <optional>

#include "apps/serve/key_places.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

// Sets of types that are kept; more are made anew each time.
constexpr size_t kMostTypesKept = 64;

}  // namespace

absl::StatusOr<std::shared_ptr<const ServedIndex>> ServedIndex::Open(
    const ServedFiles& files, int threads, uint64_t generation) {
  EMBED_ASSIGN_OR_RETURN(ItemIndex index, ItemIndex::Open(files.index));
  // make_shared has no access to the constructor.
  std::shared_ptr<ServedIndex> served(
      new ServedIndex(std::move(index), files.map, generation));
  if (!files.model.empty()) {
    EMBED_ASSIGN_OR_RETURN(
        served->unseen_,
        UnseenWords::Open(files.model, served->index_, threads));
  }
  // A bad file of places is an error now; components take longer and wait.
  if (!files.map.empty()) EMBED_RETURN_IF_ERROR(served->MakePlaces(threads));
  return std::shared_ptr<const ServedIndex>(std::move(served));
}

std::shared_ptr<const ItemBits> ServedIndex::OfType(
    absl::string_view name) const {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = types_.find(std::string(name));
    if (found != types_.end()) return found->second;
  }
  std::optional<ItemBits> bits = index_.ItemsOfType(name);
  if (!bits.has_value()) return nullptr;
  auto made = std::make_shared<const ItemBits>(*std::move(bits));
  const std::lock_guard<std::mutex> lock(mutex_);
  if (types_.size() >= kMostTypesKept) return made;
  return types_.emplace(std::string(name), std::move(made)).first->second;
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
                             ? PrincipalPlacesJson(index_, threads)
                             : MapFilePlacesJson(index_, map_path_));
  auto made = std::make_shared<const std::string>(std::move(json));
  const std::lock_guard<std::mutex> lock(mutex_);
  places_ = std::move(made);
  return absl::OkStatus();
}

}  // namespace embed
