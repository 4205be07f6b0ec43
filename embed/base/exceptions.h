// Exceptions of the standard library, and of libraries that find no other way,
// as statuses.
#ifndef EMBED_BASE_EXCEPTIONS_H_
#define EMBED_BASE_EXCEPTIONS_H_

#include <functional>

#include "absl/status/status.h"

namespace embed {

// What `body` returns, or what it throws as a status: ResourceExhausted for
// std::bad_alloc, the error of a StatusOr whose value() was taken, else
// Internal with the text of the exception.
absl::Status CatchExceptions(const std::function<absl::Status()>& body);

}  // namespace embed

#endif  // EMBED_BASE_EXCEPTIONS_H_
