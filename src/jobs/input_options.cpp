#include "jobs/input_options.h"

#include <array>

#include "base/colour.h"
#include "base/numbers.h"
#include "jobs/job_values.h"
#include "jobs/option_words.h"

namespace sfumato {
namespace {

using Kind = JobOption::Kind;
using Options = const GenerateOptions&;

constexpr std::size_t kDigestDigits = 64;

// A new path is another file, so the digest of the old one is dropped.
template <auto kGroup, auto kFile>
void set_path(JobValues& values, const std::string& text) {
  values.options().*kGroup.*kFile = {.path = text};
}

template <auto kGroup, auto kFile>
Json get_path(Options options) {
  const std::string& path = (options.*kGroup.*kFile).path;
  return path.empty() ? Json{nullptr} : Json{path};
}

template <auto kGroup, auto kFile>
void set_digest(JobValues& values, const std::string& text) {
  if (text.size() != kDigestDigits || text.find_first_not_of("0123456789abcdef") != std::string::npos) {
    throw Error(ErrorKind::usage, "\"" + printable(text) + "\": 64 hexadecimal digits are expected.");
  }
  (values.options().*kGroup.*kFile).sha256 = text;
}

template <auto kGroup, auto kFile>
Json get_digest(Options options) {
  const std::string& digest = (options.*kGroup.*kFile).sha256;
  return digest.empty() ? Json{nullptr} : Json{digest};
}

// The model's, where there is a picture.
void derive_strength(GenerateOptions& options, const GenerateOptions& defaults) {
  options.init.strength = options.init.image.path.empty() ? InitImageOptions{}.strength : defaults.init.strength;
}

void set_background(JobValues& values, const std::string& text) {
  const std::optional<std::uint32_t> colour = parse_colour(text);
  if (!colour) {
    throw Error(ErrorKind::usage, "`background`: \"" + printable(text) +
                                      "\" is not a colour; one such as ff8800, '#ff8800' or orange is expected.");
  }
  values.options().init.background = *colour;
}

// Takes A1111's words too.
void set_inpaint_area(JobValues& values, const std::string& text) {
  std::string word = with_underscores(text);
  if (word == "only_masked" || word == "Only masked") word = "mask";
  if (word == "whole_picture" || word == "Whole picture") word = "whole";
  values.options().inpaint.area = value_named<InpaintArea>("`inpaint_area`", word);
}

constexpr std::array kInputOptions = std::to_array<JobOption>({
    {.name = "init_img",
     .letter = "i",
     .aliases = "init_image image input_image image_path",
     .kind = Kind::file,
     .argument = "FILE",
     .help = "the picture to start from, PNG or JPEG; a folder: one after the other; - is standard input",
     .group = "From a picture, a mask, a map",
     .set = &set_path<&GenerateOptions::init, &InitImageOptions::image>,
     .get = &get_path<&GenerateOptions::init, &InitImageOptions::image>,
     .in_key = false},
    {.name = "init_img_sha256",
     .kind = Kind::name,
     .argument = "",
     .set = &set_digest<&GenerateOptions::init, &InitImageOptions::image>,
     .get = &get_digest<&GenerateOptions::init, &InitImageOptions::image>,
     .is_flag = false},
    {.name = "strength",
     .aliases = "denoising_strength",
     .kind = Kind::real,
     .argument = "X",
     .help = "how far to leave it, above 0 to 1: the share of --steps that is done, from that much noise  [0.75]",
     .set = [](JobValues& v,
               const std::string& text) { v.options().init.strength = parse_real("`strength`", text, 0, 1); },
     .get = [](Options o) -> Json { return o.init.image.path.empty() ? Json{nullptr} : Json{o.init.strength}; },
     .needs = "init_img",
     .derive_default = &derive_strength},
    {.name = "exact_steps",
     .kind = Kind::flag,
     .argument = "",
     .help = "do all --steps at any strength, in smaller steps",
     .set = [](JobValues& v,
               const std::string& text) { v.options().init.exact_steps = flag_from("`exact_steps`", text); },
     .get = [](Options o) -> Json { return {o.init.exact_steps}; },
     .default_text = "false",
     .needs = "init_img"},
    {.name = "steps_done",
     .kind = Kind::whole,
     .argument = "",
     .set = [](JobValues&, const std::string&) {},  // derived from the others
     .get = [](Options o) { return o.init.image.path.empty() ? Json{nullptr} : whole(steps_done(o)); },
     .is_flag = false,
     .in_key = false},
    {.name = "fit",
     .kind = Kind::name,
     .argument = "NAME",
     .help = "how it gets the width and height of the new picture  [crop]",
     .set = [](JobValues& v, const std::string& text) { v.options().fit = value_named<ImageFit>("`fit`", text); },
     .get = [](Options o) { return word(o.fit); },
     .default_text = "crop",
     .choices = &list_of<ImageFit>,
     .needs = "init_img segmap"},
    {.name = "background",
     .kind = Kind::name,
     .argument = "COLOUR",
     .help = "behind its transparent parts, and around it with --fit pad: ff8800, f80 or a name  [white]",
     .set = &set_background,
     .get = [](Options o) -> Json { return {colour_text(o.init.background)}; },
     .default_text = "#ffffff",
     .needs = "init_img"},
    {.name = "mask",
     .aliases = "mask_image mask_path",
     .kind = Kind::file,
     .argument = "FILE",
     .help = "white is painted anew, black stays as it is, grey is a soft edge; a folder has one for each picture",
     .set = &set_path<&GenerateOptions::inpaint, &InpaintOptions::mask>,
     .get = &get_path<&GenerateOptions::inpaint, &InpaintOptions::mask>,
     .in_key = false,
     .needs = "init_img",
     .takes_folder = true},
    {.name = "mask_sha256",
     .kind = Kind::name,
     .argument = "",
     .set = &set_digest<&GenerateOptions::inpaint, &InpaintOptions::mask>,
     .get = &get_digest<&GenerateOptions::inpaint, &InpaintOptions::mask>,
     .is_flag = false},
    {.name = "mask_invert",
     .kind = Kind::flag,
     .argument = "",
     .help = "black is painted anew, white stays",
     .set = [](JobValues& v,
               const std::string& text) { v.options().inpaint.invert = flag_from("`mask_invert`", text); },
     .get = [](Options o) -> Json { return {o.inpaint.invert}; },
     .default_text = "false",
     .needs = "mask"},
    {.name = "mask_blur",
     .kind = Kind::real,
     .argument = "X",
     .help = "pixels by which to soften the mask's edges, 0 to 256  [0]",
     .set =
         [](JobValues& v, const std::string& text) {
           v.options().inpaint.blur = parse_real("`mask_blur`", text, 0, kMaxMaskBlur);
         },
     .get = [](Options o) -> Json { return {o.inpaint.blur}; },
     .default_text = "0",
     .needs = "mask",
     .a1111_key = "Mask blur"},
    {.name = "inpaint_area",
     .kind = Kind::name,
     .argument = "NAME",
     .help = "mask: work on the part around the mask, enlarged, and put it back  [whole]",
     .set = &set_inpaint_area,
     .get = [](Options o) { return word(o.inpaint.area); },
     .default_text = "whole",
     .choices = &list_of<InpaintArea>,
     .needs = "mask",
     .a1111_key = "Inpaint area"},
    {.name = "segmap",
     .kind = Kind::file,
     .argument = "FILE",
     .help = "what to draw where, in the colours that `sfumato model` shows; for models that draw from maps",
     .set = &set_path<&GenerateOptions::map, &MapOptions::segmap>,
     .get = &get_path<&GenerateOptions::map, &MapOptions::segmap>,
     .in_key = false},
    {.name = "segmap_sha256",
     .kind = Kind::name,
     .argument = "",
     .set = &set_digest<&GenerateOptions::map, &MapOptions::segmap>,
     .get = &get_digest<&GenerateOptions::map, &MapOptions::segmap>,
     .is_flag = false},
    {.name = "map_scale",
     .kind = Kind::real,
     .argument = "X",
     .help = "how closely to follow the map, 0 to 100; 0 ignores it  [1]",
     .set = [](JobValues& v,
               const std::string& text) { v.options().map.scale = parse_real("`map_scale`", text, 0, kMaxCfgScale); },
     .get = [](Options o) -> Json { return {o.map.scale}; },
     .default_text = "1"},
    {.name = "image_cfg_scale",
     .aliases = "image_guidance_scale",
     .kind = Kind::real,
     .argument = "X",
     .help = "how closely to follow the picture, 0 to 100, for models that edit pictures  [1.5]",
     .set =
         [](JobValues& v, const std::string& text) {
           v.options().init.image_cfg_scale = parse_real("`image_cfg_scale`", text, 0, kMaxCfgScale);
         },
     .get = [](Options o) -> Json { return {o.init.image_cfg_scale}; },
     .default_text = "1.5",
     .needs = "init_img",
     .a1111_key = "Image CFG scale"},
    {.name = "model",
     .letter = "m",
     .aliases = "sd_model sd_model_checkpoint ckpt",
     .kind = Kind::name,
     .argument = "NAME|PATH",
     .help =
         "a bundle, a .safetensors or .gguf checkpoint, or a diffusers folder: its path, or its name in a folder of "
         "models  [default]",
     .group = "Model",
     .set = [](JobValues& v, const std::string& text) { v.model.name = text; },
     .get = [](Options) -> Json { return {nullptr}; },
     .stored = false},
    {.name = "vae",
     .kind = Kind::file,
     .argument = "FILE|FOLDER",
     .help = "of a checkpoint: take this autoencoder instead of its own",
     .set = [](JobValues& v, const std::string& text) { v.model.vae = text; },
     .get = [](Options) -> Json { return {nullptr}; },
     .stored = false,
     .takes_folder = true},
});

}  // namespace

std::span<const JobOption> input_options() { return kInputOptions; }

}  // namespace sfumato
