#include "tests/faults/fault_sweep.h"

#include <filesystem>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kOlder[] = "older";
constexpr char kCounts[] = "counts";

// What the message says of each kind.
const std::map<std::string, std::string>& Causes() {
  static const auto& causes = *new std::map<std::string, std::string>{
      {"write", "disk full"},          {"sync", "Input/output error"},
      {"rename", "Permission denied"}, {"open", "Too many open files"},
      {"read", "Input/output error"},  {"memory", "memory"},
      {"thread", "a thread"}};
  return causes;
}

// ".NAME.tmp.PROCESS.NUMBER" (embed/io/atomic_file.h), ".NAME.compacted" (an
// index that is to take the place of another).
bool IsTemporary(const std::string& name) {
  return name[0] == '.' && (absl::StrContains(name, ".tmp.") ||
                            absl::EndsWith(name, ".compacted"));
}

}  // namespace

FaultSweep::FaultSweep(std::vector<std::string> command,
                       std::map<std::string, std::string> inputs,
                       AfterFailure after_failure)
    : command_(std::move(command)),
      inputs_(std::move(inputs)),
      after_failure_(after_failure) {
  Reset(false);
  const ToolResult result = RunWith("none:0");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  std::istringstream counts(runner_.Read(kCounts));
  std::string kind;
  for (int calls; counts >> kind >> calls;) calls_[kind] = calls;
  EXPECT_EQ(calls_.size(), Causes().size());
  std::filesystem::remove(runner_.Path(kCounts));
  for (const std::string& name : runner_.List()) {
    const std::string bytes = runner_.Read(name);
    const auto input = inputs_.find(name);
    if (input == inputs_.end() || input->second != bytes) {
      outputs_[name] = bytes;
    }
  }
}

ToolResult FaultSweep::RunWith(const std::string& fault) const {
  std::vector<std::string> line = {"env", "LD_PRELOAD=" EMBED_FAULT_SHIM,
                                   absl::StrCat("EMBED_FAULT=", fault)};
  if (fault == "none:0") {
    line.push_back(absl::StrCat("EMBED_FAULT_COUNTS=", kCounts));
  }
  line.push_back(absl::StrCat(EMBED_BIN_DIR, "/", command_[0]));
  line.insert(line.end(), command_.begin() + 1, command_.end());
  return runner_.Run(line);
}

void FaultSweep::Reset(bool older) const {
  for (const std::string& name : runner_.List()) {
    std::filesystem::remove(runner_.Path(name));
  }
  if (older) {
    for (const auto& [name, bytes] : outputs_) runner_.Write(name, kOlder);
  }
  for (const auto& [name, bytes] : inputs_) runner_.Write(name, bytes);
}

bool FaultSweep::IsWhole(const std::string& name, bool older) const {
  const std::string bytes = runner_.Read(name);
  const auto output = outputs_.find(name);
  if (output != outputs_.end() && bytes == output->second) return true;
  const auto input = inputs_.find(name);
  if (input != inputs_.end()) {
    // Zeros take the place of changes that were taken back.
    return absl::StartsWith(bytes, input->second) &&
           bytes.find_first_not_of('\0', input->second.size()) ==
               std::string::npos;
  }
  return older && output != outputs_.end() && bytes == kOlder;
}

std::string FaultSweep::Torn(bool older) const {
  std::string torn;
  for (const std::string& name : runner_.List()) {
    if (IsTemporary(name)) continue;
    // Whether it is whole, after_failure_() finds out.
    if (absl::EndsWith(name, ".checkpoint") && after_failure_) continue;
    if (!IsWhole(name, older)) absl::StrAppend(&torn, " ", name);
  }
  return torn;
}

bool FaultSweep::Complete() const {
  const std::vector<std::string> names = runner_.List();
  for (const auto& [name, bytes] : outputs_) {
    if (!std::filesystem::exists(runner_.Path(name))) return false;
    if (runner_.Read(name) != bytes) return false;
  }
  return true;
}

void FaultSweep::Check(const std::string& kind, bool older,
                       const ToolResult& result) const {
  EXPECT_EQ(Torn(older), "");
  for (const std::string& name : runner_.List()) {
    EXPECT_TRUE(kind == "memory" || !IsTemporary(name)) << name;
  }
  if (result.exit_code == 0) {
    EXPECT_TRUE(Complete()) << result.err;
    return;
  }
  EXPECT_EQ(result.exit_code, 1) << result.err;
  const std::vector<std::string> lines = Lines(result.err);
  ASSERT_FALSE(lines.empty());
  const bool by_openmp =
      kind == "thread" &&
      absl::StartsWith(lines.back(), "libgomp: Thread creation failed");
  if (!by_openmp) {
    EXPECT_THAT(lines.back(), StartsWith(command_[0] + ": error: "));
    EXPECT_THAT(lines.back(), HasSubstr(Causes().at(kind)));
  }
  EXPECT_TRUE(after_failure_ == nullptr || after_failure_(*this));
}

int FaultSweep::Run(const std::string& kind, int stride, bool older) {
  int faults = 0;
  for (int number = 1; number <= calls_[kind]; number += stride) {
    const std::string fault = absl::StrCat(kind, ":", number);
    SCOPED_TRACE(absl::StrCat(fault, older ? ", older files" : ""));
    Reset(older);
    Check(kind, older, RunWith(fault));
    ++faults;
    if (testing::Test::HasFailure()) break;  // one is enough to look at
  }
  return faults;
}

}  // namespace embed
