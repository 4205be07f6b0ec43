#include "embed/index/spelling.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "embed/base/utf8.h"

namespace embed {

std::u32string CodePoints(absl::string_view utf8) {
  std::u32string points;
  while (!utf8.empty()) {
    const Utf8Sequence sequence = DecodeUtf8(utf8);
    points.push_back(sequence.valid ? sequence.code_point
                                    : 0xDC00 + static_cast<uint8_t>(utf8[0]));
    utf8.remove_prefix(sequence.valid ? sequence.bytes : 1);
  }
  return points;
}

int EditDistance(const std::u32string& a, const std::u32string& b, int limit) {
  const size_t longer = std::max(a.size(), b.size());
  if (longer - std::min(a.size(), b.size()) > static_cast<size_t>(limit)) {
    return limit + 1;
  }
  // Rows i - 2, i - 1 and i of the table of distances between prefixes.
  std::vector<int> before_last(b.size() + 1);
  std::vector<int> last(b.size() + 1);
  std::vector<int> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<int>(i);
    int least = row[0];
    for (size_t j = 1; j <= b.size(); ++j) {
      const int replaced = last[j - 1] + (a[i - 1] != b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    // An exchange reaches two rows back, but no lower than one row back.
    if (least > limit) return limit + 1;
    before_last.swap(last);
    last.swap(row);
  }
  return std::min(last[b.size()], limit + 1);
}

}  // namespace embed
