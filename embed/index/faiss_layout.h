// The bytes of index files that FAISS's write_index() makes, walked without
// FAISS: its reader takes the lengths in a file for true and asks for as much
// memory.
//
// Followed: Flat (IxFI, IxF2, IxFl), scalar quantiser (IxSQ), HNSW over these
// (IHNf, IHNs), IVF lists of these (IwFl, IwSq), ids (IxMp, IxM2), and linear
// transforms before one (IxPT with LTra, rrot, Pcam without whitening), as
// FAISS 1.7.3 writes them (faiss/impl/index_write.cpp); little-endian.
#ifndef EMBED_INDEX_FAISS_LAYOUT_H_
#define EMBED_INDEX_FAISS_LAYOUT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace embed {

// Whether the first four bytes are those of some index of FAISS.
bool LooksLikeFaiss(absl::Span<const uint8_t> bytes);

// How many of the bytes the index takes. Every length in it is then within the
// file. InvalidArgument: a type that is not followed (the message lists those
// that are), cut off, a length beyond the end, a truth value that is none, a
// scalar quantiser of another type.
absl::StatusOr<uint64_t> FaissIndexBytes(absl::Span<const uint8_t> bytes);

}  // namespace embed

#endif  // EMBED_INDEX_FAISS_LAYOUT_H_
