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

TEST(LruCache, KeepsNothingOfAValueThatCouldNotBeMade) {
  LruCache<std::string, int> cache(1);
  (void)cache.get("a", [] { return 1; });
  EXPECT_THROW((void)cache.get("b", []() -> int { throw std::runtime_error("no"); }), std::runtime_error);
  EXPECT_EQ(cache.get("a", [] { return 2; }), 1);
  EXPECT_EQ(cache.get("b", [] { return 3; }), 3);
}

}  // namespace
}  // namespace sfumato
