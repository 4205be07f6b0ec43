// Folders on the disk.
#ifndef EMBED_IO_SYNC_FOLDER_H_
#define EMBED_IO_SYNC_FOLDER_H_

#include <string>

#include "absl/status/status.h"

namespace embed {

// The folder of `path` with its final slash ("" is the current one).
std::string FolderOf(const std::string& path);

// Syncs the folder of `path`, so that a name that was given there or taken away
// is on the disk. OK as well where a folder cannot be synced: it may not be
// read, or the file system has no such operation. Errors: of the disk, or too
// many files are open.
absl::Status SyncFolder(const std::string& path);

}  // namespace embed

#endif  // EMBED_IO_SYNC_FOLDER_H_
