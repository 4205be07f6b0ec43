// Makes the header and the checksums of a container good (embed/io/FORMAT.md),
// whatever it holds: damage that a checksum would find is for other tests.
#ifndef EMBED_TESTS_FUZZ_CONTAINER_SEAL_H_
#define EMBED_TESTS_FUZZ_CONTAINER_SEAL_H_

#include <string>

#include "absl/strings/string_view.h"

namespace embed {

// magic: the 8 bytes that the file shall start with. The version stays, if
// there is such a one, else it is 1. The sections keep their names and, as far
// as the bytes reach, their sizes; the last one takes what is left. Empty if
// the bytes are too few for a header.
std::string SealContainer(absl::string_view bytes, absl::string_view magic);

// Calls `read` with the path of a file of the bytes as they are, then of them
// sealed.
void AsIsAndSealed(absl::string_view bytes, absl::string_view extension,
                   absl::string_view magic,
                   void (*read)(const std::string& path));

}  // namespace embed

#endif  // EMBED_TESTS_FUZZ_CONTAINER_SEAL_H_
