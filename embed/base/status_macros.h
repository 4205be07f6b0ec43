// Early return on errors, for functions that return absl::Status or
// absl::StatusOr<T>.
#ifndef EMBED_BASE_STATUS_MACROS_H_
#define EMBED_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Evaluates `expr` (an absl::Status) and returns it unless it is OK.
#define EMBED_RETURN_IF_ERROR(expr)                \
  do {                                             \
    absl::Status embed_status_ = (expr);           \
    if (!embed_status_.ok()) return embed_status_; \
  } while (false)

#define EMBED_STATUS_CONCAT_INNER_(a, b) a##b
#define EMBED_STATUS_CONCAT_(a, b) EMBED_STATUS_CONCAT_INNER_(a, b)
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot have them.
// Evaluates `expr` (an absl::StatusOr<T>), returns its status unless it is OK,
// else moves the value into `lhs`, which may be a declaration.
#define EMBED_ASSIGN_OR_RETURN(lhs, expr) \
  EMBED_ASSIGN_OR_RETURN_IMPL_(           \
      EMBED_STATUS_CONCAT_(embed_statusor_, __LINE__), lhs, expr)
#define EMBED_ASSIGN_OR_RETURN_IMPL_(var, lhs, expr) \
  auto var = (expr);                                 \
  if (!var.ok()) return std::move(var).status();     \
  lhs = std::move(var).value()
// NOLINTEND(bugprone-macro-parentheses)
#endif  // EMBED_BASE_STATUS_MACROS_H_
