#include "apps/key_map.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "apps/common/markup.h"
#include "apps/label_layout.h"

namespace embed {
namespace {

// After Okabe and Ito, with some more between.
constexpr const char* kMapColors[] = {
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e0a500",
    "#56b4e9", "#8553b0", "#7a4a1e", "#222222", "#9bb000"};
constexpr const char* kGrey = "#b4b4b4";

constexpr double kMapHeight = 900;
constexpr Box kArea = {20, 64, 980, 880};
constexpr double kLegendWidth = 220;
constexpr double kFont = 13;
constexpr size_t kLongestName = 28;
// So many times as many keys are tried as there are to be names.
constexpr size_t kTries = 20;

// Keys in the units of the picture.
class Frame {
 public:
  Frame(const std::vector<Point>& places, const Box& area) {
    Point low = {HUGE_VAL, HUGE_VAL};
    Point high = {-HUGE_VAL, -HUGE_VAL};
    for (const Point& place : places) {
      low = {std::min(low.x, place.x), std::min(low.y, place.y)};
      high = {std::max(high.x, place.x), std::max(high.y, place.y)};
    }
    constexpr double kMargin = 12;
    const double width = area.right - area.left - 2 * kMargin;
    const double height = area.bottom - area.top - 2 * kMargin;
    const double span_x = high.x - low.x;
    const double span_y = high.y - low.y;
    scale_ = std::min(span_x > 0 ? width / span_x : HUGE_VAL,
                      span_y > 0 ? height / span_y : HUGE_VAL);
    if (std::isinf(scale_)) scale_ = 0;
    middle_ = {(low.x + high.x) / 2, (low.y + high.y) / 2};
    center_ = {(area.left + area.right) / 2, (area.top + area.bottom) / 2};
  }

  Point At(const Point& place) const {
    return {center_.x + (place.x - middle_.x) * scale_,
            center_.y - (place.y - middle_.y) * scale_};
  }

