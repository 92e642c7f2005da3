#include "bundle/map_classes.h"

#include "base/colour.h"
#include "base/json.h"
#include "base/printable.h"
#include "bundle/bundle.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxName = 64;  // bytes

std::uint32_t read_colour(JsonReader& reader) {
  const std::string& text = reader.string("colour");
  if (text.size() == 7 && text.front() == '#') {
    if (const std::optional<std::uint32_t> colour = parse_colour(text)) return *colour;
  }
  reader.fail("colour",
              "\"" + printable(text) + "\" is not a colour; six hexadecimal digits as in \"#8d5524\" are expected");
}

const std::string& read_name(JsonReader& reader) {
  const std::string& name = reader.string("name");
  if (name.empty() || name.size() > kMaxName) {
    reader.fail("name", "a name of 1 to " + std::to_string(kMaxName) + " bytes is expected");
  }
  return name;
}

}  // namespace

std::vector<MapClass> read_map_classes(std::string_view text, int channels, const std::string& where) {
  const Json json = parse_json(text, where, ErrorKind::bad_bundle);
  JsonReader reader(json, where, ErrorKind::bad_bundle);
  std::vector<MapClass> classes;
  for (const Json& entry : reader.array("classes")) {
    JsonReader fields(entry, where + ": classes[" + std::to_string(classes.size()) + "]", ErrorKind::bad_bundle);
    MapClass next{.name = read_name(fields), .colour = read_colour(fields)};
    fields.finish();
    for (const MapClass& earlier : classes) {
      if (earlier.name == next.name) fields.fail("name", "\"" + printable(next.name) + "\" appears twice");
      if (earlier.colour == next.colour) fields.fail("colour", colour_text(next.colour) + " appears twice");
    }
    classes.push_back(std::move(next));
    if (classes.size() > kMaxMapClasses) break;
  }
  reader.finish();
  if (classes.size() != static_cast<std::size_t>(channels)) {
    reader.fail("classes",
                std::to_string(channels) + " classes are expected, as many as segmap.channels in model.json");
  }
  return classes;
}

std::vector<MapClass> map_classes(const Bundle& bundle) {
  const std::optional<SegmapConfig>& segmap = bundle.config().segmap;
  if (!segmap) return {};
  return read_map_classes(bundle.file(segmap->classes).text(), segmap->channels, bundle.path_of(segmap->classes));
}

}  // namespace sfumato
