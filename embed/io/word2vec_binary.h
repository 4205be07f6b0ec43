// word2vec binary vectors. Private to embed/io; see vector_reader.h.
#ifndef EMBED_IO_WORD2VEC_BINARY_H_
#define EMBED_IO_WORD2VEC_BINARY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "embed/io/input_stream.h"
#include "embed/io/keyed_vectors.h"

namespace embed {

// name: for messages.
absl::StatusOr<KeyedVectors> ReadWord2vecBinary(
    std::string name, std::unique_ptr<InputStream> stream);

}  // namespace embed

#endif  // EMBED_IO_WORD2VEC_BINARY_H_
