// Vectors with their keys, as a file gave them.
#ifndef EMBED_IO_KEYED_VECTORS_H_
#define EMBED_IO_KEYED_VECTORS_H_

#include <string>
#include <vector>

#include "embed/math/matrix_view.h"
#include "embed/model/embedding_table.h"
#include "embed/model/vocabulary.h"

namespace embed {

struct KeyedVectors {
  MatrixView view() const { return table.view(); }

  Vocabulary vocabulary;  // in the file's order; counts are 0 if not an .embed
  EmbeddingTable table;   // [vocabulary, dim], finite numbers
  // What the file had that its format does not know and that was read all the
  // same: a sentence each, beginning with the file's name.
  std::vector<std::string> tolerated;
};

}  // namespace embed

#endif  // EMBED_IO_KEYED_VECTORS_H_
