#include "tests/apps/common/svg_texts.h"

#include <regex>

#include "absl/strings/str_replace.h"
#include "apps/common/text_width.h"
#include "gtest/gtest.h"

namespace embed {
namespace {

constexpr double kLeastFont = 13;

// Of the first letter's height, and what is below the base line.
constexpr double kAscent = 0.77;
constexpr double kDescent = 0.22;

std::string Unescaped(const std::string& text) {
  return absl::StrReplaceAll(
      text, {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&amp;", "&"}});
}

Box PictureOf(const std::string& svg) {
  std::smatch size;
  EXPECT_TRUE(std::regex_search(
      svg, size, std::regex("width=\"([0-9.]+)\" height=\"([0-9.]+)\"")));
  return {0, 0, std::stod(size[1]), std::stod(size[2])};
}

double FontOf(const std::string& attributes, double other) {
  std::smatch font;
  const std::regex pattern("font-size=\"([0-9.]+)\"");
  return std::regex_search(attributes, font, pattern) ? std::stod(font[1])
                                                      : other;
}

}  // namespace

std::vector<SvgTextMark> TextsOf(const std::string& svg) {
  const double usual = FontOf(svg.substr(0, svg.find('>')), 0);
  std::vector<SvgTextMark> texts;
  const std::regex pattern(
      "<text x=\"([-0-9.]+)\" y=\"([-0-9.]+)\" "
      "text-anchor=\"(\\w+)\"([^>]*)>([^<]*)</text>");
  for (std::sregex_iterator i(svg.begin(), svg.end(), pattern), end; i != end;
       ++i) {
    const std::smatch& match = *i;
    if (match[4].str().find("rotate") != std::string::npos) continue;
    SvgTextMark mark = {match[5], std::stod(match[1]), std::stod(match[2]), {}};
    const double font = FontOf(match[4], usual);
    EXPECT_GE(font, kLeastFont) << mark.text;
    const double width = TextWidth(Unescaped(mark.text), font);
    const double before = match[3] == "start" ? 0
                          : match[3] == "end" ? width
                                              : width / 2;
    mark.box = {mark.x - before, mark.y - kAscent * font,
                mark.x - before + width, mark.y + kDescent * font};
    texts.push_back(mark);
  }
  return texts;
}

SvgTextMark TextAt(const std::string& svg, absl::string_view text) {
  for (const SvgTextMark& mark : TextsOf(svg)) {
    if (mark.text == text) return mark;
  }
  ADD_FAILURE() << "no text " << text;
  return {};
}

void ExpectTextsApart(const std::string& svg) {
  const std::vector<SvgTextMark> texts = TextsOf(svg);
  const Box picture = PictureOf(svg);
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_TRUE(texts[i].box.Inside(picture)) << texts[i].text;
    for (size_t j = 0; j < i; ++j) {
      EXPECT_FALSE(texts[i].box.Overlaps(texts[j].box))
          << texts[i].text << " over " << texts[j].text;
    }
  }
}

}  // namespace embed
