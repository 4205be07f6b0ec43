// Files for the tests of text/: a temporary folder, and writers of plain, gzip
// and zstd files.
#ifndef EMBED_TESTS_TEXT_TEXT_TEST_FILES_H_
#define EMBED_TESTS_TEXT_TEXT_TEST_FILES_H_

#include <zlib.h>
#include <zstd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace embed {

// A folder that is removed with everything in it.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = ::testing::TempDir() + "/embed_text_XXXXXX";
    path_ = mkdtemp(&pattern[0]);
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

  std::string Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(File(name), std::ios::binary) << bytes;
    return File(name);
  }
  std::string WriteGzip(const std::string& name,
                        const std::string& bytes) const {
    gzFile file = gzopen(File(name).c_str(), "wb");
    if (!bytes.empty()) {
      EXPECT_GT(
          gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())), 0);
    }
    EXPECT_EQ(gzclose(file), Z_OK);
    return File(name);
  }
  std::string WriteZstd(const std::string& name,
                        const std::string& bytes) const {
    std::string packed(ZSTD_compressBound(bytes.size()), '\0');
    packed.resize(ZSTD_compress(&packed[0], packed.size(), bytes.data(),
                                bytes.size(), 1));
    return Write(name, packed);
  }

 private:
  std::string path_;
};

}  // namespace embed

#endif  // EMBED_TESTS_TEXT_TEXT_TEST_FILES_H_
