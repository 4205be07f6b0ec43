// embedconvert --add, --delete and --compact: an index changed in its file.
#ifndef EMBED_APPS_CHANGE_INDEX_H_
#define EMBED_APPS_CHANGE_INDEX_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

FlagGroup ChangeFlagGroup();

// Whether one of these flags is given.
bool ChangesIndex();

// Changes the index that the only argument names: deletions, then additions and
// updates, all or none; then, with --compact, writes it anew, to a second
// argument if there is one. graph_threads: that build a graph anew.
// Tells on stderr what was done. UsageError: the flags or arguments. Errors
// otherwise: those of reading the files and of IndexWriter.
absl::Status ChangeIndex(const Arguments& arguments, int graph_threads);

}  // namespace embed

#endif  // EMBED_APPS_CHANGE_INDEX_H_
