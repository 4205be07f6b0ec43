#include "apps/recommendation_input.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/hash_table.h"
#include "embed/base/status_macros.h"
#include "embed/base/white_space.h"

namespace embed {
namespace {

constexpr uint32_t kNone = 0xFFFFFFFF;

// The numbers of `names` by name.
HashMap<std::string, uint32_t> NumbersOf(
    const std::vector<std::string>& names) {
  HashMap<std::string, uint32_t> numbers;
  for (const std::string& name : names) {
    numbers.emplace(name, static_cast<uint32_t>(numbers.size()));
  }
  return numbers;
}

// The known ones of `items`, by their new numbers.
std::vector<uint32_t> Known(const std::vector<uint32_t>& items,
                            const std::vector<uint32_t>& row_of) {
  std::vector<uint32_t> known;
  for (const uint32_t item : items) {
    if (row_of[item] != kNone) known.push_back(row_of[item]);
  }
  return known;
}

// Different ones that the history lacks.
std::vector<uint32_t> NewTo(std::vector<uint32_t> history,
                            std::vector<uint32_t> items) {
  std::sort(history.begin(), history.end());
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  std::vector<uint32_t> fresh;
  std::set_difference(items.begin(), items.end(), history.begin(),
                      history.end(), std::back_inserter(fresh));
  return fresh;
}

}  // namespace

DividedInteractions LeaveLastOut(Interactions all) {
  DividedInteractions parts;
  parts.items = std::move(all.items);
  parts.histories = std::move(all.histories);
  for (std::vector<uint32_t>& history : parts.histories) {
    std::vector<uint32_t>& held_out = parts.held_out.emplace_back();
    if (history.size() < 2) continue;
    held_out.push_back(history.back());
    history.pop_back();
  }
  return parts;
}

DividedInteractions JoinParts(Interactions train, const Interactions& test) {
  auto item_numbers = NumbersOf(train.items);
  auto user_numbers = NumbersOf(train.users);
  DividedInteractions parts;
  parts.items = std::move(train.items);
  parts.histories = std::move(train.histories);
  parts.held_out.resize(parts.histories.size());
  std::vector<uint32_t> item_of;
  for (const std::string& name : test.items) {
    const auto [place, is_new] =
        item_numbers.emplace(name, static_cast<uint32_t>(item_numbers.size()));
    if (is_new) parts.items.push_back(name);
    item_of.push_back(place->second);
  }
  for (size_t user = 0; user < test.users.size(); ++user) {
    const auto [place, is_new] = user_numbers.emplace(
        test.users[user], static_cast<uint32_t>(user_numbers.size()));
    if (is_new) {
      parts.histories.emplace_back();
      parts.held_out.emplace_back();
    }
    for (const uint32_t item : test.histories[user]) {
      parts.held_out[place->second].push_back(item_of[item]);
    }
  }
  return parts;
}

absl::StatusOr<std::string> HistoryText(const DividedInteractions& parts) {
  for (const std::string& item : parts.items) {
    if (HasWhiteSpace(item)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the item \"", item,
          "\" holds a blank, which separates items in a file of sequences"));
    }
  }
  std::string text;
  for (const std::vector<uint32_t>& history : parts.histories) {
    if (history.empty()) continue;
    const char* separator = "";
    for (const uint32_t item : history) {
      absl::StrAppend(&text, std::exchange(separator, " "), parts.items[item]);
    }
    text += '\n';
  }
  return text;
}

absl::StatusOr<RecommendationInput> JoinModel(const DividedInteractions& parts,
                                              const Vocabulary& vocabulary) {
  RecommendationInput input;
  input.total_items = parts.items.size();
  std::vector<uint32_t> row_of(parts.items.size(), kNone);
  for (size_t item = 0; item < parts.items.size(); ++item) {
    const uint32_t id = vocabulary.Find(parts.items[item]);
    if (id == Vocabulary::kNotFound) continue;
    row_of[item] = static_cast<uint32_t>(input.rows.size());
    input.rows.push_back(id);
  }
  if (input.rows.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "none of the ", parts.items.size(), " items (the first is \"",
        parts.items[0], "\") has a vector"));
  }
  input.popularity.resize(input.rows.size());
  for (size_t user = 0; user < parts.histories.size(); ++user) {
    std::vector<uint32_t> history = Known(parts.histories[user], row_of);
    for (const uint32_t item : history) ++input.popularity[item];
    input.total_users += parts.held_out[user].empty() ? 0 : 1;
    std::vector<uint32_t> targets =
        NewTo(history, Known(parts.held_out[user], row_of));
    if (history.empty() || targets.empty()) continue;
    input.cases.push_back({std::move(history), std::move(targets)});
  }
  if (input.cases.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "of ", input.total_users,
        " users with held-out items, none has a history and a new item that "
        "have vectors"));
  }
  return input;
}

}  // namespace embed
