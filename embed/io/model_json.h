// The "info" section of a model file. Private to embed/io.
#ifndef EMBED_IO_MODEL_JSON_H_
#define EMBED_IO_MODEL_JSON_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/io/model_file.h"
#include "embed/model/feature_map.h"

namespace embed {

// Sizes of the binary sections, in elements, and the names of types.
struct ModelShape {
  uint64_t keys = 0;
  uint64_t dim = 0;  // 0 if both tables are empty
  uint64_t input_rows = 0;
  uint64_t output_rows = 0;
  uint64_t feature_ids = 0;  // 0: no features
  uint64_t feature_entries = 0;
  uint64_t feature_rows = 0;
  bool features_without_keys = false;
  Compose compose = Compose::kSum;
  uint64_t relations = 0;
  std::vector<std::string> type_names;  // empty: keys without types
};

// JSON with sorted names and no blanks: the same values give the same bytes.
// Bytes that are not UTF-8 (in a file name) become U+FFFD.
std::string ModelJson(const ModelInfo& info, const ModelShape& shape);

// InvalidArgument: not JSON, or a member is missing or of the wrong type (the
// message names it). Members it does not know are passed over.
absl::Status ParseModelJson(absl::string_view json, ModelInfo* info,
                            ModelShape* shape);

}  // namespace embed

#endif  // EMBED_IO_MODEL_JSON_H_
