#include "embed/index/index_writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/exceptions.h"
#include "embed/base/status_macros.h"
#include "embed/base/status_prefix.h"
#include "embed/index/changed_items.h"
#include "embed/io/atomic_file.h"
#include "embed/io/os_error.h"
#include "embed/io/sync_folder.h"

namespace embed {
namespace {

// Changes that share a sync when they are written behind a compacted index.
constexpr size_t kMostTogether = 4096;

// Where the compacted index of `path` is written: hidden like the temporaries
// of AtomicFile, so that no file of a user has the name, and always the same,
// so that the next compaction takes the place of one that was killed.
std::string BesideName(const std::string& path) {
  const std::string folder = FolderOf(path);
  return absl::StrCat(folder, ".", path.substr(folder.size()), ".compacted");
}

// Whether `path` still names the opened file.
bool Names(const std::string& path, int descriptor) {
  struct stat by_name = {};
  struct stat opened = {};
  return stat(path.c_str(), &by_name) == 0 && fstat(descriptor, &opened) == 0 &&
         by_name.st_dev == opened.st_dev && by_name.st_ino == opened.st_ino;
}

}  // namespace

// An open file, closed and so unlocked with its owner.
struct IndexWriter::Descriptor {
  explicit Descriptor(int number) : fd(number) {}
  ~Descriptor() { close(fd); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  // Errors as IndexWriter::Open().
  static absl::StatusOr<std::unique_ptr<Descriptor>> OpenLocked(
      const std::string& path);

  const int fd;
};

absl::StatusOr<std::unique_ptr<IndexWriter::Descriptor>>
IndexWriter::Descriptor::OpenLocked(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return OsError(errno, path, "open for changes");
  auto file = std::make_unique<Descriptor>(fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return OsError(errno, path, "lock");
    return absl::FailedPreconditionError(absl::StrCat(
        path, ": another program is changing it; wait until it has ended"));
  }
  return file;
}

IndexWriter::IndexWriter(std::string path, std::unique_ptr<Descriptor> file)
    : path_(std::move(path)), file_(std::move(file)) {}

IndexWriter::~IndexWriter() = default;

absl::StatusOr<std::unique_ptr<IndexWriter>> IndexWriter::Open(
    const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(std::unique_ptr<Descriptor> file,
                         Descriptor::OpenLocked(path));
  // make_unique has no access to the constructor.
  std::unique_ptr<IndexWriter> writer(new IndexWriter(path, std::move(file)));
  EMBED_RETURN_IF_ERROR(writer->Load());
  return writer;
}

absl::Status IndexWriter::Load() {
  EMBED_ASSIGN_OR_RETURN(ItemIndex index, ItemIndex::Open(path_));
  if (index.faiss() != nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        path_,
        ": FAISS wrote this index; only indexes of our own take changes"));
  }
  struct stat opened = {};
  if (!Names(path_, file_->fd) || fstat(file_->fd, &opened) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path_, ": replaced while it was opened; try again"));
  }
  // What is read may be of a program that was killed before its sync, of the
  // bytes or of the name: else a power failure may bring an older file back.
  if (fdatasync(file_->fd) != 0) return OsError(errno, path_, "sync");
  std::error_code unknown;
  EMBED_RETURN_IF_ERROR(
      SyncFolder(std::filesystem::canonical(path_, unknown).string()));
  end_ = index.log_end();
  dirty_end_ = static_cast<uint64_t>(opened.st_size);
  base_ = std::make_shared<const ItemIndex>(index.WithChanges(nullptr));
  SetIndex(std::make_shared<const ItemIndex>(std::move(index)));
  return absl::OkStatus();
}

void IndexWriter::SetIndex(std::shared_ptr<const ItemIndex> index) {
  const std::lock_guard<std::mutex> lock(reading_);
  index_.swap(index);  // the old one ends after the lock does
}

std::shared_ptr<const ItemIndex> IndexWriter::index() const {
  const std::lock_guard<std::mutex> lock(reading_);
  return index_;
}

