// Says in an error where it happened.
#ifndef EMBED_BASE_STATUS_PREFIX_H_
#define EMBED_BASE_STATUS_PREFIX_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace embed {

// An error with "where: " before its message and the same code; what is no
// error as it is.
inline absl::Status WithPrefix(absl::string_view where,
                               const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(where, ": ", status.message()));
}

template <class T>
absl::StatusOr<T> WithPrefix(absl::string_view where,
                             absl::StatusOr<T> result) {
  if (result.ok()) return result;
  return WithPrefix(where, result.status());
}

}  // namespace embed

#endif  // EMBED_BASE_STATUS_PREFIX_H_
