#include "embed/index/spelling.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace embed {
namespace {

constexpr char32_t kNotUtf8 = 0xDC00;

// The length of the sequence that starts with `lead`, or 0 if none does.
size_t SequenceLength(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

// The code point at the front of `text` (not empty) and its bytes; bytes that
// are not UTF-8 are taken one by one.
char32_t FirstCodePoint(absl::string_view text, size_t* length) {
  const uint8_t lead = static_cast<uint8_t>(text[0]);
  *length = SequenceLength(lead);
  if (*length == 1) return lead;
  if (*length != 0 && *length <= text.size()) {
    char32_t point = lead & (0x7F >> *length);
    size_t i = 1;
    for (; i < *length; ++i) {
      const uint8_t byte = static_cast<uint8_t>(text[i]);
      if ((byte & 0xC0) != 0x80) break;
      point = point << 6 | (byte & 0x3F);
    }
    constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = point >= 0xD800 && point < 0xE000;
    if (i == *length && point >= kSmallest[i] && point <= 0x10FFFF &&
        !surrogate) {
      return point;
    }
  }
  *length = 1;
  return kNotUtf8 + lead;
}

}  // namespace

std::u32string CodePoints(absl::string_view utf8) {
  std::u32string points;
  while (!utf8.empty()) {
    size_t length = 0;
    points.push_back(FirstCodePoint(utf8, &length));
    utf8.remove_prefix(length);
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
