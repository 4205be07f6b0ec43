#include "tests/apps/tool_runner.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace embed {
namespace {

namespace fs = std::filesystem;

std::string Slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void Redirect(const std::string& path, int flags, int target) {
  const int descriptor = open(path.c_str(), flags, 0644);
  if (descriptor < 0 || dup2(descriptor, target) < 0) _exit(126);
  close(descriptor);
}

// In the child: never returns.
[[noreturn]] void Execute(const std::vector<std::string>& command,
                          const std::string& dir, const std::string& in,
                          const std::string& out, const std::string& err,
                          const ToolRunner::Options& options) {
  if (chdir(dir.c_str()) != 0) _exit(126);
  Redirect(in, O_RDONLY, STDIN_FILENO);
  Redirect(out, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
  Redirect(err, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
  // A shell starts what runs in the background with SIGINT ignored.
  for (const int number : {SIGINT, SIGTERM}) std::signal(number, SIG_DFL);
  if (options.file_size_limit != 0) {
    // Writing beyond then fails with EFBIG instead of killing the process.
    const rlimit limit = {options.file_size_limit, options.file_size_limit};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  if (options.data_limit != 0) {
    const rlimit limit = {options.data_limit, options.data_limit};
    setrlimit(RLIMIT_DATA, &limit);
  }
  if (options.as_nobody && (setgid(65534) != 0 || setuid(65534) != 0)) {
    _exit(126);
  }
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

// 200 lines of 12 words.
std::string RandomText(const std::vector<std::string>& words) {
  std::string text;
  uint32_t state = 1;
  for (int word = 0; word < 2400; ++word) {
    state = state * 1664525 + 1013904223;
    absl::StrAppend(&text, words[(state >> 16) % words.size()],
                    word % 12 == 11 ? "\n" : " ");
  }
  return text;
}

}  // namespace

ToolRunner::ToolRunner() {
  std::string pattern = (fs::temp_directory_path() / "embed_XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  dir_ = pattern;
  fs::permissions(dir_, fs::perms(0755));
}

ToolRunner::~ToolRunner() { fs::remove_all(dir_); }

ToolResult ToolRunner::Run(const std::vector<std::string>& command,
                           const Options& options) const {
  return Wait(Start(command, options), options);
}

// The streams lie beside the working directory, so that List() is the tool's.
pid_t ToolRunner::Start(const std::vector<std::string>& command,
                        const Options& options) const {
  const std::string in = dir_ + ".in";
  const std::string out =
      options.stdout_path.empty() ? dir_ + ".out" : options.stdout_path;
  std::ofstream(in, std::ios::binary) << options.input;
  std::ofstream(dir_ + ".err");

  std::vector<std::string> program = command;
  const std::string tool = absl::StrCat(EMBED_BIN_DIR, "/", command[0]);
  if (fs::exists(tool)) program[0] = tool;
  const pid_t child = fork();
  if (child == 0) {
    Execute(program, dir_, in, out, dir_ + ".err", options);
  }
  return child;
}

bool ToolRunner::HasEnded(pid_t tool) const {
  siginfo_t info = {};
  waitid(P_PID, static_cast<id_t>(tool), &info, WEXITED | WNOHANG | WNOWAIT);
  return info.si_pid == tool;
}

std::string ToolRunner::ErrSoFar() const { return Slurp(dir_ + ".err"); }

ToolResult ToolRunner::Wait(pid_t tool, const Options& options) const {
  int status = 0;
  waitpid(tool, &status, 0);
  ToolResult result;
  result.exit_code =
      WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (options.stdout_path.empty()) result.out = Slurp(dir_ + ".out");
  result.err = Slurp(dir_ + ".err");
  for (const char* ending : {".in", ".err", ".out"}) fs::remove(dir_ + ending);
  return result;
}

ToolResult ToolRunner::RunLine(absl::string_view line) const {
  std::vector<std::string> command;
  bool quoted = false;
  for (const absl::string_view part : absl::StrSplit(line, '"')) {
    if (quoted) {
      command.emplace_back(part);
    } else {
      for (const absl::string_view word :
           absl::StrSplit(part, ' ', absl::SkipEmpty())) {
        command.emplace_back(word);
      }
    }
    quoted = !quoted;
  }
  return Run(command);
}

std::string ToolRunner::Path(absl::string_view name) const {
  return absl::StrCat(dir_, "/", name);
}

void ToolRunner::Write(absl::string_view name, absl::string_view bytes) const {
  std::ofstream file(Path(name), std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(file.flush()) << name;
}

std::string ToolRunner::Read(absl::string_view name) const {
  EXPECT_TRUE(fs::exists(Path(name))) << name;
  return Slurp(Path(name));
}

std::vector<std::string> ToolRunner::List() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(dir_)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> Lines(absl::string_view text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

std::string KarateEdges() { return Slurp(EMBED_KARATE); }

std::string SmallCorpus() {
  return RandomText({"sun", "moon", "star", "river", "lake"});
}

std::string SmallChineseCorpus() {
  return RandomText({"北京", "大学", "治疗", "医院", "学生"});
}

}  // namespace embed
