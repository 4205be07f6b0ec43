#include "embed/io/input_stream.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace input_stream_test {

using ::testing::HasSubstr;

// Text that compresses, but not to nothing.
std::string Text(size_t size) {
  std::string text;
  uint64_t state = 1;
  while (text.size() < size) {
    state = state * 6364136223846793005 + 1442695040888963407;
    text += "word" + std::to_string(state >> 50) + (state >> 63 ? "\n" : " ");
  }
  text.resize(size);
  return text;
}

std::string Gzip(const std::string& text) {
  z_stream zlib = {};
  EXPECT_EQ(
      deflateInit2(&zlib, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY),
      Z_OK);
  std::string result(deflateBound(&zlib, text.size()), '\0');
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  zlib.avail_in = static_cast<uInt>(text.size());
  zlib.next_out = reinterpret_cast<Bytef*>(&result[0]);
  zlib.avail_out = static_cast<uInt>(result.size());
  EXPECT_EQ(deflate(&zlib, Z_FINISH), Z_STREAM_END);
  result.resize(zlib.total_out);
  deflateEnd(&zlib);
  return result;
}

std::string Zstd(const std::string& text) {
  std::string result(ZSTD_compressBound(text.size()), '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  result.resize(ZSTD_compress2(context, &result[0], result.size(), text.data(),
                               text.size()));
  ZSTD_freeCCtx(context);
  return result;
}

// Everything that a stream gives, read in pieces of `piece` bytes.
absl::StatusOr<std::string> Drain(InputStream* stream, size_t piece) {
  std::string all;
  std::vector<char> buffer(piece);
  for (;;) {
    const auto got = stream->Read(buffer.data(), buffer.size());
    if (!got.ok()) {
      EXPECT_EQ(stream->Read(buffer.data(), 1).status(), got.status());
      return got.status();
    }
    all.append(buffer.data(), *got);
    if (*got < piece) break;
  }
  const auto after = stream->Read(buffer.data(), piece);
  EXPECT_TRUE(after.ok() && *after == 0) << "the end must stay the end";
  return all;
}

absl::StatusOr<std::string> ReadAll(const std::string& path,
                                    size_t piece = 1 << 16) {
  auto stream = InputStream::Open(path);
  if (!stream.ok()) return stream.status();
  return Drain(stream->get(), piece);
}

class InputStreamTest : public testing::Test {
 protected:
  absl::StatusOr<std::string> ReadBack(const std::string& bytes,
                                       size_t piece = 1 << 16) {
    WriteBytes(path_, bytes);
    return ReadAll(path_, piece);
  }

  TempFolder folder_;
  const std::string path_ = folder_.File("input");
};

void ExpectDataLoss(const absl::StatusOr<std::string>& result,
                    const std::string& message) {
  EXPECT_EQ(result.status().code(), absl::StatusCode::kDataLoss)
      << result.status();
  EXPECT_THAT(std::string(result.status().message()), HasSubstr(message));
}

TEST_F(InputStreamTest, EveryFormatGivesTheText) {
  // Around the sizes of the look-ahead and of the buffer.
  for (const size_t size : {0, 1, 2, 3, 4, 5, 1000, (256 << 10) - 1, 256 << 10,
                            (256 << 10) + 1, 600000}) {
    const std::string text = Text(size);
    for (const std::string& bytes : {text, Gzip(text), Zstd(text)}) {
      for (const size_t piece : {size_t{997}, size_t{1} << 20}) {
        const auto result = ReadBack(bytes, piece);
        ASSERT_TRUE(result.ok()) << result.status();
        EXPECT_TRUE(*result == text) << size << " " << bytes.size();
      }
    }
  }
}

TEST_F(InputStreamTest, SinglePiecesOfOneByte) {
  const std::string text = Text(2000);
  for (const std::string& bytes : {text, Gzip(text), Zstd(text)}) {
    const auto result = ReadBack(bytes, 1);
    ASSERT_TRUE(result.ok());
    EXPECT_TRUE(*result == text);
  }
}

TEST_F(InputStreamTest, MembersFollowOneAnother) {
  const std::string a = Text(300000), b = Text(10), c = Text(700000);
  for (const auto compress : {Gzip, Zstd}) {
    const auto result = ReadBack(compress(a) + compress(b) + compress("") +
                                 compress(c) + compress(""));
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_TRUE(*result == a + b + c);
  }
}

TEST_F(InputStreamTest, PaddingBehindGzipIsPassedOver) {
  const auto result = ReadBack(Gzip("abc") + std::string(600000, '\0'));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(*result, "abc");
}

TEST_F(InputStreamTest, SkippableFrameMayComeFirst) {
  const std::string frame("\x50\x2a\x4d\x18\x04\x00\x00\x00junk", 12);
  const auto result = ReadBack(frame + Zstd("abc") + frame);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(*result, "abc");
}

