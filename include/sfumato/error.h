// The one exception type of sfumato, and the exit codes of the program.
#pragma once

#include <stdexcept>
#include <string>

namespace sfumato {

// sysexits.h numbers where they exist; 128 + n for signals.
enum class ExitCode : int {
  ok = 0,              // all that was asked for exists
  some_failed = 1,     // finished, some jobs failed
  usage = 64,          // wrong flag or value
  bad_data = 65,       // a file or text with wrong content
  input_missing = 66,  // a file that is not there or cannot be read
  device_absent = 69,  // the asked device is not there
  internal = 70,       // a fault of this program, of LibTorch or of CUDA
  cannot_create = 73,  // the output cannot be created
  io_error = 74,       // reading or writing failed, disk full
  stopped_early = 75,  // not finished; the same command finishes it
  bad_bundle = 78,     // the model is damaged or foreign
  hung_up = 129,       // SIGHUP
  interrupted = 130,   // SIGINT
  terminated = 143,    // SIGTERM
};

// what(): one line in the user's words: "WHERE: what is wrong (value, limit). What to do."
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

}  // namespace sfumato
