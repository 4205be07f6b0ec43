// The vectors that an evaluation is about: --model (or --vectors), --normalize.
#ifndef EMBED_APPS_COMMON_VECTORS_FLAG_H_
#define EMBED_APPS_COMMON_VECTORS_FLAG_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "embed/io/vector_reader.h"

namespace embed {

FlagGroup VectorsFlagGroup(bool with_normalize);

struct VectorsPlan {
  std::string path;
  bool unit_length = false;  // each row scaled to length 1; zero rows stay
};

// True for --normalize=l2. UsageError: an unknown one.
absl::StatusOr<bool> ReadNormalizeFlag();

// UsageError: no file, both flags, an unknown --normalize.
absl::StatusOr<VectorsPlan> ReadVectorsFlags();

// Says on stderr what the file had that its format does not know, a line each.
// Errors: those of ReadVectors(); no vector in the file.
absl::StatusOr<KeyedVectors> LoadVectors(const VectorsPlan& plan);

// The one input of a task: its only argument or, where that is missing, the
// value of the flag `name`. UsageError: neither, both, several arguments.
absl::StatusOr<std::string> TakeInput(const Arguments& arguments,
                                      const std::string& name,
                                      const std::string& value);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_VECTORS_FLAG_H_
