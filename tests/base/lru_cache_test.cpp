#include "base/lru_cache.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace sfumato {
namespace {

// Which keys had to be made, in order.
std::vector<std::string> made(const std::vector<std::string>& asked, std::size_t capacity) {
  LruCache<std::string, std::string> cache(capacity);
  std::vector<std::string> made;
  for (const std::string& key : asked) {
    const std::string& value = cache.get(key, [&] {
      made.push_back(key);
      return "value of " + key;
    });
    EXPECT_EQ(value, "value of " + key);
    EXPECT_LE(cache.size(), capacity);
  }
  return made;
}

TEST(LruCache, MakesEachValueOnce) {
  EXPECT_EQ(made({"a", "b", "a", "b", "a"}, 2), (std::vector<std::string>{"a", "b"}));
}

TEST(LruCache, ForgetsWhatWasNotUsedForLongest) {
  EXPECT_EQ(made({"a", "b", "a", "c", "a", "b"}, 2), (std::vector<std::string>{"a", "b", "c", "b"}));
}

TEST(LruCache, IsBoundedByTheSizesOfItsValues) {
  LruCache<int, std::string> cache(10, [](const std::string& value) { return value.size(); });
  const auto of_size = [&](int key, std::size_t size) {
    return cache.get(key, [size] { return std::string(size, 'x'); }).size();
  };
  EXPECT_EQ(of_size(1, 4), 4U);
  EXPECT_EQ(of_size(2, 6), 6U);
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_EQ(of_size(3, 5), 5U);
  EXPECT_EQ(cache.size(), 1U) << "neither of the older ones has room beside it";
  EXPECT_EQ(of_size(4, 99), 99U);
  EXPECT_EQ(cache.size(), 1U);
  EXPECT_EQ(of_size(4, 1), 99U) << "too large for the cache, and still the last one";
  EXPECT_EQ(of_size(5, 10), 10U);
  EXPECT_EQ(cache.size(), 1U);
}

TEST(LruCache, KeepsNothingOfAValueThatCouldNotBeMade) {
  LruCache<std::string, int> cache(1);
  (void)cache.get("a", [] { return 1; });
  EXPECT_THROW((void)cache.get("b", []() -> int { throw std::runtime_error("no"); }), std::runtime_error);
  EXPECT_EQ(cache.get("a", [] { return 2; }), 1);
  EXPECT_EQ(cache.get("b", [] { return 3; }), 3);
}

}  // namespace
}  // namespace sfumato
