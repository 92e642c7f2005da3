# All libraries from Debian's packages: those that are linked, and those that are headers only, which an installed sfumato does not need.
include(LinkedLibraries)

find_package(CLI11 REQUIRED)
sfumato_need(CLI11 "${CLI11_VERSION}" 2.1)
find_package(nlohmann_json REQUIRED)
sfumato_need(nlohmann_json "${nlohmann_json_VERSION}" 3.11)

find_path(STB_INCLUDE_DIR stb_image_write.h PATH_SUFFIXES stb REQUIRED)
add_library(Stb::stb INTERFACE IMPORTED)
target_include_directories(Stb::stb SYSTEM INTERFACE ${STB_INCLUDE_DIR})
