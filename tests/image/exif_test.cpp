#include "image/exif.h"

#include <gtest/gtest.h>

#include <vector>

#include "image/exif_bytes.h"

namespace sfumato {
namespace {

using namespace testing_exif;

int orientation_in(const std::string& data) {
  return exif_orientation({reinterpret_cast<const std::uint8_t*>(data.data()), data.size()});
}

TEST(Exif, SaysTheOrientationInBothByteOrders) {
  for (int value = 1; value <= 8; ++value) {
    EXPECT_EQ(orientation_in(orientation(value, 'I')), value);
    EXPECT_EQ(orientation_in(orientation(value, 'M')), value);
  }
}

TEST(Exif, IsSearchedEntryByEntry) {
  const std::string entries = entry('I', 0x010F, 7) + entry('I', 0x0112, 6) + entry('I', 0x0213, 3);
  EXPECT_EQ(orientation_in(exif('I', 3, entries)), 6);
  EXPECT_EQ(orientation_in(exif('I', 1, entries)), 1);  // the second entry is not in the directory
}

TEST(Exif, WithoutSenseMeansAsItIsStored) {
  EXPECT_EQ(orientation_in(orientation(0)), 1);
  EXPECT_EQ(orientation_in(orientation(9)), 1);
  EXPECT_EQ(orientation_in(exif('M', 1, entry('M', 0x0112, 6, 4))), 1);     // a 32-bit number
  EXPECT_EQ(orientation_in(exif('M', 1, entry('M', 0x0112, 6, 3, 2))), 1);  // two of them
  EXPECT_EQ(orientation_in("IM" + orientation(6).substr(2)), 1);
  EXPECT_EQ(orientation_in("XX" + orientation(6).substr(2)), 1);
  std::string mark = orientation(6);
  mark[3] = 43;
  EXPECT_EQ(orientation_in(mark), 1);
}

TEST(Exif, EndsWhereItsBytesEnd) {
  const std::string whole = orientation(6);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    // A copy of its own, so that a byte read beyond it is found.
    const std::vector<std::uint8_t> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_EQ(exif_orientation(part), length < 20 ? 1 : 6) << length;
  }
  for (const std::uint32_t directory : {9U, 0x7FFFFFFFU, 0xFFFFFFF8U, 0xFFFFFFFFU}) {
    EXPECT_EQ(orientation_in("II*" + std::string(1, '\0') + number('I', directory, 4) + whole.substr(8)), 1);
  }
  EXPECT_EQ(orientation_in(exif('M', 0xFFFF, entry('M', 0x0100, 1))), 1);
}

}  // namespace
}  // namespace sfumato
