// The strokes of Chinese characters, in the order they are written, in the five
// classes of cw2vec (Cao, Lu, Zhou, Li, AAAI 2018, section 2.1):
//   h 1 horizontal, s 2 vertical, p 3 left-falling, n 4 right-falling or dot,
//   z 5 turning.
//
// Sources: the stroke dictionary of rime (stroke.dict.yaml, 75,000 characters,
// Debian package rime-data-stroke), or any file of lines CHARACTER TAB CODE
// (more columns are ignored), where a code is written with hspnz or 12345.
// Lines starting with # are comments. A character may be listed several times
// (national forms, stroke orders): the last code listed is the preferred one,
// which in rime's table is the form used in mainland China for 99.6 % of the
// common characters. A fourth column that is codes with commas between lists
// other orders; what else is in columns behind the code is not looked at.
#ifndef EMBED_TEXT_STROKE_TABLE_H_
#define EMBED_TEXT_STROKE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/base/hash_table.h"

namespace embed {

// Which orders of a character's strokes a table keeps.
enum class StrokeOrders { kPreferred, kAll };

// Immutable after creation: any number of threads may read.
class StrokeTable {
 public:
  // Where Debian's package puts rime's dictionary.
  static constexpr char kDefaultPath[] =
      "/usr/share/rime-data/stroke.dict.yaml";
  // No character has nearly as many strokes.
  static constexpr size_t kMaxStrokes = 255;

  // Reads a file (plain, .gz or .zst; "-" is standard input); an empty path
  // stands for kDefaultPath. NotFound: no such file; for the default path the
  // message names the package. InvalidArgument: a bad line, with its number;
  // a file without any entry.
  static absl::StatusOr<StrokeTable> Load(
      const std::string& path = "",
      StrokeOrders orders = StrokeOrders::kPreferred);

  // The same from the text of such a file. `name` is for messages.
  static absl::StatusOr<StrokeTable> Parse(
      absl::string_view text, absl::string_view name,
      StrokeOrders orders = StrokeOrders::kPreferred);

  // The strokes of a character, letters of hspnz, in the preferred order; empty
  // if it has none. Good as long as the table is.
  absl::string_view Strokes(uint32_t code_point) const {
    const auto found = places_.find(code_point);
    return found == places_.end() ? absl::string_view() : Code(found->second);
  }

  // Its other orders, all different, as listed; none unless the table keeps
  // them. Good as long as the table is.
  std::vector<absl::string_view> OtherOrders(uint32_t code_point) const;

  bool has_other_orders() const { return !others_.empty(); }

  // The strokes of all characters of a UTF-8 word behind one another;
  // characters without strokes add nothing.
  std::string WordStrokes(absl::string_view word) const;

  // The table as lines CHARACTER TAB CODE, by code point, the preferred order
  // of a character last: Parse() with kAll makes an equal table of it.
  std::string Text() const;

  // The number of characters.
  size_t size() const { return places_.size(); }

  // Entries of a rime dictionary left out because their code has other symbols
  // (the published table has one). In two-column files that is an error.
  size_t skipped_entries() const { return skipped_entries_; }

 private:
  struct Place {
    uint32_t offset;
    uint32_t size;
  };

  absl::Status AddLine(absl::string_view line, bool is_rime);
  void AddOthers(uint32_t code_point, absl::string_view columns);
  // Makes `letters` the preferred order, another one that is kept the last of
  // the others.
  void AddOrder(uint32_t code_point, const std::string& letters);

  absl::string_view Code(const Place& place) const {
    return absl::string_view(codes_).substr(place.offset, place.size);
  }

  StrokeOrders orders_ = StrokeOrders::kPreferred;
  std::string codes_;
  HashMap<uint32_t, Place> places_;  // of the preferred orders
  HashMap<uint32_t, std::vector<Place>> others_;
  size_t skipped_entries_ = 0;
};

// 1 .. 5 for the letters h s p n z, 0 for any other.
constexpr uint32_t StrokeClass(char letter) {
  constexpr absl::string_view kLetters = "hspnz";
  for (uint32_t i = 0; i < kLetters.size(); ++i) {
    if (letter == kLetters[i]) return i + 1;
  }
  return 0;
}

}  // namespace embed

#endif  // EMBED_TEXT_STROKE_TABLE_H_
