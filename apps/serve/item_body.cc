#include "apps/serve/item_body.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "apps/serve/json_text.h"
#include "apps/serve/json_value.h"
#include "embed/base/status_macros.h"
#include "embed/model/vocabulary.h"

namespace embed {
namespace {

// Bodies need four.
constexpr int kMaxItemDepth = 8;

absl::StatusOr<ItemChange> ReadItem(const nlohmann::json& body, int dim,
                                    const std::string& pointer) {
  if (!body.is_object()) return InvalidJson(pointer, "expected an object");
  ItemChange change;
  for (const auto& [name, value] : body.items()) {
    const std::string at = JsonBelow(pointer, name);
    if (name == "key") {
      EMBED_ASSIGN_OR_RETURN(change.key, JsonText(value, at));
      if (change.key.size() > Vocabulary::kMaxKeyBytes) {
        return InvalidJson(
            at, absl::StrCat("a key has at most ", Vocabulary::kMaxKeyBytes,
                             " bytes"));
      }
    } else if (name == "vector") {
      EMBED_ASSIGN_OR_RETURN(change.vector, JsonVector(value, at));
      if (change.vector.size() != static_cast<size_t>(dim)) {
        return InvalidJson(at,
                           absl::StrCat("the vector has ", change.vector.size(),
                                        " numbers, the index has dim ", dim));
      }
    } else if (name == "type") {
      EMBED_ASSIGN_OR_RETURN(change.type, JsonText(value, at));
    } else {
      return InvalidJson(at, "no such member; an item has key, vector, type");
    }
  }
  if (change.key.empty() || change.vector.empty()) {
    return InvalidJson(pointer, "expected a key and a vector");
  }
  return change;
}

}  // namespace

absl::StatusOr<std::vector<ItemChange>> ParseItemBody(absl::string_view text,
                                                      int dim) {
  EMBED_ASSIGN_OR_RETURN(const nlohmann::json body,
                         ParseJson(text, kMaxItemDepth));
  if (!body.is_object()) return InvalidJson("", "expected an object");
  std::vector<ItemChange> changes;
  if (!body.contains("items")) {
    EMBED_ASSIGN_OR_RETURN(ItemChange change, ReadItem(body, dim, ""));
    changes.push_back(std::move(change));
    return changes;
  }
  const nlohmann::json& items = body["items"];
  if (body.size() != 1) {
    return InvalidJson("", "no other member stands beside items");
  }
  if (!items.is_array() || items.empty() || items.size() > kServeMaxItems) {
    return InvalidJson("/items", absl::StrCat("expected an array of 1 to ",
                                              kServeMaxItems, " items"));
  }
  for (size_t i = 0; i < items.size(); ++i) {
    EMBED_ASSIGN_OR_RETURN(
        ItemChange change,
        ReadItem(items[i], dim, JsonBelow("/items", absl::StrCat(i))));
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace embed
