# Everything that comes from Debian's packages, each with the version this program was written against (Debian 12) as the least.

function(sfumato_need name version minimum)
  if(version VERSION_LESS minimum)
    message(FATAL_ERROR "${name} ${version} is too old: ${minimum} or newer is needed. Debian 12 has it; scripts/setup.sh installs it.")
  endif()
endfunction()

find_package(CLI11 REQUIRED)
sfumato_need(CLI11 "${CLI11_VERSION}" 2.1)
find_package(nlohmann_json REQUIRED)
sfumato_need(nlohmann_json "${nlohmann_json_VERSION}" 3.11)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
sfumato_need(libcrypto "${OPENSSL_VERSION}" 3.0)
find_package(PNG REQUIRED)
sfumato_need(libpng "${PNG_VERSION_STRING}" 1.6)
# Its 62 is the interface of libjpeg 6b; JCS_EXT_RGBA is libjpeg-turbo's.
find_package(JPEG REQUIRED)
sfumato_need(libjpeg "${JPEG_VERSION}" 62)
find_package(PkgConfig REQUIRED)
pkg_check_modules(SENTENCEPIECE REQUIRED sentencepiece)
sfumato_need(sentencepiece "${SENTENCEPIECE_VERSION}" 0.1.97)
pkg_check_modules(DEFLATE REQUIRED libdeflate)
sfumato_need(libdeflate "${DEFLATE_VERSION}" 1.14)

# Imported by hand, so that only the library itself is linked: their .pc files add flags of their own build.
find_library(SENTENCEPIECE_LIBRARY sentencepiece REQUIRED)
add_library(Sentencepiece::sentencepiece INTERFACE IMPORTED)
target_link_libraries(Sentencepiece::sentencepiece INTERFACE ${SENTENCEPIECE_LIBRARY})

find_library(DEFLATE_LIBRARY deflate REQUIRED)
add_library(LibDeflate::libdeflate INTERFACE IMPORTED)
target_link_libraries(LibDeflate::libdeflate INTERFACE ${DEFLATE_LIBRARY})

find_path(STB_INCLUDE_DIR stb_image_write.h PATH_SUFFIXES stb REQUIRED)
add_library(Stb::stb INTERFACE IMPORTED)
target_include_directories(Stb::stb SYSTEM INTERFACE ${STB_INCLUDE_DIR})
