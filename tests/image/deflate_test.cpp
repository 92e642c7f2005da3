#include "image/deflate.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes compressed(const Bytes& data) {
  const CBytes stream = compress_zlib(data);
  return {stream.data.get(), stream.data.get() + stream.size};
}

TEST(Deflate, HasPngsChecksum) {
  EXPECT_EQ(crc32(Bytes{'I', 'E', 'N', 'D'}), 0xAE426082U);
  EXPECT_EQ(crc32(Bytes{'1', '2', '3', '4', '5', '6', '7', '8', '9'}), 0xCBF43926U);
}

TEST(Deflate, ReadsAStreamThatZlibWrote) {
  const Bytes stream = {0x78, 0x9C, 0x4B, 0x4C, 0x4A, 0x4E, 0x49, 0x4D, 0x03, 0x00, 0x08, 0x1E, 0x02, 0x56};
  EXPECT_EQ(inflate_exactly(stream, 6), (Bytes{'a', 'b', 'c', 'd', 'e', 'f'}));
}

TEST(Deflate, GivesBackWhatItTook) {
  Bytes data;
  for (std::uint64_t i = 0; i < 100000; ++i) data.push_back(static_cast<std::uint8_t>(i * i / 7));
  EXPECT_EQ(inflate_exactly(compressed(data), data.size()), data);
  EXPECT_EQ(inflate_at_most(compressed(data), data.size()), data);
  EXPECT_EQ(inflate_at_most(compressed({}), 10), Bytes{});
}

TEST(Deflate, RefusesAStreamOfAnotherLength) {
  const Bytes stream = compressed(Bytes(100, 7));
  EXPECT_FALSE(inflate_exactly(stream, 99));
  EXPECT_FALSE(inflate_exactly(stream, 101));
  EXPECT_FALSE(inflate_at_most(stream, 99));
}

TEST(Deflate, RefusesAStreamThatIsCutOrChangedOrFollowed) {
  Bytes data;
  for (int i = 0; i < 300; ++i) data.push_back(static_cast<std::uint8_t>(i * i / 7));
  const Bytes stream = compressed(data);
  for (std::size_t length = 0; length < stream.size(); ++length) {
    EXPECT_FALSE(inflate_exactly(std::span(stream).first(length), data.size())) << length;
  }
  for (std::size_t bit = 0; bit < stream.size() * 8; ++bit) {
    Bytes changed = stream;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    // The level of compression, which stands in the header, says nothing of the data.
    const auto found = inflate_exactly(changed, data.size());
    EXPECT_TRUE(!found || *found == data) << bit;
  }
  Bytes followed = stream;
  followed.push_back(0);
  EXPECT_FALSE(inflate_exactly(followed, data.size()));
}

TEST(Deflate, DoesNotMakeRoomForMoreThanAStreamCanHold) {
  EXPECT_FALSE(inflate_exactly(Bytes(20, 0), std::size_t{1} << 50));
  EXPECT_EQ(inflate_at_most(compressed(Bytes(5, 1)), std::size_t{1} << 50), Bytes(5, 1));
}

}  // namespace
}  // namespace sfumato
