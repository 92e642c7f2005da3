// The model that tests run: models/default, or the folder in SFUMATO_TEST_BUNDLE, whose graphs need not be known.
#pragma once

#include <cstdlib>

#include "bundle/bundle_folder.h"

namespace sfumato {

inline BundleFolder test_bundle() {
  const char* other = std::getenv("SFUMATO_TEST_BUNDLE");
  return other == nullptr ? BundleFolder(SFUMATO_DEFAULT_BUNDLE) : BundleFolder(other, Trust::all);
}

}  // namespace sfumato
