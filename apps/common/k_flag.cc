// --k of embedquery and embedeval neighbors. In a file of its own, so that
// embedeval does not hold the flags of embedquery, some of which have the names
// of others of its own (--queries).
#include <gflags/gflags.h>

DEFINE_uint64(k, 10, "answers for each query");
