// A file in the test's temporary directory, removed at the end of its scope.
#ifndef EMBED_TESTS_GRAPH_TEMP_FILE_H_
#define EMBED_TESTS_GRAPH_TEMP_FILE_H_

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace embed {

class TempFile {
 public:
  explicit TempFile(const std::string& content) {
    static std::atomic<int> number{0};
    path_ = absl::StrCat(testing::TempDir(), "graph_test_", getpid(), "_",
                         number++, ".txt");
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TempFile() { std::remove(path_.c_str()); }
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace embed

#endif  // EMBED_TESTS_GRAPH_TEMP_FILE_H_
