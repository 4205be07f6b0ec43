#include "graph/xml_depth.h"

#include <algorithm>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "boost/property_tree/ptree.hpp"
#include "boost/property_tree/xml_parser.hpp"
#include "gtest/gtest.h"

namespace embed {
namespace xml_depth_test {

using Tree = boost::property_tree::ptree;

// The depth of what the parser itself makes of the text.
int DepthOf(const Tree& tree) {
  int deepest = 0;
  for (const auto& [name, child] : tree) {
    if (name == "<xmlattr>" || name == "<xmlcomment>") continue;
    deepest = std::max(deepest, 1 + DepthOf(child));
  }
  return deepest;
}

int ParsedDepth(const std::string& text) {
  std::istringstream stream(text);
  Tree tree;
  boost::property_tree::read_xml(stream, tree);
  return DepthOf(tree);
}

int FoundDepth(const std::string& text) {
  int depth = 0;
  while (XmlIsDeeperThan(depth, text)) ++depth;
  return depth;
}

// Whatever could hide an element, or make one of what is none.
constexpr const char* kPieces[] = {
    "<b>",
    "<b >",
    "<b x='1'>",
    "<b x='/>'>",
    "<b x=\"></b>\">",
    "<b x = '\"' y\t=\n\">'\">",
    "<b\"c>",
    "<b'><!-- ' -->",
    "<b<c>",
    "<!--> </b> --><b>",
    "<!--<c>--><b>",
    "<![CDATA[</b>]]><b>",
    "<?p </b> ?><b>",
    "<?>< ?><b>",
    "<!X </b><b>",
    "<b></any >text</b><b><c/><c x='>'/>",
    "t > u<b>",
};

TEST(XmlDepthTest, IsThatOfTheParser) {
  for (const char* piece : kPieces) {
    std::string text = "<a>";
    for (int i = 0; i < 7; ++i) absl::StrAppend(&text, piece);
    // As many closing tags as the parser takes.
    std::string whole = text;
    int parsed = -1;
    for (int tags = 1; tags < 20 && parsed < 0; ++tags) {
      absl::StrAppend(&whole, "</b>");
      try {
        parsed = ParsedDepth(whole);
      } catch (const boost::property_tree::xml_parser_error&) {
        continue;
      }
    }
    EXPECT_GE(parsed, 1) << piece;
    EXPECT_EQ(FoundDepth(whole), parsed) << piece;
  }
}

TEST(XmlDepthTest, DocumentTypesHoldNoElements) {
  const std::string text =
      "<!DOCTYPE a [ <!ELEMENT a (b)> [ </a> ] > ]><a><b/><c></c></a>";
  EXPECT_EQ(FoundDepth(text), ParsedDepth(text));
}

TEST(XmlDepthTest, TextsThatEndAnywhere) {
  const std::string text = "<?x ?><!DOCTYPE a []><a b='c'><!-- --><d/></a>";
  for (size_t size = 0; size <= text.size(); ++size) {
    EXPECT_LE(FoundDepth(text.substr(0, size)), 1) << size;
  }
}

}  // namespace xml_depth_test
}  // namespace embed
