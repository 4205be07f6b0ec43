#include "text/kept_source.h"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/status/statusor.h"
#include "embed/base/status_macros.h"
#include "embed/base/unnamed_file.h"

namespace embed {
namespace {

// Bytes of the file system of `fd` that may be taken: none of memory.
uint64_t RoomOf(int fd) {
  struct statfs system;
  if (fstatfs(fd, &system) != 0) return 0;
  const auto type = static_cast<uint32_t>(system.f_type);
  if (type == TMPFS_MAGIC || type == RAMFS_MAGIC) return 0;
  return static_cast<uint64_t>(system.f_bavail) *
         static_cast<uint64_t>(system.f_bsize) / 4;
}

// transfer(bytes done so far): as pread() and pwrite(). Whether all `size`
// bytes were transferred.
template <typename Transfer>
bool TransferAll(size_t size, const Transfer& transfer) {
  size_t done = 0;
  while (done < size) {
    const ssize_t moved = transfer(done);
    if (moved < 0 && errno == EINTR) continue;
    if (moved <= 0) return false;
    done += static_cast<size_t>(moved);
  }
  return true;
}

bool WriteAt(int fd, uint64_t offset, const std::vector<uint32_t>& words) {
  const char* const bytes = reinterpret_cast<const char*>(words.data());
  const size_t size = words.size() * sizeof(uint32_t);
  return TransferAll(size, [&](size_t done) {
    return pwrite(fd, bytes + done, size - done,
                  static_cast<off_t>(offset + done));
  });
}

bool ReadAt(int fd, uint64_t offset, std::vector<uint32_t>* words) {
  char* const bytes = reinterpret_cast<char*>(words->data());
  const size_t size = words->size() * sizeof(uint32_t);
  return TransferAll(size, [&](size_t done) {
    return pread(fd, bytes + done, size - done,
                 static_cast<off_t>(offset + done));
  });
}

}  // namespace

KeptSource::KeptSource(std::unique_ptr<SequenceSource> source,
                       uint64_t max_bytes)
    : source_(std::move(source)), places_(source_->num_chunks()) {
  const absl::StatusOr<int> fd = OpenUnnamedFile(TemporaryFolder());
  if (!fd.ok()) return;
  fd_ = *fd;
  room_ = std::min(RoomOf(fd_), max_bytes);
}

KeptSource::~KeptSource() {
  if (fd_ >= 0) close(fd_);
}

uint64_t KeptSource::kept_bytes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return taken_;
}

absl::Status KeptSource::Read(uint32_t epoch, uint64_t chunk,
                              SequenceBatch* batch) {
  Place place;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    place = places_[chunk];
  }
  if (place.kept && ReadKept(place, batch)) return absl::OkStatus();
  EMBED_RETURN_IF_ERROR(source_->Read(epoch, chunk, batch));
  if (!place.kept) Keep(chunk, *batch);
  return absl::OkStatus();
}

bool KeptSource::ReadKept(const Place& place, SequenceBatch* batch) const {
  batch->Clear(place.first_sequence);
  batch->ends.resize(place.num_sequences);
  batch->ids.resize(place.num_ids);
  return ReadAt(fd_, place.offset, &batch->ends) &&
         ReadAt(fd_, place.offset + batch->ends.size() * sizeof(uint32_t),
                &batch->ids);
}

void KeptSource::Keep(uint64_t chunk, const SequenceBatch& batch) {
  const uint64_t ends_bytes = batch.ends.size() * sizeof(uint32_t);
  const std::optional<uint64_t> offset =
      Reserve(ends_bytes + batch.ids.size() * sizeof(uint32_t));
  if (!offset.has_value()) return;
  if (!WriteAt(fd_, *offset, batch.ends) ||
      !WriteAt(fd_, *offset + ends_bytes, batch.ids)) {
    return KeepNoMore();
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  places_[chunk] = {*offset, batch.first_sequence,
                    static_cast<uint32_t>(batch.ends.size()),
                    static_cast<uint32_t>(batch.ids.size()), true};
}

void KeptSource::KeepNoMore() {
  const std::lock_guard<std::mutex> lock(mutex_);
  room_ = 0;
}

std::optional<uint64_t> KeptSource::Reserve(uint64_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (room_ < taken_ || bytes > room_ - taken_) return std::nullopt;
  const uint64_t offset = taken_;
  taken_ += bytes;
  return offset;
}

}  // namespace embed
