#include "embed/eval/interaction_file.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "embed/base/hash_table.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/base/white_space.h"
#include "embed/io/input_stream.h"
#include "embed/io/text_lines.h"

namespace embed {
namespace {

constexpr size_t kMaxInteractionBytes = size_t{4} << 30;

// Names to numbers by first appearance.
class Numbering {
 public:
  uint32_t Of(absl::string_view name) {
    const auto [place, is_new] =
        numbers_.emplace(name, static_cast<uint32_t>(names_.size()));
    if (is_new) names_.emplace_back(name);
    return place->second;
  }
  std::vector<std::string> Take() { return std::move(names_); }

 private:
  HashMap<std::string, uint32_t> numbers_;
  std::vector<std::string> names_;
};

struct Event {
  double time;
  uint32_t item;
};

class Collector {
 public:
  // What is wrong with a line, empty if nothing is.
  std::string AddSequence(absl::string_view line, uint64_t number) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, '\t');
    if (fields.size() > 2) {
      return absl::StrCat(
          "expected items with blanks between them, or a user, a tab and "
          "items, found ",
          fields.size(), " fields; a line an event is --events");
    }
    std::string problem = CheckFields(fields);
    if (!problem.empty()) return problem;
    const std::vector<absl::string_view> items =
        SplitAtWhiteSpace(fields.back());
    if (items.empty()) return "a field is empty";
    std::vector<Event>* events = EventsOf(
        fields.size() == 2 ? std::string(fields[0]) : absl::StrCat(number));
    for (const absl::string_view item : items) {
      events->push_back({0, items_.Of(item)});
    }
    return "";
  }

  std::string AddEvent(absl::string_view line) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, '\t');
    if (fields.size() != 2 && fields.size() != 3) {
      return absl::StrCat(
          "expected a user, an item and maybe a time with tabs between them, "
          "found ",
          fields.size(), fields.size() == 1 ? " field" : " fields");
    }
    std::string problem = CheckFields(fields);
    if (!problem.empty()) return problem;
    double time = 0;
    if (fields.size() == 3 &&
        (!absl::SimpleAtod(fields[2], &time) || !std::isfinite(time))) {
      return absl::StrCat("the time \"", fields[2].substr(0, 40),
                          "\" is no number");
    }
    EventsOf(fields[0])->push_back({time, items_.Of(fields[1])});
    return "";
  }

  Interactions Take() {
    Interactions all;
    for (std::vector<Event>& events : events_) {
      std::stable_sort(
          events.begin(), events.end(),
          [](const Event& a, const Event& b) { return a.time < b.time; });
      std::vector<uint32_t>& history = all.histories.emplace_back();
      for (const Event& event : events) history.push_back(event.item);
    }
    all.items = items_.Take();
    all.users = users_.Take();
    return all;
  }

 private:
  std::string CheckFields(const std::vector<absl::string_view>& fields) {
    if (num_fields_ == 0) num_fields_ = fields.size();
    if (fields.size() != num_fields_) {
      return absl::StrCat(fields.size(), " fields, where earlier lines have ",
                          num_fields_);
    }
    for (const absl::string_view field : fields) {
      if (absl::StripAsciiWhitespace(field).empty()) return "a field is empty";
    }
    return "";
  }

  std::vector<Event>* EventsOf(absl::string_view user) {
    const uint32_t id = users_.Of(user);
    if (id == events_.size()) events_.emplace_back();
    return &events_[id];
  }

  size_t num_fields_ = 0;
  Numbering items_;
  Numbering users_;
  std::vector<std::vector<Event>> events_;  // of each user
};

}  // namespace

absl::StatusOr<Interactions> ParseInteractions(absl::string_view text,
                                               absl::string_view name,
                                               InteractionLayout layout) {
  Collector collector;
  TextLines lines(text, name);
  for (absl::string_view line; lines.Next(&line);) {
    if (absl::StripAsciiWhitespace(line).empty() || line[0] == '#') continue;
    if (!IsValidUtf8(line)) return lines.Error("not UTF-8; convert the file");
    const std::string problem =
        layout == InteractionLayout::kSequences
            ? collector.AddSequence(line, lines.number())
            : collector.AddEvent(line);
    if (!problem.empty()) return lines.Error(problem);
  }
  Interactions all = collector.Take();
  if (all.users.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": no users and items"));
  }
  return all;
}

absl::StatusOr<Interactions> ReadInteractions(const std::string& path,
                                              InteractionLayout layout) {
  EMBED_ASSIGN_OR_RETURN(const std::string text,
                         ReadWholeText(path, kMaxInteractionBytes));
  return ParseInteractions(text, InputName(path), layout);
}

}  // namespace embed
