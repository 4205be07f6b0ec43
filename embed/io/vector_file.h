// Vectors in the formats of other programs.
//
//   .vec  word2vec text: "rows dim\n", then "key v1 v2 ... vdim\n" (numbers
//         with the fewest digits that give the same float32 back)
//   .bin  word2vec binary: "rows dim\n", then key, blank, dim float32 in
//         little-endian order, "\n" (as word2vec.c writes it and gensim reads)
//   .npy  NumPy format 1.0, '<f4', C order, shape (rows, dim); the keys go
//         beside it as one key a line in "<path without .npy>.keys.txt", with
//         \\, \n, \r and \t for a backslash, line ends and tabs in a key
//
// .vec and .bin separate key and numbers by a blank, so keys with white space
// would break readers: they are written with U+2581 (lower one eighth block) in
// place of each white-space character (Unicode's White_Space and U+001C to
// U+001F), and how many keys were changed is returned.
#ifndef EMBED_IO_VECTOR_FILE_H_
#define EMBED_IO_VECTOR_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/math/matrix_view.h"
#include "embed/model/vocabulary.h"

namespace embed {

enum class VectorFormat { kText, kBinary, kNumpy };

// The format for an extension: "vec", "bin" or "npy". InvalidArgument: other.
absl::StatusOr<VectorFormat> VectorFormatFromName(absl::string_view name);

// Where the keys of the .npy file at `path` are.
std::string NumpyKeysPath(const std::string& path);

struct VectorFileStats {
  uint64_t keys_changed = 0;  // keys whose white space was replaced
};

// Writes rows[i] under vocabulary.key(i), atomically. NaN and infinity are
// written as "nan" and "inf" in .vec. InvalidArgument: the vocabulary and
// `vectors` differ in rows; two keys become one by replacing (both are named).
absl::StatusOr<VectorFileStats> WriteVectors(const Vocabulary& vocabulary,
                                             const MatrixView& vectors,
                                             VectorFormat format,
                                             const std::string& path);

}  // namespace embed

#endif  // EMBED_IO_VECTOR_FILE_H_
