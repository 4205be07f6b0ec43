// Writes walks as text, for those who train elsewhere.
#ifndef EMBED_APPS_WALK_OUTPUT_H_
#define EMBED_APPS_WALK_OUTPUT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "embed/model/vocabulary.h"
#include "embed/train/sequence_source.h"

namespace embed {

// The sequences of the first `epochs` epochs, one a line, in the order of their
// numbers, to `path` or, if it is "-", to standard output. Keys are separated
// by blanks; white space within a key is written as U+2581, as in exported
// vectors. A file appears whole or not at all. The same bytes for any
// `threads`. InvalidArgument: two keys would become the same. Errors of
// writing name the path.
absl::Status WriteWalks(SequenceSource* source, const Vocabulary& vocabulary,
                        uint32_t epochs, int threads, const std::string& path);

}  // namespace embed

#endif  // EMBED_APPS_WALK_OUTPUT_H_
