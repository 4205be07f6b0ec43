#include "apps/serve/key_places.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "apps/plane_places.h"
#include "apps/serve/json_text.h"
#include "embed/base/status_macros.h"
#include "embed/io/mapped_file.h"
#include "embed/kernels/int8_scan.h"
#include "embed/math/matrix_view.h"
#include "embed/model/embedding_table.h"

namespace embed {
namespace {

constexpr uint64_t kMostPoints = 100000;
// Multiply-adds that the covariance of the rows may take: about two seconds.
constexpr uint64_t kMostWork = uint64_t{1} << 32;
constexpr double kLongestSide = 65535;

// name: [values]
template <typename Number>
void AppendNumbers(absl::string_view name, const std::vector<Number>& values,
                   std::string* json) {
  absl::StrAppend(json, ",\"", name, "\":[");
  for (size_t i = 0; i < values.size(); ++i) {
    absl::StrAppend(json, i > 0 ? "," : "", values[i]);
  }
  json->push_back(']');
}

template <typename Text>
void AppendStrings(absl::string_view name, size_t count, const Text& text,
                   std::string* json) {
  absl::StrAppend(json, ",\"", name, "\":[");
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) json->push_back(',');
    AppendJsonString(text(i), json);
  }
  json->push_back(']');
}

// Sets x and y; places: one an id, at least one.
void SetPlaces(const std::vector<Point>& places, KeyPlaces* map) {
  Point low = places[0];
  Point high = low;
  for (const Point& place : places) {
    low = {std::min(low.x, place.x), std::min(low.y, place.y)};
    high = {std::max(high.x, place.x), std::max(high.y, place.y)};
  }
  const double side = std::max({high.x - low.x, high.y - low.y, 1e-30});
  for (const Point& place : places) {
    map->x.push_back(static_cast<uint16_t>(
        std::lround((place.x - low.x) / side * kLongestSide)));
    map->y.push_back(static_cast<uint16_t>(
        std::lround((place.y - low.y) / side * kLongestSide)));
  }
}

absl::Status BadLine(const std::string& path, uint64_t line,
                     absl::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ":", line, ": ", problem));
}

// Reads a map file line by line.
class MapFileReader {
 public:
  MapFileReader(const ItemIndex& index, const std::string& path)
      : index_(index), path_(path) {}

  absl::Status Add(const std::string& line) {
    ++line_;
    const std::vector<absl::string_view> cells = absl::StrSplit(line, '\t');
    if (line_ == 1) {
      if (cells.size() == 4 && cells[1] == "x" && cells[2] == "y") {
        return absl::OkStatus();
      }
      return BadLine(path_, 1,
                     "expected the columns key, x, y, label, as embedeval map "
                     "--out writes them");
    }
    Point place;
    if (cells.size() != 4 || !absl::SimpleAtod(cells[1], &place.x) ||
        !absl::SimpleAtod(cells[2], &place.y) || !std::isfinite(place.x) ||
        !std::isfinite(place.y)) {
      return BadLine(path_, line_,
                     "expected key, x, y, label with tabs between");
    }
    if (line_ - 1 > kMostPoints) {
      return BadLine(path_, line_,
                     absl::StrCat("a map has at most ", kMostPoints, " keys"));
    }
    const auto id = index_.Find(cells[0]);
    if (!id.has_value()) return absl::OkStatus();
    map_.ids.push_back(*id);
    places_.push_back(place);
    map_.labels.push_back(LabelOf(cells[3]));
    return absl::OkStatus();
  }

