// A map from 64-bit hashes to numbers, in 16 to 32 bytes an entry: one entry for each job of a run.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace sfumato {

// Open addressing with linear probing. Hashes must be well distributed: they are not mixed again.
class HashIndex {
 public:
  // The number of the hash; 0 for a new one.
  std::uint64_t& operator[](std::uint64_t hash) {
    if ((used_ + 1) * 2 > slots_.size()) grow();
    Slot& slot = slots_[slot_of(hash == 0 ? 1 : hash)];
    if (slot.hash == 0) {
      slot.hash = hash == 0 ? 1 : hash;
      ++used_;
    }
    return slot.number;
  }
  [[nodiscard]] bool contains(std::uint64_t hash) const {
    return !slots_.empty() && slots_[slot_of(hash == 0 ? 1 : hash)].hash != 0;
  }
  [[nodiscard]] std::size_t size() const { return used_; }

 private:
  struct Slot {
    std::uint64_t hash = 0;  // 0: free
    std::uint64_t number = 0;
  };

  [[nodiscard]] std::size_t slot_of(std::uint64_t hash) const {
    std::size_t index = hash & (slots_.size() - 1);
    while (slots_[index].hash != 0 && slots_[index].hash != hash) index = (index + 1) & (slots_.size() - 1);
    return index;
  }
  void grow() {
    std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots_.empty() ? 64 : slots_.size() * 2));
    for (const Slot& slot : old) {
      if (slot.hash != 0) slots_[slot_of(slot.hash)] = slot;
    }
  }

  std::vector<Slot> slots_;  // the size is a power of two, or 0
  std::size_t used_ = 0;
};

}  // namespace sfumato