bool IndexWriter::IsCurrent() const {
  const std::lock_guard<std::mutex> lock(writing_);
  return broken_.ok() && Names(path_, file_->fd);
}

absl::Status IndexWriter::Apply(absl::Span<const ItemChange> changes) {
  const std::lock_guard<std::mutex> lock(writing_);
  EMBED_RETURN_IF_ERROR(broken_);
  if (changes.empty()) return absl::OkStatus();
  EMBED_ASSIGN_OR_RETURN(
      std::shared_ptr<const ChangedItems> changed,
      ChangedItems::Apply(base_, index_->changes(), changes));
  // Made first: nothing may fail between the disk and the readers.
  auto next =
      std::make_shared<const ItemIndex>(base_->WithChanges(std::move(changed)));
  const std::string batch = EncodeChanges(changes, base_->type_names(), end_);
  if (compaction_.has_value()) {
    compaction_->missed.emplace_back(changes.begin(), changes.end());
  }
  absl::Status appended = Append(batch);
  if (!appended.ok()) {
    if (compaction_.has_value()) compaction_->missed.pop_back();
    return appended;
  }
  end_.offset += batch.size();
  ++end_.batches;
  std::memcpy(&end_.hash, batch.data() + batch.size() - sizeof(end_.hash),
              sizeof(end_.hash));
  SetIndex(std::move(next));
  return absl::OkStatus();
}

