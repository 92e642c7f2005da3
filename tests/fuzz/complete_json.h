// Included first in every file of a fuzz build. clang 14 with libstdc++ 12 instantiates std::pair<std::string, Json>
// too early unless Json's destructor has been instantiated first.
#pragma once

#include "base/json.h"

namespace sfumato {
inline void instantiate_destructor(Json* json) { json->~Json(); }
}  // namespace sfumato
