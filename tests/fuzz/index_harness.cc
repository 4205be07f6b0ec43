#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "embed/index/item_index.h"
#include "tests/fuzz/container_seal.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/harnesses.h"

namespace embed {
namespace {

// Everything that answers queries. `trusted`: all of the file was checked.
void UseIndex(const ItemIndex& index, bool trusted) {
  for (uint32_t id = 0; id < index.size(); ++id) {
    const auto found = index.Find(index.key(id));
    const bool there = index.Has(id);  // no change of the file took it away
    if (trusted && there) FUZZ_CHECK(found.has_value() && *found == id);
    index.type(id);
  }
  index.NearestSpellings("key", 3);
  for (const std::string& type : index.type_names()) index.ItemsOfType(type);
  const uint32_t last = static_cast<uint32_t>(index.size()) - 1;
  const std::vector<float> query = index.Vector(last);
  FUZZ_CHECK(query.size() == static_cast<size_t>(index.dim()));
  const MatrixView queries = {query.data(), 1, index.dim(), query.size()};
  SearchOptions options;
  options.k = 5;
  for (const bool exact : {false, true}) {
    options.exact = exact;
    const absl::StatusOr<SearchHits> hits = index.Search(queries, options);
    if (!hits.ok()) continue;  // a vector that is not finite
    FUZZ_CHECK(hits->size() == 1);
    for (const SearchHit& hit : hits->front()) {
      FUZZ_CHECK(hit.id < index.size());
    }
  }
}

void ReadOneIndex(const std::string& path) {
  const absl::StatusOr<ItemIndex> whole = ItemIndex::Open(path);
  if (whole.ok()) {
    UseIndex(*whole, /*trusted=*/true);
  } else {
    CheckRefusal(whole.status(), path);
  }
  const absl::StatusOr<ItemIndex> quick =
      ItemIndex::Open(path, Container::Verify::kHeader);
  if (!quick.ok()) return CheckRefusal(quick.status(), path);
  UseIndex(*quick, /*trusted=*/false);
}

}  // namespace

void FuzzIndex(absl::string_view input) {
  AsIsAndSealed(input, "faiss",
                "\x89"
                "EMBI\r\n\x1a",
                ReadOneIndex);
}

}  // namespace embed
