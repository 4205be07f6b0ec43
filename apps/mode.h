// The modes of embedtrain: what each reads, its published defaults, the flags
// it understands. A new mode is a new line in the table of mode.cc.
#ifndef EMBED_APPS_MODE_H_
#define EMBED_APPS_MODE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "apps/common/progress.h"
#include "apps/common/training_flags.h"
#include "apps/training_method.h"
#include "embed/io/model_file.h"
#include "embed/model/feature_map.h"
#include "embed/model/vocabulary.h"
#include "embed/train/sequence_source.h"

namespace embed {

// What the source of a mode reads from (a corpus, a graph) and nobody else
// sees.
class SourceBacking {
 public:
  virtual ~SourceBacking() = default;
};

// What a mode makes of its input for the trainer.
struct TrainingInput {
  Vocabulary vocabulary;
  FeatureMap features;         // empty: the identity
  std::string feature_source;  // see Model
  std::string phrases;         // a hash of those joined; empty: none
  VectorsFrom vectors = VectorsFrom::kInput;
  uint64_t tokens_per_epoch = 0;  // before subsampling, about
  // [n]: sequences of n tokens in an epoch, before words are left out. Empty:
  // not known.
  std::vector<uint64_t> sequences_of;
  std::vector<std::string> notes;  // what was found, a line each
  std::unique_ptr<SourceBacking> backing;
  std::unique_ptr<SequenceSource> source;  // may look into all of the above
  // For ChoosePairGrouping().
  PairGrouping group_by = PairGrouping::kContext;
  int group_passes = 0;
  // Of skip-gram and CBOW, as WindowModelOptions::negative_groups.
  std::vector<uint32_t> negative_groups;
  // Null: skip-gram or CBOW over windows, as the flags say. May look into the
  // vocabulary and the backing.
  std::unique_ptr<TrainingMethod> method;
};

// What a mode is told beside its own flags.
struct LoadContext {
  std::string input;                        // a file, or "-": standard input
  const TrainingFlags* training = nullptr;  // outlives what is loaded
  int threads = 1;
  ProgressStyle progress = ProgressStyle::kNone;  // of loading
  // Of a mode of walks, the walks as they are: nothing counted for a training.
  bool walks_only = false;
  // Of a mode that reads text: files that follow `input`.
  std::vector<std::string> more_inputs = {};
};

struct Mode {
  const char* name;
  const char* about;  // what it learns from what, and who published it
  // The flags whose defaults differ between modes, with this mode's.
  std::vector<std::pair<const char*, const char*>> defaults;
  // The flags that only some modes know and whose default is always the same.
  std::vector<const char*> flags;
  // Reads the input as the flags say.
  absl::StatusOr<TrainingInput> (*load)(const LoadContext& context);
};

const std::vector<Mode>& Modes();

// UsageError: no such mode (all are listed).
absl::StatusOr<const Mode*> FindMode(absl::string_view name);

// Whether the mode understands the flag.
bool Uses(const Mode& mode, const std::string& flag);

// Whether the mode reads text, from any number of files.
bool ReadsText(const Mode& mode);

// Gives flags the user did not set the mode's defaults. UsageError: a flag that
// the user set and this mode has no use for.
absl::Status ApplyMode(const Mode& mode);

// Every flag that shapes the mode's result, with the value in force.
std::map<std::string, std::string> ModeOptions(const Mode& mode);

// The flags whose defaults come from the modes.
std::vector<std::string> FlagsByMode();

// The modes with their defaults, for --help.
std::string ModesHelp();

}  // namespace embed

#endif  // EMBED_APPS_MODE_H_
