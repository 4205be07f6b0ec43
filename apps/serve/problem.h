// Errors as answers: problem details for HTTP APIs, RFC 9457.
#ifndef EMBED_APPS_SERVE_PROBLEM_H_
#define EMBED_APPS_SERVE_PROBLEM_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "apps/serve/reply.h"

namespace embed {

// The kinds of problems; each has a type URI, a title and an HTTP status.
enum class ProblemKind {
  kBadRequest,        // 400: not HTTP, a bad path
  kMalformedJson,     // 400: not JSON, not UTF-8
  kUnauthorized,      // 401
  kForbidden,         // 403
  kNoSuchPage,        // 404
  kUnknownKey,        // 404
  kMethodNotAllowed,  // 405
  kConflict,          // 409: the file is another one than before, or the index
                      // is not one for this
  kTooLarge,          // 413
  kMediaType,         // 415
  kInvalidValue,      // 422: JSON, but not what is expected
  kHeaderTooLarge,    // 431
  kInternal,          // 500
  kNotImplemented,    // 501: a transfer coding other than chunked
  kReloadFailed,      // 500
  kWriteFailed,       // 500
  kOverloaded,        // 503
};

// An error that ProblemReply() tells as a problem of this kind. detail: one
// sentence for a person; pointer: where in the body (RFC 6901), or empty.
absl::Status ProblemError(ProblemKind kind, absl::string_view detail,
                          absl::string_view pointer = "");

// The unknown key of a kUnknownKey and keys that are spelled like it.
absl::Status UnknownKeyError(absl::string_view key,
                             const std::vector<std::string>& nearest,
                             absl::string_view pointer = "");

int ProblemStatus(const absl::Status& error);

// The JSON text of a problem. An error that ProblemError() did not make is
// kInternal.
std::string ProblemJson(const absl::Status& error);

// The same as an answer, with the headers that its status asks for.
Reply ProblemReply(const absl::Status& error);

}  // namespace embed

#endif  // EMBED_APPS_SERVE_PROBLEM_H_
