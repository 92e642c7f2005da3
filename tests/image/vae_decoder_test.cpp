#include "image/vae_decoder.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "test_bundle.h"

namespace sfumato {
namespace {

TEST(VaeDecoder, RefusesAPictureThatMemoryCannotHold) {
  const Bundle bundle = test_bundle();
  const VaeDecoder decoder(bundle, start_runtime({.device = "cpu", .dtype = Dtype::float32}));
  // 48 channels of float32 at 4096x4096 are 3.2 GB, and about six such tensors live at once.
  EXPECT_EQ(error_of([&] { decoder.check_memory(4096, 4096, 8'000'000'000); }),
            "64: --width, --height: a picture of 4096x4096 needs about 20 GB of memory, 8 GB are free. Take a smaller "
            "picture.");
  EXPECT_EQ(error_of([&] { decoder.check_memory(4096, 4096, 32'000'000'000); }), "no error");
  EXPECT_EQ(error_of([&] { decoder.check_memory(128, 128, 100'000'000); }), "no error");
}

}  // namespace
}  // namespace sfumato