  absl::StatusOr<KeyPlaces> Finish() && {
    if (map_.ids.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path_, ": none of its ", line_ == 0 ? 0 : line_ - 1,
                       " keys is in the index; make it of the same model"));
    }
    if (map_.label_names.empty()) map_.labels.clear();
    map_.note = "places of the file given by --map";
    SetPlaces(places_, &map_);
    return std::move(map_);
  }

 private:
  int LabelOf(absl::string_view name) {
    if (name.empty()) return -1;
    const auto [found, added] =
        numbers_.emplace(std::string(name), numbers_.size());
    if (added) map_.label_names.emplace_back(name);
    return found->second;
  }

  const ItemIndex& index_;
  const std::string& path_;
  uint64_t line_ = 0;
  KeyPlaces map_;
  std::vector<Point> places_;
  std::map<std::string, int> numbers_;
};

}  // namespace

std::string PlacesJson(const ItemIndex& index, const KeyPlaces& map) {
  KeyPlaces there;
  for (size_t i = 0; i < map.ids.size(); ++i) {
    if (map.ids[i] >= index.size() || !index.Has(map.ids[i])) continue;
    there.ids.push_back(map.ids[i]);
    there.x.push_back(map.x[i]);
    there.y.push_back(map.y[i]);
    if (!map.labels.empty()) there.labels.push_back(map.labels[i]);
  }
  std::string json = "{\"note\":";
  AppendJsonString(map.note, &json);
  absl::StrAppend(&json, ",\"items\":", index.num_items());
  AppendStrings(
      "keys", there.ids.size(),
      [&](size_t i) { return index.key(there.ids[i]); }, &json);
  AppendNumbers("x", there.x, &json);
  AppendNumbers("y", there.y, &json);
  AppendStrings(
      "labels", map.label_names.size(),
      [&](size_t i) { return absl::string_view(map.label_names[i]); }, &json);
  AppendNumbers("label", there.labels, &json);
  json.push_back('}');
  return json;
}

absl::StatusOr<KeyPlaces> PrincipalPlaces(const ItemIndex& index, int threads) {
  const uint64_t dim = static_cast<uint64_t>(index.dim());
  if (index.dim() > kInt8MaxDim) {  // of an index that FAISS wrote
    return absl::InvalidArgumentError(
        absl::StrCat("principal components of dim ", dim, ", expected at most ",
                     kInt8MaxDim, "; give places by --map"));
  }
  const uint64_t most =
      std::min(kMostPoints, std::max<uint64_t>(1000, kMostWork / (dim * dim)));
  KeyPlaces map;
  for (uint32_t id = 0; id < index.size() && map.ids.size() < most; ++id) {
    if (index.Has(id)) map.ids.push_back(id);
  }
  if (map.ids.empty()) {
    return absl::InvalidArgumentError("every item is deleted");
  }
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable rows,
                         EmbeddingTable::Create(map.ids.size(), index.dim()));
  for (uint64_t row = 0; row < map.ids.size(); ++row) {
    const std::vector<float> vector = index.Vector(map.ids[row]);
    std::copy(vector.begin(), vector.end(), rows.row(row));
  }
  EMBED_ASSIGN_OR_RETURN(PlanePlaces found, PcaPlaces(rows.view(), threads));
  map.note = std::move(found.note);
  SetPlaces(found.places, &map);
  map.label_names = index.type_names();
  std::map<absl::string_view, int> numbers;
  for (const std::string& name : map.label_names) {
    numbers.emplace(name, numbers.size());
  }
  for (const uint32_t id : map.ids) {
    if (numbers.empty()) break;
    const auto number = numbers.find(index.type(id));
    map.labels.push_back(number == numbers.end() ? -1 : number->second);
  }
  return map;
}

absl::StatusOr<KeyPlaces> MapFilePlaces(const ItemIndex& index,
                                        const std::string& path) {
  // Opening it says best why a file cannot be read.
  EMBED_RETURN_IF_ERROR(MappedFile::Open(path).status());
  std::ifstream file(path);
  MapFileReader reader(index, path);
  std::string line;
  while (std::getline(file, line)) EMBED_RETURN_IF_ERROR(reader.Add(line));
  return std::move(reader).Finish();
}

}  // namespace embed
