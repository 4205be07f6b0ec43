#include "embed/io/input_stream.h"

#include <sys/stat.h>

#include <utility>

#include "embed/base/status_macros.h"
#include "embed/io/compressed_stream.h"
#include "embed/io/file_source.h"

namespace embed {
namespace {

class PlainStream : public InputStream {
 public:
  explicit PlainStream(std::unique_ptr<FileSource> source)
      : source_(std::move(source)) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    return source_->Read(buffer, size);
  }

 private:
  std::unique_ptr<FileSource> source_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<InputStream>> InputStream::Open(
    const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(auto source, FileSource::Open(path));
  if (IsGzip(source->Window())) return OpenGzip(std::move(source));
  if (IsZstd(source->Window())) return OpenZstd(std::move(source));
  return std::make_unique<PlainStream>(std::move(source));
}

std::string InputName(absl::string_view path) {
  return path == "-" ? "standard input" : std::string(path);
}

bool IsPlainFile(const std::string& path) {
  struct stat info = {};
  if (path == "-" || stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return false;
  }
  const auto source = FileSource::Open(path);
  return source.ok() && !IsGzip((*source)->Window()) &&
         !IsZstd((*source)->Window());
}

}  // namespace embed
