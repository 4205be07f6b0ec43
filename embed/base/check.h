// EMBED_DCHECK(condition): a programmer's error, tested in debug builds only.
// Never for input: bad input is an absl::Status.
#ifndef EMBED_BASE_CHECK_H_
#define EMBED_BASE_CHECK_H_

#include <cassert>

#define EMBED_DCHECK(condition) assert(condition)

#endif  // EMBED_BASE_CHECK_H_
