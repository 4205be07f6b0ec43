#include "embed/io/npy_reader.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace npy_reader_test {

using testing::HasSubstr;

// A file of version 1.0 by the format's description.
std::string Npy(const std::string& dict, const std::string& numbers,
                int version = 1) {
  std::string header = dict;
  const size_t start = version == 1 ? 10 : 12;
  while ((start + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(version);
  bytes += '\0';
  for (size_t i = 0; i < start - 8; ++i) {
    bytes += static_cast<char>(header.size() >> (8 * i));
  }
  return bytes + header + numbers;
}

template <typename T>
std::string Bytes(const std::vector<T>& values, bool swapped = false) {
  std::string bytes;
  for (const T value : values) {
    std::string one(reinterpret_cast<const char*>(&value), sizeof(value));
    if (swapped) one.assign(one.rbegin(), one.rend());
    bytes += one;
  }
  return bytes;
}

class NpyReaderTest : public testing::Test {
 protected:
  absl::StatusOr<EmbeddingTable> Read(const std::string& bytes) const {
    WriteBytes(folder_.File("m.npy"), bytes);
    return ReadNpy(folder_.File("m.npy"));
  }
  // Rows (1, 2, 3), (4, 5, 6).
  static void ExpectSix(const absl::StatusOr<EmbeddingTable>& table) {
    ASSERT_TRUE(table.ok()) << table.status();
    ASSERT_EQ(table->rows(), 2u);
    ASSERT_EQ(table->dim(), 3);
    for (int i = 0; i < 6; ++i) EXPECT_EQ(table->row(i / 3)[i % 3], i + 1);
  }

  TempFolder folder_;
};

TEST_F(NpyReaderTest, ReadsEveryOrderTypeAndVersion) {
  const std::vector<float> rows = {1, 2, 3, 4, 5, 6};
  const std::vector<float> columns = {1, 4, 2, 5, 3, 6};
  for (const int version : {1, 2, 3}) {
    for (const bool swapped : {false, true}) {
      const std::string order = swapped ? ">" : "<";
      for (const bool fortran : {false, true}) {
        const std::vector<float>& values = fortran ? columns : rows;
        const std::vector<double> wide(values.begin(), values.end());
        const std::string end = std::string("', 'fortran_order': ") +
                                (fortran ? "True" : "False") +
                                ", 'shape': (2, 3), }";
        ExpectSix(Read(Npy("{'descr': '" + order + "f4" + end,
                           Bytes(values, swapped), version)));
        ExpectSix(Read(Npy("{'descr': '" + order + "f8" + end,
                           Bytes(wide, swapped), version)));
      }
    }
  }
  const auto one = Read(Npy(
      "{'shape': (6,), 'fortran_order': False, 'descr': '<f4'}", Bytes(rows)));
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_EQ(one->rows(), 1u);
  EXPECT_EQ(one->dim(), 6);
}

TEST_F(NpyReaderTest, SaysWhatIsWrong) {
  const std::string six = Bytes<float>({1, 2, 3, 4, 5, 6});
  const auto header = [](const std::string& type, const std::string& shape) {
    return "{'descr': " + type + ", 'fortran_order': False, 'shape': " + shape +
           ", }";
  };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "no NumPy file"},
      {"1 2 3\n", "no NumPy file"},
      {"\x93NUMPY", "cut off"},
      {Npy(header("'<f4'", "(2, 3)"), six, 4), "NumPy format 4.0"},
      {Npy(header("'<i4'", "(2, 3)"), six), "expected float32 or float64"},
      {Npy(header("[('a', '<f4')]", "(2, 3)"), six), "expected float32"},
      {Npy(header("'<f4'", "(1, 2, 3)"), six), "3 dimensions"},
      {Npy(header("'<f4'", "()"), six), "0 dimensions"},
      {Npy(header("'<f4'", "(2, -3)"), six), "no list of numbers"},
      {Npy(header("'<f4'", "(2, 0)"), ""), "without numbers"},
      {Npy(header("'<f4'", "(2, 5000)"), six), "5000 columns"},
      {Npy(header("'<f4'", "(2, 4)"), six), "6 numbers, expected 8"},
      {Npy(header("'<f4'", "(1, 3)"), six), "too long"},
      {Npy("{'descr': '<f4', 'shape': (2, 3)}", six), "no 'fortran_order'"},
      {Npy(header("'<f8'", "(1, 2)"), Bytes<double>({1, 1e300})),
       "row 0, column 1 (from 0): not a finite number"},
      {Npy("{}", six), "no 'descr'"},
  };
  for (const auto& [bytes, message] : cases) {
    const absl::Status status = Read(bytes).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << message;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
    EXPECT_THAT(std::string(status.message()), HasSubstr("m.npy: "));
  }
  EXPECT_THAT(std::string(Read(Npy(header("'<f4'", "(5000000000, 3)"), six))
                              .status()
                              .message()),
              HasSubstr("m.npy: a table of 5000000000 rows"));
  EXPECT_EQ(ReadNpy(folder_.File("none.npy")).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(NpyReaderTest, ChangedBytesNeverBreakIt) {
  const std::string good =
      Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
          Bytes<float>({1, 2, 3, 4, 5, 6}));
  for (size_t i = 0; i < good.size(); ++i) {
    for (const char byte : {'\0', '9', '\xFF'}) {
      std::string damaged = good;
      damaged[i] = byte;
      (void)Read(damaged);
    }
    EXPECT_FALSE(Read(good.substr(0, i)).ok());
  }
}

TEST_F(NpyReaderTest, ReadsWhatNumpySaves) {
  const std::string program =
      "import sys\ntry:\n  import numpy\nexcept ImportError:\n  sys.exit(77)\n"
      "a = numpy.arange(1, 7).reshape(2, 3)\n"
      "numpy.save('c.npy', a.astype('float64'))\n"
      "numpy.save('f.npy', numpy.asfortranarray(a.astype('float32')))\n";
  WriteBytes(folder_.File("save.py"), program);
  const std::string command =
      "cd '" + folder_.File("") +
      "' && if [ -x /usr/bin/python3 ]; then exec /usr/bin/python3 save.py; "
      "else exit 77; fi";
  const int status = WEXITSTATUS(std::system(command.c_str()));
  if (status == 77) {
    GTEST_SKIP() << "/usr/bin/python3 has no numpy (python3-numpy)";
  }
  ASSERT_EQ(status, 0);
  ExpectSix(ReadNpy(folder_.File("c.npy")));
  ExpectSix(ReadNpy(folder_.File("f.npy")));
}

}  // namespace npy_reader_test
}  // namespace embed
