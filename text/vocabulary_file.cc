#include "text/vocabulary_file.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "embed/base/hash_table.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/io/atomic_file.h"
#include "embed/io/input_stream.h"
#include "embed/io/text_lines.h"

namespace embed {
namespace {

// A hundred million words.
constexpr size_t kMaxVocabularyBytes = size_t{2} << 30;
constexpr uint64_t kMostTokens = uint64_t{1} << 62;

// The word for line ends, which word2vec.c writes first, with a count of 0
// where the text has none.
constexpr absl::string_view kLineEnd = "</s>";

bool IsLineEnd(const TextLines& lines, absl::string_view word) {
  return lines.number() == 1 && word == kLineEnd;
}

absl::StatusOr<WordCount> ParseLine(const TextLines& lines,
                                    absl::string_view line) {
  const size_t blank = line.find_last_of(" \t");
  if (blank == absl::string_view::npos) {
    return lines.Error("no count; expected a word, a blank and its count");
  }
  const absl::string_view count = line.substr(blank + 1);
  const absl::string_view word =
      absl::StripAsciiWhitespace(line.substr(0, blank));
  WordCount parsed{std::string(word), 0};
  if (!absl::SimpleAtoi(count, &parsed.count) ||
      (parsed.count == 0 && !IsLineEnd(lines, word))) {
    return lines.Error(
        absl::StrCat("the count \"", count, "\" is no whole number above 0"));
  }
  if (word.empty() || word.size() > Vocabulary::kMaxKeyBytes) {
    return lines.Error("the word is empty or too long");
  }
  if (!IsValidUtf8(word)) return lines.Error("the word is not valid UTF-8");
  return parsed;
}

}  // namespace

absl::Status WriteVocabularyFile(const Vocabulary& vocabulary,
                                 const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<AtomicFile> file,
                         AtomicFile::Create(path));
  std::vector<uint32_t> ids(vocabulary.size());
  std::iota(ids.begin(), ids.end(), 0);
  // A word of the text, not word2vec's, which would be in the first line.
  if (!ids.empty() && vocabulary.key(0) == kLineEnd) {
    if (ids.size() > 1) {
      std::swap(ids[0], ids[1]);
    } else {
      EMBED_RETURN_IF_ERROR(file->Write("\n"));
    }
  }
  if (!ids.empty()) {
    EMBED_RETURN_IF_ERROR(file->Write(MarkBefore(vocabulary.key(ids[0]))));
  }
  for (const uint32_t id : ids) {
    EMBED_RETURN_IF_ERROR(file->Write(
        absl::StrCat(vocabulary.key(id), " ", vocabulary.count(id), "\n")));
  }
  return file->Commit();
}

absl::StatusOr<std::vector<WordCount>> ReadVocabularyFile(
    const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::string text,
                         ReadWholeText(path, kMaxVocabularyBytes));
  TextLines lines(text, InputName(path));
  std::vector<WordCount> words;
  HashMap<std::string, uint64_t> line_of;
  uint64_t tokens = 0;
  absl::string_view line;
  while (lines.Next(&line)) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    EMBED_ASSIGN_OR_RETURN(WordCount word, ParseLine(lines, line));
    if (IsLineEnd(lines, word.word)) continue;
    if (word.count > kMostTokens - tokens) {
      return lines.Error("with this one the counts add up to more than 2^62");
    }
    tokens += word.count;
    const auto [first, is_new] = line_of.emplace(word.word, lines.number());
    if (!is_new) {
      return lines.Error(absl::StrCat("the word \"", word.word,
                                      "\" stands in line ", first->second,
                                      " as well"));
    }
    words.push_back(std::move(word));
  }
  if (words.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        InputName(path),
        ": holds no words; expected lines of a word, a blank and its count"));
  }
  std::sort(words.begin(), words.end(), BeforeInVocabulary);
  return words;
}

absl::StatusOr<std::vector<std::string>> ReadWordList(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(const std::string text,
                         ReadWholeText(path, kMaxVocabularyBytes));
  TextLines lines(text, InputName(path));
  std::vector<std::string> words;
  absl::string_view line;
  while (lines.Next(&line)) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    if (!IsValidUtf8(line)) return lines.Error("the word is not valid UTF-8");
    words.emplace_back(line);
  }
  return words;
}

}  // namespace embed
