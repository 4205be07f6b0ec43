// How an evaluation set's words are found among a model's keys.
#ifndef EMBED_EVAL_WORD_LOOKUP_H_
#define EMBED_EVAL_WORD_LOOKUP_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "embed/model/vocabulary.h"

namespace embed {

// The id of the key `word` or, where there is none, of the key that is `word`
// with its ASCII letters in lower case; else Vocabulary::kNotFound.
//
// So a set with capitals works on a model trained on lower-cased text, and a
// model that tells "Polish" from "polish" is asked for what the set says.
// gensim's rule differs: case_insensitive=True (its default) joins all keys
// that are equal in upper case and takes the first, case_insensitive=False
// takes the word as it stands. With sets in lower case, which all common
// English ones are, the last and this one are the same.
uint32_t FindWord(const Vocabulary& vocabulary, absl::string_view word);

}  // namespace embed

#endif  // EMBED_EVAL_WORD_LOOKUP_H_