TEST_F(InputStreamTest, CutAnywhereIsDataLoss) {
  const std::string text = Text(150);
  for (const auto compress : {Gzip, Zstd}) {
    const std::string one = compress(text);
    WriteBytes(path_, one + one);
    // Below 4 bytes nothing tells what it was; cut between members is whole.
    for (size_t length = 2 * one.size() - 1; length >= 4; --length) {
      std::filesystem::resize_file(path_, length);
      const auto result = ReadAll(path_);
      if (length == one.size()) {
        EXPECT_TRUE(result.ok() && *result == text);
      } else {
        ExpectDataLoss(result, path_);
      }
    }
    ExpectDataLoss(
        ReadBack(one.substr(0, one.size() - 1)),
        "is cut off at compressed byte " + std::to_string(one.size() - 1));
  }
}

TEST_F(InputStreamTest, CutLargeFileIsDataLoss) {
  const std::string text = Text(1000000);
  for (const auto compress : {Gzip, Zstd}) {
    const std::string whole = compress(text);
    for (const size_t length :
         {whole.size() / 3, whole.size() / 2, whole.size() - 1}) {
      ExpectDataLoss(ReadBack(whole.substr(0, length)), "is cut off");
    }
  }
}

TEST_F(InputStreamTest, DamageIsDataLoss) {
  const std::string text = Text(600000);
  for (const auto compress : {Gzip, Zstd}) {
    std::string bytes = compress(text);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x10);
    ExpectDataLoss(ReadBack(bytes), "compressed byte");
    ExpectDataLoss(ReadBack(compress(text) + "junk"), "damaged");
  }
}

// A flipped bit may only ever give the text or DataLoss.
TEST_F(InputStreamTest, NoFlippedBitGivesOtherText) {
  const std::string text = Text(200);
  for (const auto compress : {Gzip, Zstd}) {
    const std::string good = compress(text);
    WriteBytes(path_, good);
    for (size_t i = 4; i < good.size(); ++i) {
      PatchByte(path_, i, static_cast<char>(good[i] ^ (1 << (i % 8))));
      const auto result = ReadAll(path_);
      PatchByte(path_, i, good[i]);
      if (result.ok()) {
        EXPECT_EQ(*result, text) << i;
      } else {
        EXPECT_EQ(result.status().code(), absl::StatusCode::kDataLoss);
      }
    }
  }
}

TEST_F(InputStreamTest, PipesWork) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  const std::string text = Text(500000);
  for (const std::string& bytes : {text, Gzip(text), Zstd(text)}) {
    std::thread writer([&] {
      const int out = open(path_.c_str(), O_WRONLY);
      // The first bytes one by one.
      for (size_t i = 0; i < 5; ++i) EXPECT_EQ(write(out, &bytes[i], 1), 1);
      for (size_t i = 5; i < bytes.size();) {
        const ssize_t n = write(out, &bytes[i], bytes.size() - i);
        if (n <= 0) break;
        i += static_cast<size_t>(n);
      }
      close(out);
    });
    const auto result = ReadAll(path_);
    writer.join();
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_TRUE(*result == text);
  }
}

TEST_F(InputStreamTest, ReadsStandardInput) {
  const int saved = dup(STDIN_FILENO);
  for (const std::string& bytes :
       {Text(1000), Gzip(Text(1000)), Zstd(Text(1000))}) {
    WriteBytes(path_, bytes);
    const int in = open(path_.c_str(), O_RDONLY);
    dup2(in, STDIN_FILENO);
    close(in);
    const auto result = ReadAll("-");
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(*result, Text(1000));
  }
  const int in = open(folder_.File("").c_str(), O_RDONLY);
  dup2(in, STDIN_FILENO);
  close(in);
  const absl::Status status = ReadAll("-").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("standard input"));
  if (saved >= 0) {
    dup2(saved, STDIN_FILENO);
    close(saved);
  }
}

TEST_F(InputStreamTest, BadPathsAreErrors) {
  EXPECT_EQ(ReadAll(path_).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadAll(folder_.File("")).status().code(),
            absl::StatusCode::kInvalidArgument);
  WriteBytes(path_, "x");
  ASSERT_EQ(chmod(path_.c_str(), 0), 0);
  const AsOrdinaryUser user;
  EXPECT_EQ(ReadAll(path_).status().code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(InputStreamTest, IsPlainFileTellsWhatCanBeSeeked) {
  EXPECT_FALSE(IsPlainFile(path_));
  EXPECT_FALSE(IsPlainFile(folder_.File("")));
  EXPECT_FALSE(IsPlainFile("-"));
  EXPECT_FALSE(IsPlainFile("/dev/null"));
  WriteBytes(path_, "");
  EXPECT_TRUE(IsPlainFile(path_));
  WriteBytes(path_, "a b c\n");
  EXPECT_TRUE(IsPlainFile(path_));
  WriteBytes(path_, Gzip("a b c\n"));
  EXPECT_FALSE(IsPlainFile(path_));
  WriteBytes(path_, Zstd("a b c\n"));
  EXPECT_FALSE(IsPlainFile(path_));
  EXPECT_EQ(InputName("-"), "standard input");
  EXPECT_EQ(InputName("a/b"), "a/b");
}

}  // namespace input_stream_test
}  // namespace embed
