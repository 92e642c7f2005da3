#include "bundle/trusted_graph.h"

#include <utility>

#include "base/sha256.h"
#include "bundle/graph_check.h"
#include "bundle/known_files.h"
#include "sfumato/error.h"

namespace sfumato {

TrustedGraph::TrustedGraph(std::string_view bytes, Trust trust, std::string where)
    : bytes_(bytes), where_(std::move(where)) {
  if (trust == Trust::all || is_known_file(sha256(bytes_))) return;
  if (trust == Trust::known) refuse_unknown(where_);
  check_graph(bytes_, where_);
}

void refuse_unknown(const std::string& where) {
  throw Error(ErrorKind::bad_bundle,
              where +
                  ": is not a file that this sfumato knows, and using it means running what it says. "
                  "If you trust where the bundle comes from, add `trust`.");
}

}  // namespace sfumato
