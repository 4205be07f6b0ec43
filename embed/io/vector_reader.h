// Vectors with their keys, from files of this and of other programs.
//
//   .embed  a model of this project (embed/io/model_file.h): its vectors
//   .bin    word2vec binary: "rows dim\n", then key, blank, dim float32 in
//           little-endian order and, from some writers, "\n"
//   .npy    NumPy's matrices (npy_reader.h), with the keys in PREFIX.keys.txt
//           (vector_file.h); without that file the rows' numbers from 0
//   others  word2vec, fastText and GloVe text (.vec, .txt): "rows dim\n", which
//           GloVe leaves out, then "key v1 v2 ... vdim\n"
//
// Told apart by the name; all but .embed may be .gz or .zst as well.
//
// Files of other programs are seldom as their formats say. Read all the same,
// and told in KeyedVectors::tolerated:
//   - keys with blanks: in text the last dim fields of a line are the numbers;
//     in binary they are found where line feeds end the rows, and are an error
//     or a wrong key where nothing does
//   - another number of vectors than the first line promises; in text, no such
//     line: the numbers at the end of the first line give dim
//   - a byte order mark, CR LF, empty lines
//   - bad UTF-8 in keys: U+FFFD for each bad sequence (embed/base/utf8.h)
//   - a key given twice: its first vector is kept; a vector without a key: left
//     out
// Blanks around a key and at the end of a line, as word2vec itself writes them,
// are passed over without a word.
#ifndef EMBED_IO_VECTOR_READER_H_
#define EMBED_IO_VECTOR_READER_H_

#include <string>

#include "absl/status/statusor.h"
#include "embed/io/keyed_vectors.h"

namespace embed {

// Memory: the vectors, once; twice while a file grows beyond what its first
// line promises. DataLoss, naming path and line or vector: no vectors at all, a
// line with too few or too many numbers, a number that is NaN or infinite in
// float32, a vector cut off, a key above Vocabulary::kMaxKeyBytes. Other
// errors: those of opening the file, of ReadModel(), EmbeddingTable::Create().
absl::StatusOr<KeyedVectors> ReadVectors(const std::string& path);

}  // namespace embed

#endif  // EMBED_IO_VECTOR_READER_H_
