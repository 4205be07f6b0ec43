// Debian's Python packages as the other opinion on a metric.
#ifndef EMBED_TESTS_EMBED_EVAL_PYTHON_PEER_H_
#define EMBED_TESTS_EMBED_EVAL_PYTHON_PEER_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "tests/embed/io/temp_folder.h"

namespace embed {

struct PythonAnswer {
  bool has_module = false;
  std::vector<double> numbers;  // NaN for "nan"
};

// Runs `program` in the folder, with `module` imported and a function
// `answer(*numbers)` that hands back numbers.
inline PythonAnswer AskPython(const TempFolder& folder,
                              const std::string& module,
                              const std::string& program) {
  WriteBytes(folder.File("ask.py"),
             "import sys\ntry:\n  import " + module +
                 "\nexcept ImportError:\n  sys.exit(77)\n"
                 "def answer(*numbers):\n"
                 "  with open('answer', 'a') as f:\n"
                 "    f.writelines(repr(float(x)) + '\\n' for x in numbers)\n" +
                 program);
  const std::string command =
      "cd '" + folder.File("") +
      "' && if [ -x /usr/bin/python3 ]; then exec /usr/bin/python3 -W ignore "
      "ask.py; else exit 77; fi";
  const int status = WEXITSTATUS(std::system(command.c_str()));
  if (status == 77) return {};
  EXPECT_EQ(status, 0);
  PythonAnswer answer;
  answer.has_module = true;
  std::ifstream file(folder.File("answer"));
  for (std::string line; std::getline(file, line);) {
    answer.numbers.push_back(line == "nan"
                                 ? std::numeric_limits<double>::quiet_NaN()
                                 : std::stod(line));
  }
  return answer;
}

}  // namespace embed

#endif  // EMBED_TESTS_EMBED_EVAL_PYTHON_PEER_H_
