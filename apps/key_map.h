// Keys as points of the plane, to look at: one SVG picture, or one HTML page to
// hover over, zoom and search in, without anything from elsewhere.
#ifndef EMBED_APPS_KEY_MAP_H_
#define EMBED_APPS_KEY_MAP_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "embed/eval/point_tree.h"

namespace embed {

struct KeyMap {
  static constexpr uint32_t kNoLabel = 0xFFFFFFFF;

  std::string title;
  std::string note;  // how the places were made, a line
  // One a key; all of one size. The most important key first.
  std::vector<std::string> keys;
  std::vector<Point> places;
  std::vector<uint32_t> labels;  // kNoLabel, or a place in label_names
  // With the most keys first: these get the colours, the others are grey.
  std::vector<std::string> label_names;
  std::vector<size_t> chosen;  // keys that are named whatever it takes
  size_t names = 60;  // of the others, where there is room: the most important
                      // ones of all parts of the picture first
};

// The colour of a label's place, "#rrggbb"; grey beyond the last and for
// kNoLabel. Told apart by people who see colours differently too.
const char* MapColor(uint32_t label);
// Labels with a colour of their own.
uint32_t NumMapColors();

std::string KeyMapSvg(const KeyMap& map);
std::string KeyMapPage(const KeyMap& map);

}  // namespace embed

#endif  // EMBED_APPS_KEY_MAP_H_
