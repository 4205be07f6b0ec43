#include "apps/common/labelled_vectors.h"

#include <gflags/gflags.h>

#include <algorithm>
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
  EMBED_ASSIGN_OR_RETURN(const KeyedVectors vectors, LoadVectors(plan));
  LabelledVectors found;
  found.num_labels = static_cast<uint32_t>(file.names.size());
  found.total = file.entries.size();
  std::vector<uint32_t> rows;
  for (const KeyLabels& entry : file.entries) {
    const uint32_t id = FindLabelled(vectors.vocabulary, entry);
    if (id == Vocabulary::kNotFound) continue;
    rows.push_back(id);
    found.keys.push_back(entry.key);
    found.labels.push_back(entry.labels);
  }
  if (rows.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        labels_path, ": none of its ", found.total, " keys (the first is \"",
        file.entries[0].key, "\") has a vector in ", plan.path));
  }
  if (rows.size() < found.total) {
    std::fprintf(stderr, "%zu of %zu labelled keys have a vector\n",
                 rows.size(), found.total);
  }
  EMBED_ASSIGN_OR_RETURN(
      found.vectors, EmbeddingTable::Create(rows.size(), vectors.table.dim()));
  for (size_t i = 0; i < rows.size(); ++i) {
    std::copy_n(vectors.table.row(rows[i]), vectors.table.dim(),
                found.vectors.row(i));
  }
  return found;
}

}  // namespace embed
