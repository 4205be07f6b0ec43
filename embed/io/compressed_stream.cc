#include "embed/io/compressed_stream.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"

namespace embed {

CompressedStream::CompressedStream(std::unique_ptr<FileSource> source,
                                   absl::string_view format)
    : source_(std::move(source)), format_(format) {}

absl::Status CompressedStream::Damaged(absl::string_view problem) const {
  return absl::DataLossError(absl::StrCat(
      source_->name(), ": ", format_, " data ", problem, " at compressed byte ",
      source_->offset(), "; fetch or make the file again"));
}

absl::StatusOr<size_t> CompressedStream::Read(char* buffer, size_t size) {
  EMBED_RETURN_IF_ERROR(status_);
  auto result = ReadOnce(buffer, size);
  status_ = result.status();
  return result;
}

absl::StatusOr<size_t> CompressedStream::ReadOnce(char* buffer, size_t size) {
  size_t done = 0;
  while (done < size) {
    EMBED_RETURN_IF_ERROR(source_->Fill());
    size_t written = 0;
    // Without input the decompressor may still hold bytes back, but only
    // inside a member.
    if (source_->Window().empty() && !InsideMember()) break;
    const uint64_t before = source_->offset();
    EMBED_RETURN_IF_ERROR(Decompress(buffer + done, size - done, &written));
    if (written == 0 && source_->offset() == before) {
      return Damaged("is cut off");
    }
    done += written;
  }
  return done;
}

}  // namespace embed
