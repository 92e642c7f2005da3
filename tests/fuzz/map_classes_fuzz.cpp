// Any bytes as classes.json. There are as many classes as the model has channels, with distinct names.
#include <set>

#include "bundle/map_classes.h"
#include "fuzz.h"

void sfumato::fuzz(std::string_view input) {
  const std::size_t channels = 1 + choice(input, 4);
  const auto classes = result_of({ErrorKind::bad_bundle},
                                 [&] { return read_map_classes(input, static_cast<int>(channels), "classes.json"); });
  if (!classes) return;
  std::set<std::string> names;
  for (const MapClass& one : *classes) {
    names.insert(one.name);
    check(one.colour <= 0xffffff, "a colour that is none");
  }
  check(names.size() == channels, "a name that appears twice");
}
