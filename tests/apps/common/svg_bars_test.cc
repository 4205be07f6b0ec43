#include "apps/common/svg_bars.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/common/svg_texts.h"

namespace embed {
namespace svg_bars_test {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

BarPlot Example() {
  BarPlot plot;
  plot.title = "a < b & c";
  plot.value_label = "correlation";
  plot.series = {"spearman", "pearson"};
  plot.groups = {{"one", {{0.5, 0}, {1, 0}}},
                 {"two", {{0.25, 0.125}, {std::nan(""), 0}}}};
  return plot;
}

// As many groups as there are, with names as long as those of
// questions-words.txt.
BarPlot Large(size_t groups) {
  BarPlot plot = Example();
  plot.groups.clear();
  for (size_t i = 0; i < groups; ++i) {
    const double value = 0.0625 * static_cast<double>(i);
    plot.groups.push_back({absl::StrCat("gram", i, "-adjective-to-adverb"),
                           {{value, 0.01}, {1 - 2 * value, 0.01}}});
  }
  return plot;
}

TEST(SvgBarsTest, HoldsWhatItIsGiven) {
  const std::string svg = RenderSvg(Example());
  EXPECT_THAT(svg, AllOf(HasSubstr("<svg xmlns"), HasSubstr("</svg>\n")));
  for (const char* text : {">a &lt; b &amp; c<", ">correlation<", ">spearman<",
                           ">pearson<", ">one<", ">two<", ">0.500<", ">1.000<",
                           ">0.250 \u00b1 0.125<", ">undefined<", ">0.2<"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
}

// 0 to 1 is 420 wide: 0.5 is 210, 0.25 is 105, and its whisker 52.5 each side.
TEST(SvgBarsTest, LengthsAreTheValues) {
  const std::string svg = RenderSvg(Example());
  for (const char* part :
       {"width=\"210.0\" height=\"16.0\" fill=\"#0072b2\"",
        "width=\"420.0\" height=\"16.0\" fill=\"#d55e00\"",
        "width=\"105.0\" height=\"16.0\" fill=\"#0072b2\""}) {
    EXPECT_THAT(svg, HasSubstr(part));
  }
  const double zero = TextAt(svg, "0").x;
  EXPECT_THAT(svg, HasSubstr(absl::StrFormat("x1=\"%.1f\" y1=", zero + 52.5)));
  EXPECT_THAT(svg, HasSubstr(absl::StrFormat("x2=\"%.1f\" y2=", zero + 157.5)));
}

TEST(SvgBarsTest, NegativeValuesGoTheOtherWay) {
  BarPlot plot = Example();
  plot.groups = {{"one", {{-0.5, 0}, {0.5, 0}}}};
  const std::string svg = RenderSvg(plot);
  EXPECT_THAT(svg, HasSubstr(">-0.500<"));
  // -0.6 to 0.6: the scale of both bars is one.
  const double zero = TextAt(svg, "0").x;
  EXPECT_NEAR(TextAt(svg, "0.6").x - zero, zero - TextAt(svg, "-0.6").x, 0.11);
  EXPECT_THAT(svg, HasSubstr(absl::StrFormat("<rect x=\"%.1f\" y=\"53.0\" "
                                             "width=\"175.0\"",
                                             zero - 175)));
  EXPECT_THAT(svg, HasSubstr(absl::StrFormat("<rect x=\"%.1f\" y=\"71.0\" "
                                             "width=\"175.0\"",
                                             zero)));
}

TEST(SvgBarsTest, TextsNeitherOverlapNorLeaveThePicture) {
  for (const size_t groups : {1, 3, 15}) {
    const std::string svg = RenderSvg(Large(groups));
    EXPECT_THAT(svg, HasSubstr(absl::StrCat(groups - 1, "-adjective")));
    ExpectTextsApart(svg);
  }
  BarPlot plot = Example();
  plot.title = std::string(90, 'w');
  plot.groups[0].name = std::string(60, 'W');
  plot.series[1] = "a series with a long name";
  plot.groups[1].bars[0] = {1, 0.2};
  ExpectTextsApart(RenderSvg(plot));
}

TEST(SvgBarsTest, OneValueOrNoneIsDrawable) {
  BarPlot plot;
  plot.series = {"all"};
  for (const double value : {0.0, std::nan(""), HUGE_VAL}) {
    plot.groups = {{"one", {{value, 0}}}};
    EXPECT_THAT(RenderSvg(plot),
                AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf"))));
  }
  plot.groups.clear();
  EXPECT_THAT(RenderSvg(plot), HasSubstr("</svg>"));
}

}  // namespace svg_bars_test
}  // namespace embed
