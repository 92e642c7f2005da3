#include "import/recognise/weight_map.h"

#include <algorithm>

#include "base/printable.h"

namespace sfumato {
namespace {

[[noreturn]] void fail(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::bad_data, where + ": " + what + ".");
}

Shape without_ones(Shape shape) {
  while (!shape.empty() && shape.back() == 1) shape.pop_back();
  return shape;
}

// The shape of the piece that is cut from a tensor; empty if it cannot be cut so.
Shape cut(const Shape& shape, Piece piece) {
  switch (piece) {
    case Piece::whole:
      return shape;
    case Piece::transposed:
      return shape.size() == 2 ? Shape{shape[1], shape[0]} : Shape{};
    case Piece::first_third:
    case Piece::second_third:
    case Piece::last_third: {
      if (shape.empty() || shape[0] % 3 != 0) return {};
      Shape third = shape;
      third[0] /= 3;
      return third;
    }
  }
  return {};
}

bool may_be_longer(NetworkKind kind) {
  return kind == NetworkKind::text_encoder || kind == NetworkKind::text_encoder_2;
}

void check_shape(const MappedTensor& fitted, const std::string& network) {
  const Shape given = cut(fitted.tensor->shape, fitted.piece);
  if (without_ones(given) == without_ones(fitted.shape)) return;
  const std::string as = fitted.piece == Piece::whole ? "" : ", cut to " + to_text(given);
  fail(fitted.file->where, printable(fitted.tensor->name) + " has shape " + to_text(fitted.tensor->shape) + as +
                               ", the " + network + " wants " + to_text(fitted.shape) + " for " + fitted.name +
                               ". It is of another architecture");
}

// Everything that the network lacks, in one sentence.
void check_complete(const Parameters& parameters, const std::map<std::string_view, MappedTensor>& found,
                    const std::string& network, const std::string& where) {
  std::string first;
  std::size_t missing = 0;
  for (const auto& [name, shape] : parameters) {
    if (found.contains(name)) continue;
    if (missing++ == 0) first = name;
  }
  if (missing == 0) return;
  const std::string all = std::to_string(parameters.size());
  if (missing == parameters.size()) {
    const bool vae = network.starts_with("vae");
    fail(where, "has no " + network + ": 0 of its " + all + " tensors are there. " +
                    (vae ? "Give an autoencoder with --vae" : "Give a whole checkpoint"));
  }
  fail(where, "the " + network + " lacks " + std::to_string(missing) + " of its " + all + " tensors; the first is " +
                  first + ". The file is of another architecture, or was cut");
}

struct Left {
  std::size_t count = 0;
  std::string first;
};

}  // namespace

std::string to_text(const Shape& shape) {
  std::string text = "[";
  for (const std::int64_t side : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(side);
  return text + "]";
}

WeightMap map_weights(const std::vector<ClassifiedTensor>& source, const std::map<NetworkKind, Parameters>& networks,
                      const std::string& where) {
  WeightMap result;
  std::map<NetworkKind, std::map<std::string_view, MappedTensor>> found;
  std::map<NetworkKind, Left> left;
  for (const ClassifiedTensor& labelled : source) {
    bool used = false;
    for (const ParameterSlot& target : labelled.targets) {
      const auto network = networks.find(target.network);
      if (network == networks.end()) continue;
      const auto parameter = network->second.find(target.name);
      if (parameter == network->second.end()) continue;
      const auto [place, free] =
          found[target.network].emplace(parameter->first, MappedTensor{.name = parameter->first,
                                                                       .shape = parameter->second,
                                                                       .file = labelled.file,
                                                                       .tensor = labelled.tensor,
                                                                       .piece = target.piece});
      if (!free) {
        fail(labelled.file->where, printable(labelled.tensor->name) + " and " + printable(place->second.tensor->name) +
                                       " are both " + target.name + " of the " + std::string(name_of(target.network)));
      }
      check_shape(place->second, std::string(name_of(target.network)));
      used = true;
    }
    if (used) {
      ++result.used;
    } else if (labelled.targets.empty()) {
      ++result.unused[labelled.unused_as];
    } else if (const NetworkKind kind = labelled.targets.front().network; may_be_longer(kind)) {
      ++result.unused["parts of the " + std::string(name_of(kind)) + " after its last layer that is used"];
    } else if (left[kind].count++ == 0) {
      left[kind].first = printable(labelled.tensor->name);
    }
  }
  for (const auto& [kind, parameters] : networks) {
    check_complete(parameters, found[kind], std::string(name_of(kind)), where);
    MappedNetwork network{.kind = kind, .tensors = {}};
    for (auto& [name, fitted] : found[kind]) network.tensors.push_back(std::move(fitted));
    std::ranges::stable_sort(network.tensors, [](const MappedTensor& a, const MappedTensor& b) {
      return a.file != b.file ? a.file < b.file : a.tensor->bytes.data() < b.tensor->bytes.data();
    });
    result.networks.push_back(std::move(network));
  }
  for (const auto& [kind, extra] : left) {
    fail(where, "the " + std::string(name_of(kind)) + " has " + std::to_string(extra.count) +
                    " tensors that are not of this family; the first is " + extra.first +
                    ". It is of another architecture");
  }
  return result;
}

}  // namespace sfumato
