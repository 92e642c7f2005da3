// Numbers by 64-bit hash, in 16 to 32 bytes each: for as many entries as a run has jobs.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace sfumato {

// Open addressing with linear probing. The hashes must be good ones: they are used as they are.
class HashIndex {
 public:
  // The number that belongs to the hash; 0 the first time.
  std::uint64_t& operator[](std::uint64_t hash) {
    if ((used_ + 1) * 2 > slots_.size()) grow();
    Slot& slot = slots_[place_of(hash == 0 ? 1 : hash)];
    if (slot.hash == 0) {
      slot.hash = hash == 0 ? 1 : hash;
      ++used_;
    }
    return slot.number;
  }
  [[nodiscard]] std::size_t size() const { return used_; }

 private:
  struct Slot {
    std::uint64_t hash = 0;  // 0: free
    std::uint64_t number = 0;
  };

  [[nodiscard]] std::size_t place_of(std::uint64_t hash) const {
    std::size_t place = hash & (slots_.size() - 1);
    while (slots_[place].hash != 0 && slots_[place].hash != hash) place = (place + 1) & (slots_.size() - 1);
    return place;
  }
  void grow() {
    std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots_.empty() ? 64 : slots_.size() * 2));
    for (const Slot& slot : old) {
      if (slot.hash != 0) slots_[place_of(slot.hash)] = slot;
    }
  }

  std::vector<Slot> slots_;  // a power of two of them, or none
  std::size_t used_ = 0;
};

}  // namespace sfumato
