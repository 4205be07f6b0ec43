#include "apps/common/svg_plot.h"

#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/common/svg_texts.h"

namespace embed {
namespace svg_plot_test {

using testing::HasSubstr;
using testing::Not;

LinePlot Example() {
  LinePlot plot;
  plot.title = "a < b & c";
  plot.x_label = "share";
  plot.y_label = "F1";
  plot.series = {{"one", {{0.1, 0.2, 0.05}, {0.9, 0.4, 0}}},
                 {"two", {{0.1, 0.3, std::nan("")}, {0.9, std::nan(""), 0}}}};
  return plot;
}

TEST(SvgPlotTest, HoldsWhatItIsGiven) {
  const std::string svg = RenderSvg(Example());
  EXPECT_THAT(svg, HasSubstr("<svg xmlns"));
  EXPECT_THAT(svg, HasSubstr("</svg>\n"));
  EXPECT_THAT(svg, HasSubstr(">a &lt; b &amp; c<"));
  for (const char* text : {">share<", ">F1<", ">one<", ">two<", ">0.25<"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
}

// x from 0 to 1 in steps of 0.2 and y from 0.15 to 0.4: corners of the frame.
TEST(SvgPlotTest, PointsLieWhereTheAxesSay) {
  LinePlot plot;
  plot.series = {{"line", {{0, 0, 0}, {1, 1, 0}}}};
  EXPECT_THAT(RenderSvg(plot), HasSubstr("points=\"75.0,360.0 570.0,45.0\""));
}

TEST(SvgPlotTest, OnePointOrNoneIsDrawable) {
  LinePlot plot;
  plot.series = {{"dot", {{3, 5, 0}}}};
  EXPECT_THAT(RenderSvg(plot), HasSubstr("<circle"));
  plot.series = {{"none", {}}};
  EXPECT_THAT(RenderSvg(plot), Not(HasSubstr("nan")));
  EXPECT_THAT(RenderSvg(plot), Not(HasSubstr("inf")));
}

TEST(SvgPlotTest, ColoursComeAgainWithDashes) {
  LinePlot plot = Example();
  plot.num_colors = 1;
  const std::string svg = RenderSvg(plot);
  EXPECT_THAT(svg, HasSubstr("stroke=\"#0072b2\" stroke-width=\"2\" "
                             "stroke-dasharray=\"7 4\""));
  EXPECT_THAT(svg, Not(HasSubstr("#d55e00")));
}

// As linkpred makes for all operators and codecs.
TEST(SvgPlotTest, ManyAndLongNamesHaveTheirRoom) {
  LinePlot plot = Example();
  plot.series.clear();
  for (int i = 0; i < 54; ++i) {
    plot.series.push_back(
        {absl::StrCat("hadamard, int8_plain, AUC 0.", 900 + i),
         {{0, 0, 0}, {1, 1, 0}}});
  }
  const std::string svg = RenderSvg(plot);
  ExpectTextsApart(svg);
  EXPECT_THAT(svg, HasSubstr("stroke-dasharray=\"7 4\""));
  plot.title = std::string(100, 'w');
  ExpectTextsApart(RenderSvg(plot));
}

}  // namespace svg_plot_test
}  // namespace embed