 private:
  double scale_;
  Point middle_;
  Point center_;
};

double RadiusFor(size_t points) {
  if (points <= 300) return 4.5;
  if (points <= 3000) return 3;
  if (points <= 20000) return 2;
  return 1.3;
}

std::string MapText(double x, double y, absl::string_view text,
                    absl::string_view more = "") {
  return absl::StrFormat("<text x=\"%.1f\" y=\"%.1f\"%s>%s</text>\n", x, y,
                         more, EscapeMarkup(text));
}

// The dots of each colour as one path of points with round ends: a tenth of the
// bytes of circles.
std::string Dots(const KeyMap& map, const Frame& frame, double radius) {
  std::vector<std::string> paths(NumMapColors() + 1);
  for (size_t i = 0; i < map.places.size(); ++i) {
    const Point at = frame.At(map.places[i]);
    absl::StrAppendFormat(&paths[std::min(map.labels[i], NumMapColors())],
                          "M%.1f %.1fh0", at.x, at.y);
  }
  std::string svg = absl::StrFormat(
      "<g fill=\"none\" stroke-linecap=\"round\" stroke-width=\"%g\" "
      "stroke-opacity=\"0.75\">\n",
      2 * radius);
  // Grey first: it lies below the colours.
  for (uint32_t color = NumMapColors() + 1; color-- > 0;) {
    if (paths[color].empty()) continue;
    absl::StrAppendFormat(
        &svg, "<path stroke=\"%s\" d=\"%s\"/>\n",
        map.label_names.empty() ? kMapColors[0] : MapColor(color),
        paths[color]);
  }
  return svg + "</g>\n";
}

// The keys in the order in which names are tried: the most important one of
// each part of the picture, then as many others as make sense.
std::vector<size_t> NameOrder(const KeyMap& map, const Frame& frame) {
  constexpr double kPart = 110;
  std::set<std::pair<int, int>> parts;
  std::vector<size_t> order;
  std::vector<size_t> others;
  for (size_t i = 0; i < map.keys.size(); ++i) {
    const Point at = frame.At(map.places[i]);
    const auto part = std::make_pair(static_cast<int>(at.x / kPart),
                                     static_cast<int>(at.y / kPart));
    const bool first = parts.insert(part).second;
    if (first || others.size() < kTries * map.names) {
      (first ? order : others).push_back(i);
    }
  }
  order.insert(order.end(), others.begin(), others.end());
  return order;
}

void AppendName(const std::string& name, const Point& at,
                const LabelLayout::Place& place, bool bold, std::string* lines,
                std::string* texts) {
  const Box& box = place.box;
  if (place.far) {
    absl::StrAppendFormat(
        lines, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
        at.x, at.y, std::clamp(at.x, box.left, box.right),
        std::clamp(at.y, box.top, box.bottom));
  }
  // The box is a little wider than the text.
  *texts += MapText((box.left + box.right) / 2, box.bottom - 0.3 * kFont, name,
                    bold ? " font-weight=\"bold\"" : "");
}

std::string Names(const KeyMap& map, const Frame& frame, double radius,
                  const Box& area) {
  LabelLayout layout(area, kFont);
  std::string lines;
  std::string texts;
  std::vector<bool> named(map.keys.size());
  for (const size_t i : map.chosen) {
    const Point at = frame.At(map.places[i]);
    layout.Reserve(at.x, at.y, radius);
  }
  const auto add = [&](size_t i, bool chosen) {
    const Point at = frame.At(map.places[i]);
    const std::string name = Shortened(map.keys[i], kLongestName);
    const auto place =
        layout.Add(at.x, at.y, chosen ? radius + 2 : radius, name, chosen);
    if (!place.has_value()) return false;
    AppendName(name, at, *place, chosen, &lines, &texts);
    return true;
  };
  std::string rings;
  for (const size_t i : map.chosen) {
    if (named[i]) continue;
    named[i] = add(i, true);
    const Point at = frame.At(map.places[i]);
    absl::StrAppendFormat(&rings,
                          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%g\"/>\n", at.x,
                          at.y, radius + 1);
  }
  size_t placed = 0;
  for (const size_t i : NameOrder(map, frame)) {
    if (placed == map.names) break;
    if (!named[i] && add(i, false)) ++placed;
  }
  return absl::StrCat(
      "<g fill=\"none\" stroke=\"#111111\" stroke-width=\"1.2\">\n", rings,
      lines,
      "</g>\n<g text-anchor=\"middle\" fill=\"#111111\" stroke=\"white\" "
      "stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\">\n",
      texts, "</g>\n");
}

std::string Legend(const KeyMap& map, double left) {
  std::vector<size_t> counts(map.label_names.size());
  size_t without = 0;
  for (const uint32_t label : map.labels) {
    if (label == KeyMap::kNoLabel) {
      ++without;
    } else {
      ++counts[label];
    }
  }
  std::string svg;
  double y = kArea.top + 20;
  const auto row = [&](const char* color, const std::string& text) {
    absl::StrAppendFormat(
        &svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"6\" fill=\"%s\"/>\n", left,
        y - 4.5, color);
    svg += MapText(left + 14, y, text);
    y += 24;
  };
  const size_t shown = std::min<size_t>(counts.size(), NumMapColors());
  for (size_t i = 0; i < shown; ++i) {
    row(MapColor(static_cast<uint32_t>(i)),
        absl::StrCat(Shortened(map.label_names[i], 20), " (", counts[i], ")"));
  }
  size_t others = 0;
  for (size_t i = shown; i < counts.size(); ++i) others += counts[i];
  if (others > 0) {
    row(kGrey,
        absl::StrCat(counts.size() - shown, " more labels (", others, ")"));
  }
  if (without > 0) row(kGrey, absl::StrCat("no label (", without, ")"));
  return svg;
}

}  // namespace

const char* MapColor(uint32_t label) {
  return label < NumMapColors() ? kMapColors[label] : kGrey;
}

uint32_t NumMapColors() { return sizeof(kMapColors) / sizeof(kMapColors[0]); }

std::string KeyMapSvg(const KeyMap& map) {
  const bool legend = !map.label_names.empty();
  const double width = kArea.right + 20 + (legend ? kLegendWidth : 0);
  const Frame frame(map.places, kArea);
  const double radius = RadiusFor(map.keys.size());
  std::string svg = absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%g\" "
      "viewBox=\"0 0 %g %g\" font-family=\"sans-serif\" font-size=\"%g\">\n"
      "<rect width=\"%g\" height=\"%g\" fill=\"white\"/>\n",
      width, kMapHeight, width, kMapHeight, kFont, width, kMapHeight);
  svg += MapText(kArea.left, 28, map.title, " font-size=\"18\"");
  svg += MapText(kArea.left, 50, map.note, " fill=\"#444444\"");
  svg += Dots(map, frame, radius);
  svg += Names(map, frame, radius, kArea);
  if (legend) svg += Legend(map, kArea.right + 24);
  return svg + "</svg>\n";
}

}  // namespace embed
