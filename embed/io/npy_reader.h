// Matrices of numbers in NumPy's format (.npy, versions 1.0 to 3.0; "NEP 1 - A
// simple file format for NumPy arrays"), as numpy.save writes them: float32 or
// float64 of either byte order, C or Fortran order, two dimensions, or one (a
// single row).
#ifndef EMBED_IO_NPY_READER_H_
#define EMBED_IO_NPY_READER_H_

#include <string>

#include "absl/status/statusor.h"
#include "embed/model/embedding_table.h"

namespace embed {

// The file may be .gz or .zst; "-" is standard input. DataLoss, naming path and
// what is wrong: no such file format, another type or number of dimensions (how
// to save it is told), no numbers, too few or too many bytes, a number that is
// NaN or infinite in float32 (its row and column). Other errors: those of
// opening the file and of EmbeddingTable::Create().
absl::StatusOr<EmbeddingTable> ReadNpy(const std::string& path);

}  // namespace embed

#endif  // EMBED_IO_NPY_READER_H_
