// The end of a command that has no memory where no exception may pass: in the
// growth of a hash table (embed/base/hash_table.h), in a function of a library
// that promises not to throw, before a command has parsed its flags.
#ifndef EMBED_APPS_COMMON_OUT_OF_MEMORY_H_
#define EMBED_APPS_COMMON_OUT_OF_MEMORY_H_

namespace embed {

// From now on a std::bad_alloc that nobody catches ends the process with the
// line "COMMAND: error: out of memory" and exit code 1. Files half written stay
// behind under their temporary names, as after kill -9, never under others.
void EndCleanlyWithoutMemory();

}  // namespace embed

#endif  // EMBED_APPS_COMMON_OUT_OF_MEMORY_H_
