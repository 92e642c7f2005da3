// The values made last, by their key: the oldest goes when there is no room.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <utility>

namespace sfumato {

template <typename Key, typename Value>
class LruCache {
 public:
  // capacity: at least 1
  explicit LruCache(std::size_t capacity) : capacity_(capacity) {}

  // The value of `key`: the one that is here, or what `make()` gives, which is then kept. The reference is valid until
  // the next call.
  template <typename Make>
  const Value& get(const Key& key, const Make& make) {
    if (const auto known = places_.find(key); known != places_.end()) {
      values_.splice(values_.begin(), values_, known->second);
      return values_.front().second;
    }
    Value value = make();  // may throw: nothing has changed then
    if (values_.size() == capacity_) {
      places_.erase(values_.back().first);
      values_.pop_back();
    }
    values_.emplace_front(key, std::move(value));
    places_[key] = values_.begin();
    return values_.front().second;
  }

  [[nodiscard]] std::size_t size() const { return values_.size(); }

 private:
  using Values = std::list<std::pair<Key, Value>>;  // used last, first

  std::size_t capacity_;
  Values values_;
  std::map<Key, typename Values::iterator> places_;
};

}  // namespace sfumato
