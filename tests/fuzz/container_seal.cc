#include "tests/fuzz/container_seal.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "embed/base/checked_math.h"
#include "embed/base/hash.h"
#include "tests/fuzz/fuzz_input.h"

namespace embed {
namespace {

// Places in the file, as embed/io/FORMAT.md has them.
constexpr uint64_t kFixedBytes = 40;
constexpr uint64_t kEntryBytes = 48;
constexpr uint64_t kNameBytes = 24;
constexpr uint64_t kHashBytes = 8;
constexpr uint64_t kAlignment = 64;
constexpr uint32_t kNewestVersion = 3;  // of an index

template <typename T>
void Put(std::string* bytes, uint64_t at, T value) {
  std::memcpy(&(*bytes)[at], &value, sizeof(value));
}

template <typename T = uint64_t>
T Get(const std::string& bytes, uint64_t at) {
  T value;
  std::memcpy(&value, &bytes[at], sizeof(value));
  return value;
}

uint64_t HeaderBytes(uint64_t sections) {
  return kFixedBytes + sections * kEntryBytes + kHashBytes;
}

}  // namespace

std::string SealContainer(absl::string_view bytes, absl::string_view magic) {
  if (bytes.size() < HeaderBytes(0)) return std::string();
  std::string file(bytes);
  const uint64_t most = (file.size() - HeaderBytes(0)) / kEntryBytes;
  const uint64_t sections = std::min(Get(file, kFixedBytes - 8), most);
  file.replace(0, magic.size(), magic.data(), magic.size());
  // One that is kept, if any program has written it.
  const uint32_t version = Get<uint32_t>(file, 8);
  Put(&file, 8, version > kNewestVersion ? 1 : std::max(version, 1u));
  Put(&file, 12, uint32_t{0x01020304});
  Put(&file, 16, HeaderBytes(sections));
  Put(&file, 32, sections);
  uint64_t end = HeaderBytes(sections);
  for (uint64_t i = 0; i < sections; ++i) {
    const uint64_t entry = kFixedBytes + i * kEntryBytes + kNameBytes;
    const uint64_t begin = RoundUp(end, kAlignment);
    if (begin > file.size()) file.resize(begin);
    std::fill(file.begin() + static_cast<ptrdiff_t>(end),
              file.begin() + static_cast<ptrdiff_t>(begin), '\0');
    const uint64_t left = file.size() - begin;
    const bool last = i + 1 == sections;
    const uint64_t size = last ? left : std::min(Get(file, entry + 8), left);
    Put(&file, entry, begin);
    Put(&file, entry + 8, size);
    Put(&file, entry + 16, Hash64(&file[begin], size));
    end = begin + size;
  }
  file.resize(end);
  Put(&file, 24, end);
  const uint64_t hashed = HeaderBytes(sections) - kHashBytes;
  Put(&file, hashed, Hash64(file.data(), hashed));
  return file;
}

void AsIsAndSealed(absl::string_view bytes, absl::string_view extension,
                   absl::string_view magic,
                   void (*read)(const std::string& path)) {
  read(FuzzFile(bytes, extension));
  const std::string sealed = SealContainer(bytes, magic);
  if (!sealed.empty()) read(FuzzFile(sealed, extension));
}

}  // namespace embed
