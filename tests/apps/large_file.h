// A file with holes that looks large.
#ifndef EMBED_TESTS_APPS_LARGE_FILE_H_
#define EMBED_TESTS_APPS_LARGE_FILE_H_

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace embed {

// `bytes` long, `line` again and again at its beginning, middle and end, and
// nothing between; removed in the end.
class LargeFile {
 public:
  LargeFile(absl::string_view name, absl::string_view line, uint64_t bytes)
      : path_(testing::TempDir() + std::string(name)) {
    constexpr uint64_t kPart = 128 << 10;
    std::string part;
    while (part.size() < kPart) part.append(line.data(), line.size());
    std::ofstream file(path_, std::ios::binary);
    for (const uint64_t offset :
         {uint64_t{0}, bytes / 2, bytes - part.size()}) {
      file.seekp(static_cast<std::streamoff>(offset));
      file << part;
    }
    file.close();
    std::error_code error;
    ok_ = file.good() && std::filesystem::file_size(path_, error) == bytes;
  }
  ~LargeFile() {
    std::error_code error;
    std::filesystem::remove(path_, error);
  }
  LargeFile(const LargeFile&) = delete;
  LargeFile& operator=(const LargeFile&) = delete;

  const std::string& path() const { return path_; }
  bool ok() const { return ok_; }

 private:
  std::string path_;
  bool ok_ = false;
};

}  // namespace embed

#endif  // EMBED_TESTS_APPS_LARGE_FILE_H_
