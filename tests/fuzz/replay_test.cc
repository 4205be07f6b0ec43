// The harnesses of the fuzzers on the kept inputs, as they are and damaged.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iostream>
#include <iterator>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/fuzz/harnesses.h"

namespace embed {

void PrintTo(const Harness& harness, std::ostream* out) {
  *out << harness.name;
}

namespace {

namespace fs = std::filesystem;

struct Input {
  std::string name;
  std::string bytes;
};

std::vector<Input> InputsOf(const Harness& harness) {
  std::vector<Input> inputs;
  const fs::path folder = fs::path(EMBED_FUZZ_CORPUS) / harness.name;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ostringstream bytes;
    bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    inputs.push_back({entry.path().filename().string(), bytes.str()});
  }
  std::sort(inputs.begin(), inputs.end(),
            [](const Input& a, const Input& b) { return a.name < b.name; });
  return inputs;
}

// Those that this program is linked with.
std::vector<Harness> Harnesses() {
  std::vector<Harness> all;
  for (const absl::Span<const Harness> list :
       std::initializer_list<absl::Span<const Harness>>{EMBED_FUZZ_HARNESSES}) {
    all.insert(all.end(), list.begin(), list.end());
  }
  return all;
}

class FuzzReplayTest : public testing::TestWithParam<Harness> {};

INSTANTIATE_TEST_SUITE_P(Readers, FuzzReplayTest,
                         testing::ValuesIn(Harnesses()), [](const auto& test) {
                           return std::string(test.param.name);
                         });

// A harness that finds something ends the process: the last name is the input.
TEST_P(FuzzReplayTest, KeptInputs) {
  const std::vector<Input> inputs = InputsOf(GetParam());
  ASSERT_FALSE(inputs.empty());
  for (const Input& input : inputs) {
    std::cout << input.name << std::endl;
    GetParam().run(input.bytes);
  }
}

// A fixed sequence (Knuth's constants), so that a failure comes again.
class Numbers {
 public:
  size_t Below(size_t bound) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<size_t>(state_ >> 33) % bound;
  }

 private:
  uint64_t state_ = 1;
};

// EMBED_FUZZ_COPIES: damaged copies of each kind.
int CopiesOfEachKind() {
  const char* const text = std::getenv("EMBED_FUZZ_COPIES");
  return text == nullptr ? 40 : std::atoi(text);
}

// Puts one that few expect in the place of a number.
void ReplaceNumber(std::string* text, Numbers* numbers) {
  constexpr const char* kOdd[] = {"-1",
                                  "0",
                                  "nan",
                                  "inf",
                                  "1e999",
                                  "4294967296",
                                  "1e-320",
                                  "",
                                  "0.5",
                                  "1000000",
                                  "99999999999999999999"};
  const size_t begin =
      text->find_first_of("0123456789", numbers->Below(text->size()));
  if (begin == std::string::npos) return;
  const size_t end = text->find_first_not_of("0123456789.", begin);
  text->replace(begin, end - begin, kOdd[numbers->Below(std::size(kOdd))]);
}

// Cut anywhere, a byte or a number changed, a part repeated: what happens to
// files.
TEST_P(FuzzReplayTest, DamagedInputs) {
  const int copies = CopiesOfEachKind();
  Numbers numbers;
  for (const Input& input : InputsOf(GetParam())) {
    if (input.bytes.empty()) continue;
    std::cout << input.name << std::endl;
    const size_t size = input.bytes.size();
    for (int i = 0; i < copies; ++i) {
      GetParam().run(input.bytes.substr(0, numbers.Below(size)));
      std::string changed = input.bytes;
      changed[numbers.Below(size)] = static_cast<char>(numbers.Below(256));
      GetParam().run(changed);
      const size_t begin = numbers.Below(size);
      const size_t length = std::min<size_t>(numbers.Below(64), size - begin);
      changed.insert(numbers.Below(size), input.bytes, begin, length);
      GetParam().run(changed);
      changed = input.bytes;
      ReplaceNumber(&changed, &numbers);
      GetParam().run(changed);
    }
  }
}

}  // namespace
}  // namespace embed
