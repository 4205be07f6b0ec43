// What may be written: the bodies of POST /v1/items. openapi.json describes
// them.
#ifndef EMBED_APPS_SERVE_ITEM_BODY_H_
#define EMBED_APPS_SERVE_ITEM_BODY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/index/change_log.h"

namespace embed {

constexpr size_t kServeMaxItems = 1024;  // of one request

// {"key": ..., "vector": [...], "type": ...} or {"items": [such, ...]}.
// kMalformedJson; kInvalidValue, with a pointer to the value: also for a vector
// of another dim or with numbers that no float32 holds, and for long keys.
absl::StatusOr<std::vector<ItemChange>> ParseItemBody(absl::string_view text,
                                                      int dim);

}  // namespace embed

#endif  // EMBED_APPS_SERVE_ITEM_BODY_H_
