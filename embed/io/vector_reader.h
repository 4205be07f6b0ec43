// Vectors with their keys, from files of this and of other programs.
//
//   .embed  a model of this project (embed/io/model_file.h): its vectors
//   .bin    word2vec binary: "rows dim\n", then key, blank, dim float32 in
//           little-endian order and, from some writers, "\n"
//   others  word2vec and fastText text (.vec, .txt): "rows dim\n", then
//           "key v1 v2 ... vdim\n"
//
// Told apart by the name; all but .embed may be .gz or .zst as well. In text
// the last dim fields of a line are numbers and what is before them is the key,
// so it may hold blanks.
#ifndef EMBED_IO_VECTOR_READER_H_
#define EMBED_IO_VECTOR_READER_H_

#include <string>

#include "absl/status/statusor.h"
#include "embed/math/matrix_view.h"
#include "embed/model/embedding_table.h"
#include "embed/model/vocabulary.h"

namespace embed {

struct KeyedVectors {
  MatrixView view() const { return table.view(); }

  Vocabulary vocabulary;  // in the file's order; counts are 0 if not an .embed
  EmbeddingTable table;   // [vocabulary, dim]
};

// Values are kept as they are, NaN too. DataLoss, naming path and line or
// vector: cut off, or not what the first line promises. InvalidArgument: a
// first line without rows and dim, a key given twice. Other errors: those of
// opening the file, of ReadModel() and of EmbeddingTable::Create().
absl::StatusOr<KeyedVectors> ReadVectors(const std::string& path);

}  // namespace embed

#endif  // EMBED_IO_VECTOR_READER_H_
