// The one exception type of sfumato.
#pragma once

#include <stdexcept>
#include <string>

namespace sfumato {

enum class ErrorKind {
  usage,          // wrong option or value
  bad_data,       // a file or text with wrong content
  input_missing,  // a file that does not exist or cannot be read
  device_absent,  // the requested device does not exist
  internal,       // a fault of this program, of LibTorch or of CUDA
  cannot_create,  // the output cannot be created
  io_error,       // reading or writing failed, disk full
  stopped_early,  // not finished; the same call or command finishes it
  failed_fast,    // not finished: a job failed, and the first failure was to end the run
  bad_bundle,     // the model is damaged or foreign
  hung_up,        // SIGHUP
  interrupted,    // SIGINT
  terminated,     // SIGTERM
};

// what(): one line in the user's words: "WHERE: what is wrong (value, limit). What to do."
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace sfumato
