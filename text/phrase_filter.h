// Joins phrases to one word: "new york" becomes "new_york".
#ifndef EMBED_TEXT_PHRASE_FILTER_H_
#define EMBED_TEXT_PHRASE_FILTER_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "text/text_filter.h"

namespace embed {

// From left to right in each line, as word2phrase: two words that are a phrase
// become one with "_" between, and the next word starts anew, so "a b c" with
// the phrases "a b" and "b c" is "a_b c". Longer phrases come from a second
// list, found in the text that the first has joined: a filter for each. The
// words of the result are separated by one blank. 48 bytes a phrase and its
// text.
std::unique_ptr<TextFilter> NewPhraseFilter(
    const std::vector<std::pair<std::string, std::string>>& phrases);

}  // namespace embed

#endif  // EMBED_TEXT_PHRASE_FILTER_H_
