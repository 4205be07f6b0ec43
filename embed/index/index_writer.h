// Changes the index in a file: adds, updates and deletes items by key.
//
// A batch of changes is appended to the file as one record with a checksum
// (embed/index/change_log.h) and synced to the disk; then it counts, whole or
// not at all, whatever happens to the program. The index itself is not written
// anew, so the time does not depend on its size. Readers of the file see the
// batches that were there when they opened it.
//
// One writer a file, which holds a lock on it (flock). Thread-safe: any number
// of threads may call everything; changes go one after another, and readers of
// index() wait for none of them.
#ifndef EMBED_INDEX_INDEX_WRITER_H_
#define EMBED_INDEX_INDEX_WRITER_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "embed/index/change_log.h"
#include "embed/index/item_index.h"

namespace embed {

class IndexWriter {
 public:
  // Errors: those of ItemIndex::Open(). PermissionDenied: the file may not be
  // written. FailedPrecondition: another writer has it. Others of the disk: the
  // file and its name are synced.
  static absl::StatusOr<std::unique_ptr<IndexWriter>> Open(
      const std::string& path);
  ~IndexWriter();
  IndexWriter(const IndexWriter&) = delete;
  IndexWriter& operator=(const IndexWriter&) = delete;

  // All changes or, after an error, none; OK: they are on the disk. No changes
  // are nothing to do. After a failed sync the batch is overwritten in the file
  // and this writer takes no more; only if that fails too (TakeBack()), or the
  // computer stops before, the batch may be there, whole. Errors: those of
  // ChangedItems::Apply(). ResourceExhausted and others of the disk; that of a
  // sync comes again from every later call: TakeBack(), then open a new writer.
  // FailedPrecondition: the file was replaced by another meanwhile (the changes
  // are lost with the one that was there): open a new writer.
  absl::Status Apply(absl::Span<const ItemChange> changes);

  // Whether changes can follow: no error of the disk left the file unknown, and
  // its path still names it. Else a new writer is needed; it can be opened when
  // this one is gone.
  bool IsCurrent() const;

  // Overwrites a batch that failed, where Apply() could not: before that is
  // done no new writer should be opened, as it might read the batch. Nothing to
  // do, or the path names another file: OK. Errors: of the disk.
  absl::Status TakeBack();

  // The index with all changes so far. It does not change; ids are its own.
  std::shared_ptr<const ItemIndex> index() const;

  // Writes the index anew without a log, deleted rows and rows beside
  // (ItemIndex::Compacted()), in place of the file: the two functions below.
  // Nothing happens to an index without changes.
  absl::Status Compact(int threads);

  // Writes the new file beside the old one, which takes as long as building an
  // index; Apply() goes on meanwhile. One call at a time. After an error there
  // is nothing to finish. InvalidArgument: every item is deleted. Errors of
  // ItemIndex::Write().
  absl::Status PrepareCompaction(int threads);
  // Writes what Apply() was given meanwhile behind the new file and puts that
  // in place of the old one. Short; changes wait. index() has other ids
  // afterwards. After an error all is as before, or IsCurrent() is false.
  absl::Status FinishCompaction();

 private:
  struct Descriptor;
  // A file made by PrepareCompaction().
  struct Compaction {
    std::string target;  // what path_ names, through symbolic links
    std::string path;    // of the new file, beside it
    std::unique_ptr<IndexWriter> writer;          // null: not made yet
    std::vector<std::vector<ItemChange>> missed;  // applied since it was begun
  };
  IndexWriter(std::string path, std::unique_ptr<Descriptor> file);

  // Opens, locks and reads the file.
  absl::Status Load();
  absl::Status WriteAt(uint64_t offset, absl::string_view bytes,
                       absl::string_view action);
  absl::Status Clean();
  absl::Status Append(const std::string& batch);
  void SetIndex(std::shared_ptr<const ItemIndex> index);
  absl::Status ReplaceBy(Compaction* made);

  const std::string path_;
  mutable std::mutex writing_;  // held by the one that changes
  std::unique_ptr<Descriptor> file_;
  std::shared_ptr<const ItemIndex> base_;  // without changes
  ChangeLogEnd end_;
  uint64_t dirty_end_ = 0;  // bytes from end_ to here may not be zero
  absl::Status broken_;
  bool taken_back_ = true;  // no batch is there that failed
  std::optional<Compaction> compaction_;
  mutable std::mutex reading_;  // of index_
  std::shared_ptr<const ItemIndex> index_;
};

}  // namespace embed

#endif  // EMBED_INDEX_INDEX_WRITER_H_
