#include "text/phrase_filter.h"

#include "absl/strings/str_cat.h"
#include "text/tokenizer.h"
#include "text/word_map.h"

namespace embed {
namespace {

class PhraseFilter final : public TextFilter {
 public:
  explicit PhraseFilter(
      const std::vector<std::pair<std::string, std::string>>& phrases) {
    for (const auto& [first, second] : phrases) {
      firsts_.FindOrInsert(first, PackWord(first));
      const std::string joined = absl::StrCat(first, " ", second);
      pairs_.FindOrInsert(joined, PackWord(joined));
    }
  }

  void Apply(absl::string_view text, std::string* result) const override {
    result->clear();
    result->reserve(text.size() + 1);
    std::string pair;
    absl::string_view before;  // may start a phrase; empty: none does
    Tokenizer tokens(text);
    absl::string_view word;
    Tokenizer::Event event;
    while ((event = tokens.Next(&word)) != Tokenizer::kEnd) {
      if (event == Tokenizer::kLineEnd) {
        before = {};
        if (!result->empty() && result->back() == ' ') result->pop_back();
        result->push_back('\n');
        continue;
      }
      const bool joins = !before.empty() && IsPhrase(before, word, &pair);
      if (joins) result->back() = '_';
      result->append(word.data(), word.size());
      result->push_back(' ');
      before =
          joins || !StartsPhrase(word, tokens) ? absl::string_view() : word;
    }
  }

 private:
  bool StartsPhrase(absl::string_view word, const Tokenizer& tokens) const {
    return firsts_.Find(word, PackWord(word, tokens.BytesFrom(word.data()))) !=
           nullptr;
  }

  bool IsPhrase(absl::string_view first, absl::string_view second,
                std::string* pair) const {
    pair->assign(first.data(), first.size());
    pair->push_back(' ');
    pair->append(second.data(), second.size());
    return pairs_.Find(*pair, PackWord(*pair)) != nullptr;
  }

  WordMap firsts_;  // the first words of phrases
  WordMap pairs_;   // the phrases, with a blank between
};

}  // namespace

std::unique_ptr<TextFilter> NewPhraseFilter(
    const std::vector<std::pair<std::string, std::string>>& phrases) {
  return std::make_unique<PhraseFilter>(phrases);
}

}  // namespace embed
