#include "embed/index/row_codec.h"

#include <set>

#include "gtest/gtest.h"

namespace embed {
namespace row_codec_test {

TEST(RowCodecTest, NamesAreReadBack) {
  std::set<absl::string_view> names;
  for (const RowCodec codec : AllRowCodecs()) {
    names.insert(RowCodecName(codec));
    EXPECT_EQ(RowCodecFromName(RowCodecName(codec)).value(), codec);
  }
  EXPECT_EQ(names.size(), 9u);
  EXPECT_EQ(RowCodecFromName("int9").status().message(),
            "\"int9\" is none of int8, int8_plain, int8_pow2, uint8, int8_sat, "
            "int4, faiss8, f16, f32");
}

TEST(RowCodecTest, BytesOfARow) {
  EXPECT_EQ(RowCodecBytes(RowCodec::kInt8, 128), 132u);
  EXPECT_EQ(RowCodecBytes(RowCodec::kInt8Pow2, 128), 129u);
  EXPECT_EQ(RowCodecBytes(RowCodec::kUint8, 128), 133u);
  EXPECT_EQ(RowCodecBytes(RowCodec::kInt8Sat, 128), 128u);
  EXPECT_EQ(RowCodecBytes(RowCodec::kInt4, 127), 68u);
  EXPECT_EQ(RowCodecBytes(RowCodec::kF16, 100), 200u);
  EXPECT_EQ(RowCodecBytes(RowCodec::kF32, 100), 400u);
  EXPECT_FALSE(IsIntegerCodec(RowCodec::kF16));
  EXPECT_TRUE(IsIntegerCodec(RowCodec::kFaiss8));
}

}  // namespace row_codec_test
}  // namespace embed
