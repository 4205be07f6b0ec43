#include "embed/io/checkpoint_file.h"

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

using Json = nlohmann::json;  // objects are sorted by name

constexpr char kCheckpointInfo[] = "info";
constexpr char kExtra[] = "extra";
// More differences than this say no more than these do.
constexpr size_t kMaxDifferences = 3;

Json StatsJson(const TrainStats& stats) {
  return {{"tokens", stats.tokens},
          {"examples", stats.examples},
          {"loss", stats.loss}};
}

std::string InfoJson(const Checkpoint& checkpoint,
                     const TrainingIdentity& identity) {
  const TrainingPosition& position = checkpoint.position;
  Json arrays = Json::array();
  for (const Checkpoint::Array& array : checkpoint.arrays) {
    arrays.push_back({{"name", array.name}, {"values", array.values.size()}});
  }
  // Numbers are written with as many digits as give the same double back.
  const Json json = {{"identity", Json(identity)},
                     {"arrays", arrays},
                     {"next_unit", position.next_unit},
                     {"units", position.units},
                     {"total", StatsJson(position.total)},
                     {"epoch", StatsJson(position.epoch)},
                     {"seconds", position.seconds},
                     {"epoch_seconds", position.epoch_seconds}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Reads members of the info; the first that is missing or of a wrong type is
// kept in bad().
class InfoReader {
 public:
  uint64_t Count(const Json& object, const char* name) {
    const Json* member = Find(object, name);
    if (member != nullptr && member->is_number_unsigned()) {
      return member->get<uint64_t>();
    }
    return Fail(name), 0;
  }
  double Number(const Json& object, const char* name) {
    const Json* member = Find(object, name);
    if (member != nullptr && member->is_number() &&
        std::isfinite(member->get<double>())) {
      return member->get<double>();
    }
    return Fail(name), 0;
  }
  std::string Text(const Json& object, const char* name) {
    const Json* member = Find(object, name);
    if (member != nullptr && member->is_string()) {
      return member->get<std::string>();
    }
    return Fail(name), "";
  }
  // A member that has members; an empty one if it is not such.
  const Json& Group(const Json& object, const char* name) {
    static const Json& empty = *new Json(Json::object());
    const Json* member = Find(object, name);
    if (member != nullptr && member->is_structured()) return *member;
    return Fail(name), empty;
  }
  TrainStats Stats(const Json& object, const char* name) {
    const Json& group = Group(object, name);
    return {Count(group, "tokens"), Count(group, "examples"),
            Number(group, "loss")};
  }
  void Fail(const char* name) {
    if (bad_.empty()) bad_ = name;
  }
  const std::string& bad() const { return bad_; }

 private:
  static const Json* Find(const Json& object, const char* name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
  }

  std::string bad_;
};

struct ArraySize {
  std::string name;
  uint64_t values;
};

// What stands in the info; an error names the member that is wrong.
absl::Status ParseInfo(absl::string_view text, TrainingPosition* position,
                       TrainingIdentity* identity,
                       std::vector<ArraySize>* arrays) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr,
                                /*allow_exceptions=*/false);
  InfoReader reader;
  position->next_unit = reader.Count(json, "next_unit");
  position->units = reader.Count(json, "units");
  position->total = reader.Stats(json, "total");
  position->epoch = reader.Stats(json, "epoch");
  position->seconds = reader.Number(json, "seconds");
  position->epoch_seconds = reader.Number(json, "epoch_seconds");
  for (const auto& item : reader.Group(json, "identity").items()) {
    if (!item.value().is_string()) reader.Fail("identity");
    if (!reader.bad().empty()) break;
    (*identity)[item.key()] = item.value().get<std::string>();
  }
  for (const Json& array : reader.Group(json, "arrays")) {
    arrays->push_back(
        {reader.Text(array, "name"), reader.Count(array, "values")});
  }
  if (reader.bad().empty()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("member ", reader.bad(), " is missing or not as expected"));
}

// As it comes back from a file, where text is UTF-8: file names may be any
// bytes.
TrainingIdentity AsStored(const TrainingIdentity& identity) {
  return Json::parse(
      Json(identity).dump(-1, ' ', false, Json::error_handler_t::replace));
}

absl::string_view TextOf(absl::Span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

absl::Status WriteCheckpoint(const Checkpoint& checkpoint,
                             const TrainingIdentity& identity,
                             const std::string& path) {
  const std::string info = InfoJson(checkpoint, identity);
  ContainerWriter writer(ContainerKind::kCheckpoint);
  writer.Add(kCheckpointInfo, info.data(), info.size());
  writer.Add(kExtra, checkpoint.extra.data(), checkpoint.extra.size());
  for (const Checkpoint::Array& array : checkpoint.arrays) {
    writer.Add(array.name, array.values);
  }
  return writer.Write(path);
}

absl::StatusOr<CheckpointFile> CheckpointFile::Open(const std::string& path) {
  EMBED_ASSIGN_OR_RETURN(Container container,
                         Container::Open(path, ContainerKind::kCheckpoint));
  CheckpointFile file(std::move(container));
  EMBED_ASSIGN_OR_RETURN(const auto info,
                         file.container_.Bytes(kCheckpointInfo));
  EMBED_ASSIGN_OR_RETURN(const auto extra, file.container_.Bytes(kExtra));
  file.checkpoint_.extra = std::string(TextOf(extra));
  std::vector<ArraySize> arrays;
  const absl::Status parsed = ParseInfo(
      TextOf(info), &file.checkpoint_.position, &file.identity_, &arrays);
  if (!parsed.ok()) {
    return file.container_.Damaged(kCheckpointInfo, parsed.message());
  }
  for (const ArraySize& array : arrays) {
    EMBED_ASSIGN_OR_RETURN(
        const absl::Span<const float> values,
        file.container_.Array<float>(array.name, array.values));
    file.checkpoint_.arrays.push_back({array.name, values});
  }
  return file;
}

absl::Status CheckpointFile::CheckIdentity(
    const TrainingIdentity& requested) const {
  const TrainingIdentity wanted = AsStored(requested);
  const auto value_in = [](const TrainingIdentity& identity,
                           const std::string& name) {
    const auto found = identity.find(name);
    return found == identity.end() ? std::string("nothing") : found->second;
  };
  TrainingIdentity names = wanted;  // of both
  names.insert(identity_.begin(), identity_.end());
  std::vector<std::string> differences;
  for (const auto& [name, unused] : names) {
    const std::string theirs = value_in(identity_, name);
    const std::string ours = value_in(wanted, name);
    if (theirs == ours) continue;
    differences.push_back(
        absl::StrCat(name, " was ", theirs, " and is ", ours));
  }
  if (differences.empty()) return absl::OkStatus();
  const size_t more = differences.size() > kMaxDifferences
                          ? differences.size() - kMaxDifferences
                          : 0;
  differences.resize(differences.size() - more);
  return absl::FailedPreconditionError(absl::StrCat(
      container_.file()->path(),
      ": of another training: ", absl::StrJoin(differences, ", "),
      more == 0 ? "" : absl::StrCat(", and ", more, " more differ")));
}

}  // namespace embed
