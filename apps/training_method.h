// What a mode trains: its tables, the objective over them, and what of them the
// model keeps. Modes of windows share one (window_method.h); a mode with tables
// or an objective of its own gives its method to the command with its input
// (TrainingInput::method).
#ifndef EMBED_APPS_TRAINING_METHOD_H_
#define EMBED_APPS_TRAINING_METHOD_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/training_memory.h"
#include "embed/io/model_file.h"
#include "embed/train/objective.h"

namespace embed {

// Used in the order of its functions, each once. The model is one and the same
// and outlives the objective.
class TrainingMethod {
 public:
  virtual ~TrainingMethod() = default;
  // Rows, dim and optimizer of all that will be trained, for the memory plan.
  virtual TrainingShape Shape() const = 0;
  // Tables at their starting values, in `model` or in this object.
  virtual absl::Status CreateTables(uint64_t seed, int threads,
                                    Model* model) = 0;
  virtual absl::StatusOr<std::unique_ptr<Objective>> CreateObjective(
      Model* model) = 0;
  // After the training: puts into `model` what is to be written.
  virtual absl::Status Finish(Model* /*model*/) { return absl::OkStatus(); }
};

}  // namespace embed

#endif  // EMBED_APPS_TRAINING_METHOD_H_
