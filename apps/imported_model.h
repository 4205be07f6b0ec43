// A file of vectors, of this or of another program, as a model.
#ifndef EMBED_APPS_IMPORTED_MODEL_H_
#define EMBED_APPS_IMPORTED_MODEL_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "embed/io/model_file.h"

namespace embed {

struct ImportedModel {
  Model model;
  // A model with all its tables that is not an .embed yet.
  bool worth_writing = false;
  std::vector<std::string> notes;  // what was found, a line each
};

// Reads .embed, fastText's .bin (told from word2vec's by its first bytes), and
// all else as ReadKeyedVectors() does. fastText's vectors of words are those
// that its program prints. Errors: those of the readers.
absl::StatusOr<ImportedModel> ImportModel(const std::string& path, int threads);

}  // namespace embed

#endif  // EMBED_APPS_IMPORTED_MODEL_H_
