// Any bytes as the JSON files of a diffusers folder, an index of weights among them.
#include "fuzz.h"
#include "import/recognise/checkpoint.h"

void sfumato::fuzz(std::string_view input) {
  static const bool is_made = [] {
    const std::string_view empty("\2\0\0\0\0\0\0\0{}", 10);
    for (const char* folder : {"unet", "vae", "text_encoder", "text_encoder_2", "scheduler"}) {
      std::filesystem::create_directory(scratch() / folder);
    }
    write_file("text_encoder/model.safetensors", empty);
    write_file("text_encoder_2/model.safetensors", empty);
    write_file("vae/diffusion_pytorch_model.safetensors", empty);
    write_file("unet/a.safetensors", empty);
    return true;
  }();
  check(is_made);
  for (const char* file : {"model_index.json", "unet/config.json", "vae/config.json", "scheduler/scheduler_config.json",
                           "unet/diffusion_pytorch_model.safetensors.index.json", "README.md"}) {
    write_file(file, next_piece(input, "\n%\n"));
  }
  (void)result_of({ErrorKind::bad_data, ErrorKind::input_missing}, [&] {
    const Checkpoint checkpoint = open_checkpoint(".", {});
    check(is_harmless(checkpoint.license), "the licence");
    return checkpoint.tensors.size();
  });
}
