#include "apps/common/labelled_vectors.h"

#include <gflags/gflags.h>

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/eval/label_file.h"

DEFINE_string(labels, "", "the file of labels, instead of LABELS");

namespace embed {

absl::StatusOr<std::string> TakeLabelsPath(const Arguments& arguments) {
  return TakeInput(arguments, "labels", FLAGS_labels);
}

absl::StatusOr<LabelledVectors> LoadLabelled(const VectorsPlan& plan,
                                             const std::string& labels_path) {
  EMBED_ASSIGN_OR_RETURN(const LabelFile file, ReadLabelFile(labels_path));
  LabelledVectors found;
  EMBED_ASSIGN_OR_RETURN(found.model, LoadVectors(plan));
  found.num_labels = static_cast<uint32_t>(file.names.size());
  found.total = file.entries.size();
  for (const KeyLabels& entry : file.entries) {
    const uint32_t id = FindLabelled(found.model.vocabulary, entry);
    if (id == Vocabulary::kNotFound) continue;
    found.rows.push_back(id);
    found.keys.push_back(entry.key);
    found.labels.push_back(entry.labels);
  }
  if (found.rows.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        labels_path, ": none of its ", found.total, " keys (the first is \"",
        file.entries[0].key, "\") has a vector in ", plan.path));
  }
  if (found.rows.size() < found.total) {
    std::fprintf(stderr, "%zu of %zu labelled keys have a vector\n",
                 found.rows.size(), found.total);
  }
  return found;
}

}  // namespace embed