absl::Status IndexWriter::WriteAt(uint64_t offset, absl::string_view bytes,
                                  absl::string_view action) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(file_->fd, bytes.data(), bytes.size(),
                                   static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return OsError(errno, path_, action);
    offset += static_cast<uint64_t>(written);
    dirty_end_ = std::max(dirty_end_, offset);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

// The file is never cut, because readers have it mapped: zeros take the place
// of what does not count. They are synced before anything else is written
// there, so that the disk never has parts of two batches.
absl::Status IndexWriter::Clean() {
  constexpr uint64_t kMostZeros = 1 << 20;
  const std::string zeros(std::min(dirty_end_ - end_.offset, kMostZeros), '\0');
  // From the end, so that the start, by which a batch is known, is the last.
  for (uint64_t end = dirty_end_; end > end_.offset;) {
    const uint64_t begin = end - std::min(end - end_.offset, kMostZeros);
    EMBED_RETURN_IF_ERROR(
        WriteAt(begin, absl::string_view(zeros).substr(0, end - begin),
                "overwrite an unfinished batch"));
    end = begin;
  }
  if (fdatasync(file_->fd) != 0) {
    return OsError(errno, path_, "sync an overwritten batch");
  }
  dirty_end_ = end_.offset;
  return absl::OkStatus();
}

absl::Status IndexWriter::Append(const std::string& batch) {
  if (dirty_end_ > end_.offset) EMBED_RETURN_IF_ERROR(Clean());
  EMBED_RETURN_IF_ERROR(WriteAt(end_.offset, batch, "write the changes"));
  if (fdatasync(file_->fd) != 0) {
    broken_ = OsError(errno, path_, "sync the changes");
    // What the disk holds is no longer known: nobody may find the batch there,
    // and nothing follows it.
    taken_back_ = Clean().ok();
    return broken_;
  }
  dirty_end_ = end_.offset + batch.size();
  if (!Names(path_, file_->fd)) {
    broken_ = absl::FailedPreconditionError(absl::StrCat(
        path_,
        ": was replaced by another file; open it again and repeat the "
        "changes"));
    // The name may come back.
    taken_back_ = Clean().ok();
  }
  return broken_;
}

absl::Status IndexWriter::TakeBack() {
  const std::lock_guard<std::mutex> lock(writing_);
  if (taken_back_ || !Names(path_, file_->fd)) return absl::OkStatus();
  EMBED_RETURN_IF_ERROR(Clean());
  taken_back_ = true;
  return absl::OkStatus();
}

absl::Status IndexWriter::Compact(int threads) {
  EMBED_RETURN_IF_ERROR(PrepareCompaction(threads));
  return FinishCompaction();
}

absl::Status IndexWriter::PrepareCompaction(int threads) {
  std::shared_ptr<const ItemIndex> before;
  {
    const std::lock_guard<std::mutex> lock(writing_);
    EMBED_RETURN_IF_ERROR(broken_);
    if (end_.batches == 0) return absl::OkStatus();
    compaction_.emplace();
    before = index();
  }
  std::error_code unknown;
  std::string target = std::filesystem::canonical(path_, unknown).string();
  std::string beside = BesideName(target);
  bool begun = false;  // to write it
  const auto write = [&]() -> absl::StatusOr<std::unique_ptr<IndexWriter>> {
    if (unknown) {
      return absl::UnavailableError(
          absl::StrCat("cannot be found: ", unknown.message()));
    }
    // Before the work, and without what killed programs left.
    EMBED_RETURN_IF_ERROR(CheckWritable(beside));
    EMBED_ASSIGN_OR_RETURN(const ItemIndex compacted,
                           before->Compacted(threads));
    begun = true;
    EMBED_RETURN_IF_ERROR(compacted.Write(beside));
    EMBED_ASSIGN_OR_RETURN(auto opened, Open(beside));
    // Who may not read the old file may not read the new one.
    struct stat old = {};
    if (fstat(file_->fd, &old) != 0 ||
        fchmod(opened->file_->fd, old.st_mode & 07777) != 0) {
      return OsError(errno, beside, "set the mode");
    }
    return opened;
  };
  absl::StatusOr<std::unique_ptr<IndexWriter>> made = absl::InternalError("");
  const absl::Status thrown = CatchExceptions([&] {
    made = write();
    return absl::OkStatus();
  });
  const absl::Status status = thrown.ok() ? made.status() : thrown;
  const std::lock_guard<std::mutex> lock(writing_);
  if (!status.ok()) {
    if (begun) unlink(beside.c_str());
    compaction_.reset();
    return WithPrefix(path_, status);
  }
  // By moves, which need no memory: from here on the file is looked after.
  compaction_->target = std::move(target);
  compaction_->path = std::move(beside);
  compaction_->writer = *std::move(made);
  return absl::OkStatus();
}

absl::Status IndexWriter::FinishCompaction() {
  const std::lock_guard<std::mutex> lock(writing_);
  if (!compaction_.has_value() || compaction_->writer == nullptr) {
    return broken_;
  }
  Compaction made = *std::exchange(compaction_, std::nullopt);
  absl::Status status = ReplaceBy(&made);
  // Where it has not got the name of the old one.
  if (!status.ok()) unlink(made.path.c_str());
  return status;
}

absl::Status IndexWriter::ReplaceBy(Compaction* made) {
  EMBED_RETURN_IF_ERROR(broken_);
  IndexWriter& next = *made->writer;
  std::vector<ItemChange> together;
  for (std::vector<ItemChange>& changes : made->missed) {
    std::move(changes.begin(), changes.end(), std::back_inserter(together));
    if (together.size() < kMostTogether) continue;
    EMBED_RETURN_IF_ERROR(next.Apply(together));
    together.clear();
  }
  EMBED_RETURN_IF_ERROR(next.Apply(together));
  if (!Names(path_, file_->fd)) {
    broken_ = absl::FailedPreconditionError(
        absl::StrCat(path_, ": was replaced by another file; open it again"));
    return broken_;
  }
  if (rename(made->path.c_str(), made->target.c_str()) != 0) {
    return OsError(errno, path_, "put the compacted index in place of it");
  }
  file_ = std::move(next.file_);
  base_ = std::move(next.base_);
  end_ = next.end_;
  dirty_end_ = next.dirty_end_;
  SetIndex(next.index());
  // A power failure may bring the old name back: then nothing that follows is
  // to be lost. Whoever opens the file again syncs the folder first.
  broken_ = SyncFolder(made->target);
  return broken_;
}

}  // namespace embed
