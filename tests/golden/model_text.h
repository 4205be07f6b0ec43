// Models and checkpoints as lines of text, to be compared with what is written
// in a test.
#ifndef EMBED_TESTS_GOLDEN_MODEL_TEXT_H_
#define EMBED_TESTS_GOLDEN_MODEL_TEXT_H_

#include <string>

#include "embed/io/checkpoint_file.h"
#include "embed/io/model_file.h"

namespace embed {

// What the model says of itself; a line a key: count, type, row of the input
// table (with features: their rows) and of the output table; a line a row of
// features, then one a relation. Numbers have six digits.
std::string TextOf(const Model& model);

// Its place, and the first three numbers of each array.
std::string TextOf(const CheckpointFile& file);

}  // namespace embed

#endif  // EMBED_TESTS_GOLDEN_MODEL_TEXT_H_
