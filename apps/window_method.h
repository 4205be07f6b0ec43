// Skip-gram and CBOW over windows, as the flags say: the method of every mode
// that does not bring its own.
#ifndef EMBED_APPS_WINDOW_METHOD_H_
#define EMBED_APPS_WINDOW_METHOD_H_

#include <memory>

#include "apps/common/training_flags.h"
#include "apps/mode.h"
#include "apps/training_method.h"

namespace embed {

// Both must outlive the method and its objective.
std::unique_ptr<TrainingMethod> NewWindowMethod(const TrainingFlags& flags,
                                                const TrainingInput& input);

}  // namespace embed

#endif  // EMBED_APPS_WINDOW_METHOD_H_
