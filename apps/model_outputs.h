// Writes a trained model in every form the user asked for.
#ifndef EMBED_APPS_MODEL_OUTPUTS_H_
#define EMBED_APPS_MODEL_OUTPUTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "apps/common/output_flags.h"
#include "embed/io/model_file.h"

namespace embed {

// Each file appears whole or not at all; after an error the files written
// before it are there. Returns a line about each file, for stderr.
absl::StatusOr<std::vector<std::string>> WriteOutputs(const Model& model,
                                                      const OutputPlan& plan,
                                                      int threads);

}  // namespace embed

#endif  // EMBED_APPS_MODEL_OUTPUTS_H_
