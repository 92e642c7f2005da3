# Target sfumato_options: what every target of ours is compiled with, and nothing global.
add_library(sfumato_options INTERFACE)
target_compile_features(sfumato_options INTERFACE cxx_std_20)
target_compile_options(sfumato_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual -Woverloaded-virtual
  # g++ 12 warns of std::string's own operator+ (GCC bug 105651), and of members that a std::variant does not hold, wherever Json is
  # moved (GCC bug 105562).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  # at::parallel_for is a header template: without this flag it runs on one thread, without a warning.
  -fopenmp)
if(SFUMATO_SANITIZE)
  target_compile_options(sfumato_options INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  target_link_options(sfumato_options INTERFACE -fsanitize=address,undefined)
endif()
