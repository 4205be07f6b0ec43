// How several keys become one vector: --pool, --pool_window, --sif_a, --counts.
#ifndef EMBED_APPS_COMMON_POOL_FLAGS_H_
#define EMBED_APPS_COMMON_POOL_FLAGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/base/hash_table.h"
#include "embed/math/pool.h"

namespace embed {

// How often keys occur.
class KeyCounts {
 public:
  // From a model (.embed) or lines KEY blank COUNT, as --vocab_out writes
  // them. Errors: those of the readers; a model without counts.
  static absl::StatusOr<KeyCounts> Read(const std::string& path);

  // a / (a + share of the key); 1 for a key that it does not hold.
  double SifWeight(absl::string_view key, double a) const;

 private:
  HashMap<std::string, uint64_t> counts_;
  double total_ = 0;
};

// From the flags. UsageError: an unknown kind, a window or an `a` that cannot
// be, --counts with other kinds only.
absl::StatusOr<std::vector<PoolOptions>> ReadPoolKinds();
// The same where one kind is expected.
absl::StatusOr<PoolOptions> ReadPoolFlag();

// --counts and --sif_a.
const std::string& CountsPath();
double SifA();

}  // namespace embed

#endif  // EMBED_APPS_COMMON_POOL_FLAGS_H_
