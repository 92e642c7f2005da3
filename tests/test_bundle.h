// The model that tests run: models/default, or the folder in SFUMATO_TEST_BUNDLE, whose graphs need not be known.
#pragma once

#include <cstdlib>

#include "bundle/bundle.h"

namespace sfumato {

inline Bundle test_bundle() {
  const char* other = std::getenv("SFUMATO_TEST_BUNDLE");
  return other == nullptr ? Bundle(SFUMATO_DEFAULT_BUNDLE) : Bundle(other, Trust::all);
}

}  // namespace sfumato
