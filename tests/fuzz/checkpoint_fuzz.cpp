// Any names and shapes of tensors as a checkpoint: what it is, and where each tensor goes. Input: lines such as
// "model.diffusion_model.out.2.weight 4,320,3,3", or "=key value" of the metadata.
#include <charconv>

#include "fuzz.h"
#include "import/recognise/adapters.h"
#include "import/recognise/checkpoint_schedule.h"
#include "import/recognise/classify_tensors.h"
#include "import/recognise/edm_markers.h"
#include "import/recognise/recognise.h"

namespace sfumato {
namespace {

constexpr std::int64_t kMaxElements = 1 << 12;
const std::byte kData[4 * kMaxElements] = {};

void add_line(std::string_view line, WeightFile& file) {
  if (line.starts_with('=')) {
    const std::string key(next_piece(line, " "));
    file.metadata.emplace(key.substr(1), line);
    return;
  }
  StoredTensor tensor{.name = std::string(next_piece(line, " "))};
  std::int64_t elements = 1;
  while (!line.empty() && tensor.shape.size() < 8) {
    const std::string_view digits = next_piece(line, ",");
    std::int64_t side = 0;
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), side);
    tensor.shape.push_back(std::clamp(side, std::int64_t{0}, std::int64_t{1} << 20));
    elements = std::min(elements * tensor.shape.back(), kMaxElements);
  }
  tensor.bytes = std::span(kData).first(4 * static_cast<std::size_t>(elements));
  file.tensors.push_back(std::move(tensor));
}

void check_classified(const std::vector<ClassifiedTensor>& tensors, const WeightFile& file) {
  check(tensors.size() == file.tensors.size(), "a tensor is missing");
  for (const ClassifiedTensor& tensor : tensors) {
    check(tensor.slots.empty() != tensor.unused_as.empty(),
          tensor.tensor->name + " has no place and no reason, or both");
  }
}

}  // namespace
}  // namespace sfumato

void sfumato::fuzz(std::string_view input) {
  static WeightFile file = [] {
    write_file(scratch() / "empty.safetensors", {"\2\0\0\0\0\0\0\0{}", 10});
    return open_weights(scratch() / "empty.safetensors");
  }();
  file.tensors.clear();
  file.metadata.clear();
  while (!input.empty()) add_line(next_piece(input, "\n"), file);

  (void)result_of({ErrorKind::bad_data}, [&] { return info_of(recognise(file)).title.size(); });
  check(is_harmless(adapter_in(file)), "what an adapter is");
  (void)is_for_inpainting(file);
  (void)vae_names(file);
  for (const EmaWeights ema : {EmaWeights::leave, EmaWeights::take}) {
    const auto tensors = result_of({ErrorKind::bad_data}, [&] { return classify_checkpoint(file, ema); });
    if (tensors) check_classified(*tensors, file);
  }
  (void)result_of({ErrorKind::bad_data}, [&] { return classify_vae(file).size(); });
  for (const NetworkKind kind : {NetworkKind::text_encoder, NetworkKind::unet, NetworkKind::vae_decoder}) {
    const auto tensors = result_of({ErrorKind::bad_data}, [&] { return classify_network(file, kind); });
    if (tensors) check_classified(*tensors, file);
  }
  (void)result_of({ErrorKind::bad_data}, [&] { return edm_latents(file).has_value(); });
  for (const FamilyInfo& family : families()) {
    (void)result_of({ErrorKind::bad_data},
                    [&] { return checkpoint_schedule(file, family, std::nullopt).notes.size(); });
  }
}
