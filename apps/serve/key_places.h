// Where the keys of an index lie on the map of the page, as JSON:
//
//   {"note": "...", "items": 123, "keys": [...], "x": [...], "y": [...],
//    "labels": [...], "label": [...]}
//
// x and y are whole numbers, 0 to 65,535 along the longer side of the map;
// "label" has for each key the place of its label in "labels", or -1; both are
// empty where there are none.
#ifndef EMBED_APPS_SERVE_KEY_PLACES_H_
#define EMBED_APPS_SERVE_KEY_PLACES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "embed/index/item_index.h"

namespace embed {

// Of the items of an index when the map was made; changes keep the ids of the
// items that they leave alone until ChangedItems::renumbered() grows.
struct KeyPlaces {
  std::string note;
  std::vector<uint32_t> ids;
  std::vector<uint16_t> x;
  std::vector<uint16_t> y;
  std::vector<std::string> label_names;
  std::vector<int> labels;  // one an id, or empty
};

// The JSON text of the places of those items that `index` still or already has
// as they were: an earlier or later state, with the same ids, of the one that
// they are of.
std::string PlacesJson(const ItemIndex& index, const KeyPlaces& map);

// The first two principal components of up to 100,000 rows, the first ones
// (fewer where the dim is large); labels are the types. InvalidArgument: a dim
// above 4,096, every item is deleted.
absl::StatusOr<KeyPlaces> PrincipalPlaces(const ItemIndex& index, int threads);

// The places in a file that `embedeval map --out` writes: a head line, then
// lines of key, x, y, label with tabs between. Keys that the index lacks are
// left out. InvalidArgument (path:line): something else, more than 100,000
// lines, none of the keys. NotFound, PermissionDenied.
absl::StatusOr<KeyPlaces> MapFilePlaces(const ItemIndex& index,
                                        const std::string& path);

}  // namespace embed

#endif  // EMBED_APPS_SERVE_KEY_PLACES_H_
