// Zstandard by libzstd.
#include <zstd.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/io/compressed_stream.h"

namespace embed {
namespace {

class ZstdStream : public CompressedStream {
 public:
  explicit ZstdStream(std::unique_ptr<FileSource> source)
      : CompressedStream(std::move(source), "zstd"), zstd_(ZSTD_createDCtx()) {}
  ~ZstdStream() override { ZSTD_freeDCtx(zstd_); }

  absl::Status Initialize() {
    if (zstd_ == nullptr) {
      return absl::ResourceExhaustedError(
          absl::StrCat(source().name(), ": no memory to decompress it"));
    }
    // Files of `zstd --long=31` too, without a flag for it.
    const ZSTD_bounds bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);
    ZSTD_DCtx_setParameter(zstd_, ZSTD_d_windowLogMax, bounds.upperBound);
    return absl::OkStatus();
  }

 protected:
  bool InsideMember() const override { return inside_; }

  absl::Status Decompress(char* buffer, size_t size, size_t* written) override {
    const absl::string_view window = source().Window();
    ZSTD_inBuffer input = {window.data(), window.size(), 0};
    ZSTD_outBuffer output = {buffer, size, 0};
    const size_t result = ZSTD_decompressStream(zstd_, &output, &input);
    *written = output.pos;
    source().Consume(input.pos);
    if (ZSTD_isError(result)) {
      return Damaged(
          absl::StrCat("is damaged (", ZSTD_getErrorName(result), ")"));
    }
    inside_ = result != 0;  // 0: a frame is complete and all of it handed out
    return absl::OkStatus();
  }

 private:
  ZSTD_DCtx* zstd_;
  bool inside_ = false;
};

}  // namespace

bool IsZstd(absl::string_view start) {
  if (start.size() < 4) return false;
  const bool skippable =
      (start[0] & 0xF0) == 0x50 && start.substr(1, 3) == "\x2a\x4d\x18";
  return skippable || absl::StartsWith(start, "\x28\xb5\x2f\xfd");
}

absl::StatusOr<std::unique_ptr<InputStream>> OpenZstd(
    std::unique_ptr<FileSource> source) {
  auto stream = std::make_unique<ZstdStream>(std::move(source));
  EMBED_RETURN_IF_ERROR(stream->Initialize());
  return stream;
}

}  // namespace embed
