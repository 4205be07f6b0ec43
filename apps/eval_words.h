// embedeval wordsim and embedeval analogy: what vectors of words know of their
// meaning (embed/eval/word_similarity.h, embed/eval/analogy.h).
#ifndef EMBED_APPS_EVAL_WORDS_H_
#define EMBED_APPS_EVAL_WORDS_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo WordsimTaskInfo();
absl::Status RunWordsimTask(const Arguments& arguments);

CommandInfo AnalogyTaskInfo();
absl::Status RunAnalogyTask(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_EVAL_WORDS_H_
