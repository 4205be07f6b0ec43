// gzip by zlib.
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/io/compressed_stream.h"

namespace embed {
namespace {

constexpr int kGzipOnly = 16;  // added to the window bits; see zlib.h

class GzipStream : public CompressedStream {
 public:
  explicit GzipStream(std::unique_ptr<FileSource> source)
      : CompressedStream(std::move(source), "gzip") {}
  ~GzipStream() override { inflateEnd(&zlib_); }

  absl::Status Initialize() {
    if (inflateInit2(&zlib_, MAX_WBITS + kGzipOnly) != Z_OK) {
      return absl::ResourceExhaustedError(
          absl::StrCat(source().name(), ": no memory to decompress it"));
    }
    return absl::OkStatus();
  }

 protected:
  bool InsideMember() const override { return inside_; }

  absl::Status Decompress(char* buffer, size_t size, size_t* written) override {
    if (!inside_ && SkipPadding()) return absl::OkStatus();
    inside_ = true;
    const absl::string_view window = source().Window();
    const size_t limit = std::numeric_limits<uInt>::max();
    // zlib does not write to its input, it only lacks the const.
    zlib_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(window.data()));
    zlib_.avail_in = static_cast<uInt>(std::min(limit, window.size()));
    zlib_.next_out = reinterpret_cast<Bytef*>(buffer);
    zlib_.avail_out = static_cast<uInt>(std::min(limit, size));
    const int result = inflate(&zlib_, Z_NO_FLUSH);
    *written =
        static_cast<size_t>(reinterpret_cast<char*>(zlib_.next_out) - buffer);
    source().Consume(static_cast<size_t>(
        reinterpret_cast<const char*>(zlib_.next_in) - window.data()));
    if (result == Z_STREAM_END) {
      inside_ = false;
      inflateReset(&zlib_);
      return absl::OkStatus();
    }
    // Z_BUF_ERROR: nothing left to do with this input.
    if (result == Z_OK || result == Z_BUF_ERROR) return absl::OkStatus();
    return Damaged(
        absl::StrCat("is damaged (",
                     zlib_.msg == nullptr ? zError(result) : zlib_.msg, ")"));
  }

 private:
  // Tapes and some tools fill up behind a member with zeros, which gzip passes
  // over. True if there were any.
  bool SkipPadding() {
    const absl::string_view window = source().Window();
    const size_t zeros =
        std::min(window.find_first_not_of('\0'), window.size());
    if (source().offset() == 0 || zeros == 0) return false;
    source().Consume(zeros);
    return true;
  }

  z_stream zlib_ = {};
  bool inside_ = false;
};

}  // namespace

bool IsGzip(absl::string_view start) {
  return absl::StartsWith(start, "\x1f\x8b");
}

absl::StatusOr<std::unique_ptr<InputStream>> OpenGzip(
    std::unique_ptr<FileSource> source) {
  auto stream = std::make_unique<GzipStream>(std::move(source));
  EMBED_RETURN_IF_ERROR(stream->Initialize());
  return stream;
}

}  // namespace embed
