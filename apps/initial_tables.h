// A training that goes on from a finished model: --init_from.
//
// The keys of the model that the input lacks are put behind the input's, with
// count 0: they are in no example and never drawn as negatives, so their rows
// stay as they are. Ids of the input do not change, nor does its source.
#ifndef EMBED_APPS_INITIAL_TABLES_H_
#define EMBED_APPS_INITIAL_TABLES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/common/init_flags.h"
#include "apps/common/training_flags.h"
#include "apps/mode.h"
#include "embed/io/model_file.h"

namespace embed {

// Used in the order of its functions.
class InitialTables {
 public:
  // Reads the model; nothing without one. Errors: those of ReadModel(); it is
  // no model to go on from in this mode and with these flags.
  static absl::StatusOr<InitialTables> Load(const InitFlags& flags,
                                            absl::string_view mode,
                                            const TrainingFlags& training);

  // The file and a checksum of it, for what is to be noted of the training;
  // "" without a model.
  const std::string& identity() const { return identity_; }

  // Adds the model's keys and n-grams, and a note about them, to the input of a
  // mode without a method of its own. InvalidArgument: they do not fit.
  absl::Status Extend(TrainingInput* input);

  // Puts the rows of what the model knows into the tables made for the extended
  // input, and lets go of the model.
  void MoveRows(Model* model);

 private:
  bool loaded() const { return !identity_.empty(); }
  absl::Status CheckFits(const TrainingInput& input) const;

  std::string path_;
  bool forget_missing_ = false;
  std::string identity_;
  std::string warning_;  // of another mode; "": none
  Model old_;
  // For each row of the tables to come, that of the model's; kNotFound: none.
  std::vector<uint32_t> input_rows_;
  std::vector<uint32_t> output_rows_;
};

}  // namespace embed

#endif  // EMBED_APPS_INITIAL_TABLES_H_
