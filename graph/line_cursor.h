// Takes the fields of text lines, blanks or tabs between them.
#ifndef EMBED_GRAPH_LINE_CURSOR_H_
#define EMBED_GRAPH_LINE_CURSOR_H_

#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/string_view.h"

namespace embed {

// Moves over a text whose lines all end with '\n' and that has 8 readable bytes
// behind it, as LineBlocks makes it.
class LineCursor {
 public:
  explicit LineCursor(absl::string_view text)
      : place_(text.data()), end_(text.data() + text.size()) {}

  bool AtEnd() const { return place_ == end_; }
  const char* place() const { return place_; }

  // The next field of the line, empty when there is none.
  absl::string_view Take() {
    while (IsBlank(*place_)) ++place_;
    const char* const begin = place_;
    place_ = FindStop(begin);
    return absl::string_view(begin, static_cast<size_t>(place_ - begin));
  }

  // Whether the line has another field; takes it.
  bool TakeAnother() { return *place_ != '\n' && !Take().empty(); }

  // Moves to the start of the next line.
  void SkipLine() {
    if (*place_ != '\n') {
      place_ = static_cast<const char*>(
          std::memchr(place_, '\n', static_cast<size_t>(end_ - place_)));
    }
    ++place_;
  }

 private:
  static bool IsBlank(char c) { return c == ' ' || c == '\t'; }

  // The first blank or line end at or after `place`. "\r\n" is one.
  static const char* FindStop(const char* place) {
    for (;;) {
      // Bytes below 0x21 in eight at once: the lowest bit set is exact, those
      // above it need not be.
      uint64_t word;
      std::memcpy(&word, place, sizeof(word));
      const uint64_t low =
          (word - 0x2121212121212121u) & ~word & 0x8080808080808080u;
      if (low == 0) {
        place += sizeof(word);
        continue;
      }
      place += __builtin_ctzll(low) / 8;
      if (IsBlank(*place) || *place == '\n' ||
          (*place == '\r' && place[1] == '\n')) {
        return place;
      }
      ++place;  // a control character: part of a key, for which it is refused
    }
  }

  const char* place_;
  const char* end_;
};

// True for the first field of a line that is to be left out.
inline bool IsComment(absl::string_view field) {
  return field[0] == '#' || field[0] == '%';
}

// The message for a key with a KeyProblem().
std::string NotUtf8Text(absl::string_view problem);

// Reads a weight: a number above 0 within the range of float. Returns what is
// wrong with the field, empty if nothing.
std::string ParseWeight(absl::string_view field, float* weight);

}  // namespace embed

#endif  // EMBED_GRAPH_LINE_CURSOR_H_
