#include "apps/common/graph_memory.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "apps/common/available_memory.h"

namespace embed {
namespace {

constexpr uint64_t kWindow = 64 << 10;

// The mean length of the lines that end in a window from `offset` on; 0 if none
// does.
double LineBytesAt(std::ifstream* file, uint64_t offset) {
  std::string window(kWindow, '\0');
  file->clear();
  file->seekg(static_cast<std::streamoff>(offset));
  file->read(window.data(), static_cast<std::streamsize>(window.size()));
  window.resize(static_cast<size_t>(file->gcount()));
  const auto lines = std::count(window.begin(), window.end(), '\n');
  return lines == 0
             ? 0
             : static_cast<double>(window.size()) / static_cast<double>(lines);
}

}  // namespace

uint64_t EstimateGraphBytes(const GraphFileOptions& options) {
  if (options.format != GraphFormat::kEdgeList &&
      options.format != GraphFormat::kTyped) {
    return 0;
  }
  std::error_code error;
  if (!std::filesystem::is_regular_file(options.path, error)) return 0;
  if (absl::EndsWith(options.path, ".gz") ||
      absl::EndsWith(options.path, ".zst")) {
    return 0;
  }
  const uint64_t size = std::filesystem::file_size(options.path, error);
  if (error) return 0;
  std::ifstream file(options.path, std::ios::binary);
  double line_bytes = 0;
  for (const uint64_t offset :
       {uint64_t{0}, size / 2, size - std::min(size, kWindow)}) {
    const double bytes = LineBytesAt(&file, offset);
    if (bytes == 0) return 0;
    line_bytes = std::max(line_bytes, bytes);
  }
  const bool both_ways =
      !options.directed && options.format == GraphFormat::kEdgeList;
  double edge_bytes;
  if (both_ways) {
    edge_bytes = 2 * (options.weighted ? 14 : 8);
  } else if (options.weighted) {
    edge_bytes = options.format == GraphFormat::kEdgeList ? 13 : 16;
  } else {
    edge_bytes = 12;
  }
  return static_cast<uint64_t>(static_cast<double>(size) / line_bytes *
                               edge_bytes);
}

absl::Status CheckGraphMemory(const GraphFileOptions& options) {
  const uint64_t bytes = EstimateGraphBytes(options);
  return CheckMemory(absl::StrCat(options.path, ": loading its edges"), bytes,
                     "");
}

}  // namespace embed
