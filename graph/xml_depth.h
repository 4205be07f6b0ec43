// How deep the elements of an XML text lie in one another, without recursion:
// to be known before a parser that calls itself for each level is let at it.
#ifndef EMBED_GRAPH_XML_DEPTH_H_
#define EMBED_GRAPH_XML_DEPTH_H_

#include "absl/strings/string_view.h"

namespace embed {

// Whether elements lie more than `limit` deep, as the parser of Boost's
// property trees (RapidXML) would find them: that takes closing tags of any
// name and looks for no element in comments, CDATA, instructions, document
// types and values of attributes. What such a parser refuses ends the text.
// O(length of the text).
bool XmlIsDeeperThan(int limit, absl::string_view text);

}  // namespace embed

#endif  // EMBED_GRAPH_XML_DEPTH_H_
