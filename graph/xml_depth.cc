#include "graph/xml_depth.h"

#include <cstddef>

#include "absl/strings/match.h"

namespace embed {
namespace {

constexpr size_t kNone = absl::string_view::npos;
constexpr char kBlanks[] = " \n\r\t";
// What ends the name of an element, or of an attribute.
constexpr char kBehindName[] = " \n\r\t/>?";
constexpr char kBehindAttribute[] = " \n\r\t/<>=?!";

bool IsOneOf(char c, absl::string_view set) {
  return set.find(c) != absl::string_view::npos;
}

// The place behind the next `end` from `at` on; kNone: there is none.
size_t Behind(absl::string_view text, absl::string_view end, size_t at) {
  const size_t found = text.find(end, at);
  return found == kNone ? kNone : found + end.size();
}

// A document type ends at a '>' that is not within brackets.
size_t BehindDocumentType(absl::string_view text, size_t at) {
  int brackets = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '[') ++brackets;
    if (text[at] == ']' && brackets > 0) --brackets;
    if (text[at] == '>' && brackets == 0) return at + 1;
  }
  return kNone;
}

// Passes over NAME = "VALUE" and blanks behind it, at a byte of the name.
size_t BehindAttribute(absl::string_view text, size_t at) {
  at = text.find_first_of(kBehindAttribute, at);
  at = text.find_first_not_of(kBlanks, at);
  if (at == kNone || text[at] != '=') return kNone;
  at = text.find_first_not_of(kBlanks, at + 1);
  if (at == kNone || !IsOneOf(text[at], "\"'")) return kNone;
  at = Behind(text, text.substr(at, 1), at + 1);
  return text.find_first_not_of(kBlanks, at);
}

// A tag whose name is at `at`; *opens: it is not <empty/>. kNone: no tag.
size_t BehindTag(absl::string_view text, size_t at, bool* opens) {
  at = text.find_first_of(kBehindName, at);
  at = text.find_first_not_of(kBlanks, at);
  while (at != kNone && !IsOneOf(text[at], kBehindAttribute)) {
    at = BehindAttribute(text, at);
  }
  if (at == kNone) return kNone;
  *opens = text[at] == '>';
  if (*opens) return at + 1;
  return absl::StartsWith(text.substr(at), "/>") ? at + 2 : kNone;
}

}  // namespace

bool XmlIsDeeperThan(int limit, absl::string_view text) {
  constexpr absl::string_view kDocumentType = "<!DOCTYPE";
  int depth = 0;
  for (size_t at = text.find('<'); at != kNone; at = text.find('<', at)) {
    const absl::string_view markup = text.substr(at);
    if (absl::StartsWith(markup, "<!--")) {
      at = Behind(text, "-->", at + 4);
    } else if (absl::StartsWith(markup, "<![CDATA[")) {
      at = Behind(text, "]]>", at + 9);
    } else if (absl::StartsWith(markup, kDocumentType) &&
               markup.size() > kDocumentType.size() &&
               IsOneOf(markup[kDocumentType.size()], kBlanks)) {
      at = BehindDocumentType(text, at + kDocumentType.size() + 1);
    } else if (absl::StartsWith(markup, "<!")) {
      at = Behind(text, ">", at + 2);
    } else if (absl::StartsWith(markup, "<?")) {
      at = Behind(text, "?>", at + 2);
    } else if (absl::StartsWith(markup, "</")) {
      --depth;
      at = Behind(text, ">", at + 2);
    } else {
      bool opens = false;
      at = BehindTag(text, at + 1, &opens);
      if (opens && ++depth > limit) return true;
    }
  }
  return false;
}

}  // namespace embed
