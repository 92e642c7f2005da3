#include "names/unet_layout.h"

#include <algorithm>
#include <map>
#include <utility>

#include "names/name_parts.h"

namespace sfumato {
namespace {

// Transformer blocks beside each resnet, by level and position.
using Blocks = std::map<std::pair<int, int>, int>;

// Counts a tensor of "resnets.0.*" or "attentions.0.transformer_blocks.3.*".
void count(std::string_view name, int level, Blocks& blocks) {
  const bool attention = consume_prefix(name, "attentions.");
  if (!attention && !consume_prefix(name, "resnets.")) return;
  const auto position = consume_index(name);
  if (!position) return;
  int& depth = blocks[{level, *position}];
  if (!attention || !consume_prefix(name, "transformer_blocks.")) return;
  if (const auto block = consume_index(name)) depth = std::max(depth, *block + 1);
}

std::string text_of(const Blocks& blocks) {
  std::string text;
  int last = 0;
  for (const auto& [place, depth] : blocks) {
    if (!text.empty()) text += place.first == last ? ' ' : '/';
    text += std::to_string(depth);
    last = place.first;
  }
  return text;
}

}  // namespace

std::string unet_layout(std::span<const std::string_view> names) {
  Blocks down;
  Blocks up;
  Blocks middle;
  for (std::string_view name : names) {
    if (consume_prefix(name, "mid_block.")) {
      count(name, 0, middle);
      continue;
    }
    const bool encoder = consume_prefix(name, "down_blocks.");
    if (!encoder && !consume_prefix(name, "up_blocks.")) continue;
    if (const auto level = consume_index(name)) count(name, *level, encoder ? down : up);
  }
  const auto attention = std::ranges::max_element(middle, {}, [](const auto& block) { return block.second; });
  const std::string mid = middle.empty() ? "" : attention->second == 0 ? "-" : std::to_string(attention->second);
  return text_of(down) + "|" + mid + "|" + text_of(up);
}

}  // namespace sfumato
