#include "diffusion/brownian_tree.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "diffusion/seed_sequence.h"

namespace sfumato {
namespace {

constexpr std::size_t kPoolSize = 24;
constexpr std::size_t kCachedParts = 45;  // two ways from the root to the leaves

// Python's round(time, 6): the decimal number that is nearest to the exact value.
double rounded(double time) {
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.begin(), text.end(), time, std::chars_format::fixed, 6).ptr;
  double result = 0;
  std::from_chars(text.begin(), end, result);
  return result;
}

}  // namespace

BrownianTree::BrownianTree(double low, double high, std::uint64_t entropy, Draw draw)
    : root_{.start = rounded(low), .end = rounded(high)},
      entropy_(entropy),
      draw_(std::move(draw)),
      whole_(draw_(seed_sequence(entropy, {}, kPoolSize, 1)[0]) * std::sqrt(high - low)),
      parts_(kCachedParts) {}

at::Tensor BrownianTree::increment(double from, double to) {
  const auto inside = [this](double time) { return rounded(std::clamp(time, root_.start, root_.end)); };
  at::Tensor sum;
  const double start = inside(to), end = inside(from);
  if (start < end) add(root_, whole_, start, end, sum);
  return sum.defined() ? -sum : whole_ * 0;
}

// A node's left half, given the whole: a point of a Brownian bridge.
at::Tensor BrownianTree::left_part(const Node& node, double middle, const at::Tensor& whole) {
  return parts_.get({node.depth, node.key}, [&] {
    const std::array<std::uint64_t, 2> spawn_key = {node.key, node.depth};
    const at::Tensor noise = draw_(seed_sequence(entropy_, spawn_key, kPoolSize, 1)[0]);
    const double left = middle - node.start, right = node.end - middle, h_reciprocal = 1 / (node.end - node.start);
    return left * whole * h_reciprocal + std::sqrt(left * right * h_reciprocal) * noise;
  });
}

// Adds to `sum` the increment over the part of [start, end] within the node, from left to right.
void BrownianTree::add(const Node& node, const at::Tensor& whole, double start, double end, at::Tensor& sum) {
  if (start <= node.start && end >= node.end) {
    sum = sum.defined() ? sum + whole : whole;
    return;
  }
  const double middle = rounded(0.5 * (node.end + node.start));
  const at::Tensor left = left_part(node, middle, whole);
  if (start < middle) {
    add({.start = node.start, .end = middle, .key = 2 * node.key, .depth = node.depth + 1}, left, start, end, sum);
  }
  if (end > middle) {
    add({.start = middle, .end = node.end, .key = 2 * node.key + 1, .depth = node.depth + 1}, whole - left, start, end,
        sum);
  }
}

}  // namespace sfumato
