// Vectors that have labels: --labels, beside --model.
#ifndef EMBED_APPS_COMMON_LABELLED_VECTORS_H_
#define EMBED_APPS_COMMON_LABELLED_VECTORS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "apps/common/vectors_flag.h"
#include "embed/io/keyed_vectors.h"

namespace embed {

// Row rows[i] of the model, of keys[i], has labels[i], rising numbers below
// num_labels; in the order of the file of labels.
struct LabelledVectors {
  KeyedVectors model;
  std::vector<uint32_t> rows;
  std::vector<std::string> keys;  // as in the file of labels
  std::vector<std::vector<uint32_t>> labels;
  uint32_t num_labels = 0;
  size_t total = 0;  // keys in the file of labels
};

// The file of labels: the only argument, or --labels. UsageError: see
// TakeInput().
absl::StatusOr<std::string> TakeLabelsPath(const Arguments& arguments);

// Says on stderr how many keys have a vector, if not all. Errors: those of
// ReadLabelFile() and LoadVectors(); no key has a vector.
absl::StatusOr<LabelledVectors> LoadLabelled(const VectorsPlan& plan,
                                             const std::string& labels_path);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_LABELLED_VECTORS_H_
