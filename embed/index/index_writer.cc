#include "embed/index/index_writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/index/changed_items.h"

namespace embed {
namespace {

absl::Status FileError(const std::string& path, absl::string_view action) {
  return absl::ErrnoToStatus(errno, absl::StrCat(path, ": cannot ", action));
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
  if (fd < 0) return FileError(path, "open for changes");
  auto file = std::make_unique<Descriptor>(fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return FileError(path, "lock");
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
  EMBED_RETURN_IF_ERROR(Append(batch));
  end_.offset += batch.size();
  ++end_.batches;
  std::memcpy(&end_.hash, batch.data() + batch.size() - sizeof(end_.hash),
              sizeof(end_.hash));
  SetIndex(std::move(next));
  return absl::OkStatus();
}

// The file is never cut, because readers have it mapped: what is left of an
// unfinished batch is overwritten with zeros.
absl::Status IndexWriter::Append(const std::string& batch) {
  std::string bytes = batch;
  const uint64_t end = end_.offset + batch.size();
  if (dirty_end_ > end) bytes.append(dirty_end_ - end, '\0');
  dirty_end_ = std::max(dirty_end_, end);
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t written =
        pwrite(file_->fd, bytes.data() + done, bytes.size() - done,
               static_cast<off_t>(end_.offset + done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return FileError(path_, "write the changes");
    done += static_cast<size_t>(written);
  }
  dirty_end_ = end;
  if (fdatasync(file_->fd) != 0) {
    // What the disk holds is no longer known.
    broken_ = FileError(path_, "sync the changes");
    return broken_;
  }
  if (!Names(path_, file_->fd)) {
    broken_ = absl::FailedPreconditionError(absl::StrCat(
        path_,
        ": was replaced by another file; open it again and repeat the "
        "changes"));
  }
  return broken_;
}

absl::Status IndexWriter::Compact(int threads) {
  const std::lock_guard<std::mutex> lock(writing_);
  EMBED_RETURN_IF_ERROR(broken_);
  if (end_.batches == 0) return absl::OkStatus();
  const absl::StatusOr<ItemIndex> compacted = index_->Compacted(threads);
  if (!compacted.ok()) {
    return absl::Status(
        compacted.status().code(),
        absl::StrCat(path_, ": ", compacted.status().message()));
  }
  if (!Names(path_, file_->fd)) {
    broken_ = absl::FailedPreconditionError(
        absl::StrCat(path_, ": was replaced by another file; open it again"));
    return broken_;
  }
  EMBED_RETURN_IF_ERROR(compacted->Write(path_));
  absl::StatusOr<std::unique_ptr<Descriptor>> file =
      Descriptor::OpenLocked(path_);
  broken_ = file.ok() ? absl::OkStatus() : file.status();
  EMBED_RETURN_IF_ERROR(broken_);
  file_ = *std::move(file);
  broken_ = Load();
  return broken_;
}

}  // namespace embed
