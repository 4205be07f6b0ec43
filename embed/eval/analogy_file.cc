#include "embed/eval/analogy_file.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/io/input_stream.h"
#include "embed/io/text_lines.h"

namespace embed {
namespace {

constexpr size_t kMaxAnalogyBytes = size_t{256} << 20;

// Between tabs, without the blanks around them, else between blanks.
std::vector<std::string> QuestionFields(absl::string_view line) {
  if (!absl::StrContains(line, '\t')) {
    return absl::StrSplit(line, absl::ByAnyChar(" \v\f\r"), absl::SkipEmpty());
  }
  std::vector<std::string> fields = absl::StrSplit(line, '\t');
  for (std::string& field : fields) absl::StripAsciiWhitespace(&field);
  return fields;
}

// What is wrong with a line, empty if nothing is. `category` is the heading.
std::string ToQuestion(absl::string_view line, const std::string& category,
                       AnalogyQuestion* question) {
  const bool has_tabs = absl::StrContains(line, '\t');
  const std::vector<std::string> fields = QuestionFields(line);
  if (fields.size() != 4 && !(has_tabs && fields.size() == 5)) {
    return absl::StrCat(
        "expected four words between blanks, or a category and four words "
        "between tabs, found ",
        fields.size(), fields.size() == 1 ? " field" : " fields");
  }
  const size_t first = fields.size() - 4;
  *question = {first == 1 ? fields[0] : category, fields[first],
               fields[first + 1], fields[first + 2], fields[first + 3]};
  if (question->a.empty() || question->b.empty() || question->c.empty() ||
      question->d.empty()) {
    return "a word is empty";
  }
  return "";
}

}  // namespace

absl::StatusOr<std::vector<AnalogyQuestion>> ParseAnalogies(
    absl::string_view text, absl::string_view name) {
  std::vector<AnalogyQuestion> questions;
  std::string category;
  TextLines lines(text, name);
  for (absl::string_view line; lines.Next(&line);) {
    if (absl::StripAsciiWhitespace(line).empty() || line[0] == '#') continue;
    if (!IsValidUtf8(line)) return lines.Error("not UTF-8; convert the file");
    if (absl::ConsumePrefix(&line, ":")) {
      category = std::string(absl::StripAsciiWhitespace(line));
      continue;
    }
    AnalogyQuestion question;
    const std::string problem = ToQuestion(line, category, &question);
    if (!problem.empty()) return lines.Error(problem);
    questions.push_back(std::move(question));
  }
  if (questions.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": no questions; expected lines of four words"));
  }
  return questions;
}

absl::StatusOr<std::vector<AnalogyQuestion>> ReadAnalogies(
    const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::string text,
                         ReadWholeText(path, kMaxAnalogyBytes));
  return ParseAnalogies(text, InputName(path));
}

}  // namespace embed
