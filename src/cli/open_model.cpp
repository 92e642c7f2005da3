#include "cli/open_model.h"

#include "base/printable.h"
#include "base/progress_line.h"
#include "bundle/bundle_folder.h"
#include "cli/checkpoint_graphs.h"
#include "cli/find_model.h"
#include "import/in_place/checkpoint_bundle.h"
#include "import/recognise/describe.h"
#include "import/recognise/source_digests.h"

namespace sfumato {
namespace {

constexpr std::uint64_t kMegabyte = 1'000'000;

// is_new: becomes whether one of them had to be computed.
std::vector<std::string> digests_of(const Checkpoint& checkpoint, bool is_quiet, bool& is_new, Console& err) {
  ProgressLine line(err);
  return source_digests(
      checkpoint, DigestCache(DigestCache::users_folder()), [&](std::uint64_t done, std::uint64_t all) {
        is_new = true;
        if (is_quiet) return;
        line.show("reading " + checkpoint.where + " once for its SHA-256: " + std::to_string(done / kMegabyte) +
                      " of " + std::to_string(all / kMegabyte) + " MB",
                  static_cast<double>(done) / static_cast<double>(all));
      });
}

// A folder is a bundle or a diffusers folder.
void refuse_other_folder(const std::filesystem::path& path) {
  if (may_be_model(path)) return;
  throw Error(ErrorKind::bad_bundle, printable(path.string(), 400) +
                                         ": is neither a bundle (it has no model.json) nor a diffusers folder (it has "
                                         "no model_index.json). Give the folder of a model, or a checkpoint's file.");
}

}  // namespace

OpenedModel open_model(const std::filesystem::path& path, const ModelChoice& choice, Console& err) {
  if (is_bundle(path)) {
    if (!choice.checkpoint_flag.empty()) {
      throw Error(ErrorKind::usage,
                  choice.checkpoint_flag + ": is for checkpoints, and " + printable(path.string(), 200) +
                      " is a bundle. Import its checkpoint with it, or set its defaults with sfumato model --set.");
    }
    return {.bundle = std::make_shared<const BundleFolder>(path, choice.trust)};
  }
  refuse_other_folder(path);
  Checkpoint checkpoint = open_checkpoint(path, choice.checkpoint.options);
  const GraphSet graphs = graphs_for(checkpoint, choice.checkpoint.graphs, choice.trust);
  (void)map_weights(checkpoint.tensors, graphs.parameters, checkpoint.where);  // before gigabytes are read
  const InPlaceOptions options{.checkpoint = choice.checkpoint.options,
                               .settings = choice.settings,
                               .merges = find_graphs("clip/merges.txt"),
                               .trust = choice.trust};
  bool is_new = false;
  std::vector<std::string> digests = digests_of(checkpoint, choice.is_quiet, is_new, err);
  auto bundle = std::make_shared<const CheckpointBundle>(std::move(checkpoint), graphs, options, std::move(digests));
  const std::vector<std::string> notes = bundle->notes();
  return {.bundle = std::move(bundle), .notes = notes, .is_new = is_new};
}

}  // namespace sfumato
