#include "tests/fuzz/fuzz_input.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace embed {
namespace {

namespace fs = std::filesystem;

// A folder of this process, removed at its end.
class Folder {
 public:
  Folder() {
    const fs::path memory = "/dev/shm";
    const fs::path base =
        access(memory.c_str(), W_OK) == 0 ? memory : fs::temp_directory_path();
    path_ = (base / "embed_fuzz_XXXXXX").string();
    FUZZ_CHECK(mkdtemp(path_.data()) != nullptr);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  std::string File(absl::string_view name, absl::string_view extension) const {
    return absl::StrCat(path_, "/", name, ".", extension);
  }

 private:
  std::string path_;
};

const Folder& OurFolder() {
  static const Folder folder;
  return folder;
}

}  // namespace

std::string FuzzFile(absl::string_view bytes, absl::string_view extension) {
  std::string path = OurFolder().File("input", extension);
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  FUZZ_CHECK(file >= 0);
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t written =
        write(file, bytes.data() + done, bytes.size() - done);
    FUZZ_CHECK(written > 0);
    done += static_cast<size_t>(written);
  }
  close(file);
  return path;
}

std::string FuzzOutput(absl::string_view extension) {
  return OurFolder().File("output", extension);
}

void CheckRefusal(const absl::Status& status, absl::string_view path) {
  FUZZ_CHECK(!status.ok());
  FUZZ_CHECK(!absl::IsInternal(status) && !absl::IsUnknown(status));
  FUZZ_CHECK(absl::StrContains(status.message(), path));
  FUZZ_CHECK(!absl::StrContains(status.message(), '\n'));
}

}  // namespace embed
