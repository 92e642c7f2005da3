// A cache of values by their key that evicts those which were not used for longest.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <utility>

namespace sfumato {

template <typename Key, typename Value>
class LruCache {
 public:
  using SizeOf = std::function<std::size_t(const Value&)>;

  // capacity: the largest sum of size_of() over the values, which counts them unless it is given. The value that was
  // used last stays, however large it is.
  explicit LruCache(
      std::size_t capacity, SizeOf size_of = [](const Value&) { return std::size_t{1}; })
      : capacity_(capacity), size_of_(std::move(size_of)) {}

  // The cached value of `key`, or the result of `make()`, which is then cached. The reference is valid until the next
  // call.
  template <typename Make>
  const Value& get(const Key& key, const Make& make) {
    if (const auto known = index_.find(key); known != index_.end()) {
      values_.splice(values_.begin(), values_, known->second);
      return values_.front().second;
    }
    Value value = make();  // may throw; nothing has changed so far
    used_ += size_of_(value);
    values_.emplace_front(key, std::move(value));
    index_[key] = values_.begin();
    while (used_ > capacity_ && values_.size() > 1) {
      used_ -= size_of_(values_.back().second);
      index_.erase(values_.back().first);
      values_.pop_back();
    }
    return values_.front().second;
  }

  [[nodiscard]] std::size_t size() const { return values_.size(); }

 private:
  using Values = std::list<std::pair<Key, Value>>;  // most recently used first

  std::size_t capacity_;
  SizeOf size_of_;
  std::size_t used_ = 0;
  Values values_;
  std::map<Key, typename Values::iterator> index_;
};

}  // namespace sfumato
