# All libraries from Debian's packages: those that are linked, and those that are headers only, which an installed sfumato does not need.
include(LinkedLibraries)

find_package(CLI11 REQUIRED)
sfumato_need(CLI11 "${CLI11_VERSION}" 2.1)
find_package(nlohmann_json REQUIRED)
sfumato_need(nlohmann_json "${nlohmann_json_VERSION}" 3.11)

find_path(STB_INCLUDE_DIR stb_image_write.h PATH_SUFFIXES stb REQUIRED)
add_library(Stb::stb INTERFACE IMPORTED)
target_include_directories(Stb::stb SYSTEM INTERFACE ${STB_INCLUDE_DIR})

# The program's malloc: its memory stays level over any number of pictures, which glibc's does not (docs/reliability.md).
# --no-as-needed: a library that no symbol is looked for in first would be left out.
pkg_check_modules(JEMALLOC REQUIRED jemalloc)
string(REGEX MATCH "^[0-9.]+" _jemalloc_version "${JEMALLOC_VERSION}")
sfumato_need(jemalloc "${_jemalloc_version}" 5.2)
find_library(JEMALLOC_LIBRARY jemalloc REQUIRED)
add_library(Jemalloc::jemalloc INTERFACE IMPORTED)
target_link_libraries(Jemalloc::jemalloc INTERFACE -Wl,--push-state,--no-as-needed ${JEMALLOC_LIBRARY} -Wl,--pop-state)
