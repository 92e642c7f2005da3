#include "import/in_place/model_trees.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

namespace fs = std::filesystem;

void touch(const fs::path& path) {
  fs::create_directories(path.parent_path());
  write_file(path, "");
}

using Paths = std::vector<fs::path>;

TEST(CheckpointFolders, AreThoseOfOtherProgramsTrees) {
  const fs::path root = test_folder();
  for (const char* folder :
       {"a/models/Stable-diffusion", "a/models/Lora", "b/models/checkpoints", "b/models/vae", "c"}) {
    fs::create_directories(root / folder);
  }
  EXPECT_EQ(checkpoint_folders(root / "a"), Paths{root / "a" / "models" / "Stable-diffusion"});
  EXPECT_EQ(checkpoint_folders(root / "a" / "models"), Paths{root / "a" / "models" / "Stable-diffusion"});
  EXPECT_EQ(checkpoint_folders(root / "b"), Paths{root / "b" / "models" / "checkpoints"});
  EXPECT_EQ(checkpoint_folders(root / "c"), Paths{root / "c"});
  EXPECT_EQ(checkpoint_folders(root / "nowhere"), Paths{});
}

TEST(CheckpointFolders, AreThoseThatComfyUIsFileNames) {
  const fs::path root = test_folder();
  for (const char* folder : {"comfy/models/checkpoints", "webui/models/Stable-diffusion", "more/x", "more/y"}) {
    fs::create_directories(root / folder);
  }
  write_file(root / "comfy" / "extra_model_paths.yaml",
             "a111:\n  base_path: ../webui/\n  checkpoints: models/Stable-diffusion\n  vae: models/VAE\n"
             "other:\n  base_path: " +
                 (root / "more").string() + "\n  checkpoints: |\n    x\n    y\n    not-there\n");
  EXPECT_EQ(checkpoint_folders(root / "comfy"),
            (Paths{root / "comfy/models/checkpoints", root / "webui/models/Stable-diffusion", root / "more/x",
                   root / "more/y"}));
}

TEST(CheckpointFolders, RefuseAFileThatIsNotYaml) {
  const fs::path root = test_folder();
  write_file(root / "extra_model_paths.yaml", "a: [\n");
  EXPECT_EQ(
      error_of([&] { (void)checkpoint_folders(root); }),
      "bad_data: " + (root / "extra_model_paths.yaml").string() +
          ": not YAML in line 2 (did not find expected node content). Correct the file, or leave its folder out of "
          "the model folders.");
}

TEST(CheckpointFolders, EndWithALoopOfYaml) {
  const fs::path root = test_folder();
  fs::create_directories(root / "x");
  write_file(root / "extra_model_paths.yaml", "a: &a\n  checkpoints: x\n  more: *a\n");
  EXPECT_EQ(checkpoint_folders(root), Paths{root / "x"});
}

TEST(CheckpointsIn, AFolderAreFilesAndDiffusersFolders) {
  const fs::path root = test_folder();
  for (const char* name :
       {"b.safetensors", "sub/a.gguf", "sub/c.ckpt", "notes.txt", ".hidden/x.safetensors", "pipe/model_index.json",
        "pipe/unet/x.safetensors", "bundle/model.json", "bundle/unet.safetensors"}) {
    touch(root / name);
  }
  fs::create_directory_symlink(root, root / "sub" / "loop");
  EXPECT_EQ(checkpoints_in(root),
            (Paths{root / "b.safetensors", root / "pipe", root / "sub" / "a.gguf", root / "sub" / "c.ckpt"}));
}

TEST(IsCalled, TakesTheNameWithAndWithoutExtension) {
  EXPECT_TRUE(is_called("a/fox.v2.safetensors", "fox.v2"));
  EXPECT_TRUE(is_called("a/fox.v2.safetensors", "fox.v2.safetensors"));
  EXPECT_FALSE(is_called("a/fox.v2.safetensors", "fox"));
  EXPECT_TRUE(is_called("hub/models--stabilityai--sd-turbo", "stabilityai/sd-turbo"));
  EXPECT_TRUE(is_called("hub/models--stabilityai--sd-turbo", "sd-turbo"));
  EXPECT_FALSE(is_called("hub/models--stabilityai--sd-turbo", "turbo"));
}

}  // namespace
}  // namespace sfumato
