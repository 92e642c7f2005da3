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
# A program that reads what strangers wrote: assertions of the standard library, canaries, and all addresses of functions fixed and
# read-only before main(). A picture takes as long as without.
target_compile_definitions(sfumato_options INTERFACE _GLIBCXX_ASSERTIONS)
target_compile_options(sfumato_options INTERFACE -fstack-protector-strong)
target_link_options(sfumato_options INTERFACE LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack)
include(CheckPIESupported)
check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT SFUMATO_SANITIZE AND NOT SFUMATO_FUZZ)  # AddressSanitizer has checks of its own; without optimization glibc has none
  target_compile_options(sfumato_options INTERFACE
    "$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>")
endif()
if(SFUMATO_SANITIZE)
  target_compile_options(sfumato_options INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  target_link_options(sfumato_options INTERFACE -fsanitize=address,undefined)
endif()
