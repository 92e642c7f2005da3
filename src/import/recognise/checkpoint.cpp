#include "import/recognise/checkpoint.h"

#include <algorithm>
#include <map>

#include "base/bad_data.h"
#include "import/recognise/guidance_embedding.h"
#include "import/recognise/replace_parts.h"
#include "names/unet_layout.h"

namespace sfumato {
namespace {

void find_layout(Checkpoint& checkpoint) {
  std::vector<std::string_view> names;
  for (const ClassifiedTensor& tensor : checkpoint.tensors) {
    for (const ParameterSlot& slot : tensor.slots) {
      if (slot.network == NetworkKind::unet) names.push_back(slot.name);
    }
  }
  checkpoint.layout = unet_layout(names);
  checkpoint.distilled = distilled_unet(checkpoint.family, checkpoint.layout);
}

void note_fp8(Checkpoint& checkpoint) {
  const auto used = [](const ClassifiedTensor& tensor) {
    return !tensor.slots.empty() && is_fp8(tensor.tensor->dtype);
  };
  const auto scaled = [&](const ClassifiedTensor& tensor) { return used(tensor) && tensor.scale != 1; };
  const auto count = std::ranges::count_if(checkpoint.tensors, used);
  if (count == 0) return;
  const auto with_scale = std::ranges::count_if(checkpoint.tensors, scaled);
  checkpoint.schedule.notes.push_back(
      "fp8: " + std::to_string(count) + " tensors are widened" +
      (with_scale > 0 ? ", " + std::to_string(with_scale) + " of them multiplied by their scales" : " exactly"));
}

// "quantised: 512 Q4_K and 3 Q6_K tensors are widened exactly; ..."
void note_blocks(Checkpoint& checkpoint) {
  std::map<StoredDtype, std::size_t> counts;
  for (const ClassifiedTensor& tensor : checkpoint.tensors) {
    if (!tensor.slots.empty() && is_block(tensor.tensor->dtype)) ++counts[tensor.tensor->dtype];
  }
  std::string list;
  for (const auto& [dtype, count] : counts) {
    list += (list.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(name_of(dtype));
  }
  if (list.empty()) return;
  checkpoint.schedule.notes.push_back("quantised: " + list +
                                      " tensors are widened exactly; what quantisation has lost stays lost");
}

}  // namespace

std::string graph_name(const Checkpoint& checkpoint) {
  if (checkpoint.distilled != nullptr) return std::string(checkpoint.distilled->name);
  if (checkpoint.instruct_pix2pix) return std::string(info_of(checkpoint.family).instruct_pix2pix_name);
  return name_of(checkpoint.family, checkpoint.inpainting);
}

void set_input_channels(Checkpoint& checkpoint, std::int64_t channels, const std::string& where) {
  checkpoint.inpainting = channels == kInpaintingChannels;
  checkpoint.instruct_pix2pix.reset();
  if (channels != kInstructPix2PixChannels) return;
  const FamilyInfo& family = info_of(checkpoint.family);
  if (family.instruct_pix2pix_name.empty()) {
    throw_bad_data(where, "a U-Net of " + std::string(family.title) +
                              " that takes 8 channels (Marigold, or an InstructPix2Pix model of this family), which is "
                              "not supported. Give a text-to-image model");
  }
  checkpoint.instruct_pix2pix.emplace();
}

void check_blocks(const Checkpoint& checkpoint) {
  const FamilyInfo& family = info_of(checkpoint.family);
  if (checkpoint.distilled != nullptr || checkpoint.layout == family.signature.layout) return;
  std::string known;
  for (const DistilledUnet& unet : distilled_unets()) {
    if (unet.family == checkpoint.family) known += (known.empty() ? "" : ", ") + std::string(unet.title);
  }
  throw_bad_data(checkpoint.where, "a variant of " + std::string(family.title) + " whose U-Net has the blocks " +
                                       checkpoint.layout + ", which are those of no known model (" +
                                       std::string(family.signature.layout) + " are whole" +
                                       (known.empty() ? "" : "; smaller ones that are known: " + known) +
                                       "), or the file was cut. Take another copy, or give its `graphs`");
}

Checkpoint open_checkpoint(const std::filesystem::path& path, const CheckpointOptions& options) {
  std::error_code error;
  Checkpoint checkpoint = std::filesystem::is_directory(path, error) ? open_diffusers_folder(path, options)
                                                                     : open_checkpoint_file(path, options);
  checkpoint.own_files = checkpoint.files.size();
  replace_parts(options, checkpoint);
  // CosXL Edit scales the picture's latents, unlike the models with the noise of Stable Diffusion.
  if (checkpoint.instruct_pix2pix && checkpoint.schedule.noise.edm) checkpoint.instruct_pix2pix->scaled = true;
  find_layout(checkpoint);
  fold_guidance(checkpoint, options.guidance_embedding);
  note_fp8(checkpoint);
  note_blocks(checkpoint);
  return checkpoint;
}

}  // namespace sfumato
