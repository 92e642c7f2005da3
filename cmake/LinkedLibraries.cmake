# The Debian libraries that sfumato's static libraries link, each with the oldest version it works with (Debian 12's).
# Installed next to sfumatoConfig.cmake: a program that uses sfumato links them too.

function(sfumato_need name version minimum)
  if(version VERSION_LESS minimum)
    message(FATAL_ERROR "${name} ${version} is too old: ${minimum} or newer is needed. Debian 12 has it; scripts/setup.sh installs it.")
  endif()
endfunction()

find_package(OpenSSL REQUIRED COMPONENTS Crypto)
sfumato_need(libcrypto "${OPENSSL_VERSION}" 3.0)
find_package(PNG REQUIRED)
sfumato_need(libpng "${PNG_VERSION_STRING}" 1.6)
# Version 62 is the interface of libjpeg 6b; JCS_EXT_RGBA is libjpeg-turbo's.
find_package(JPEG REQUIRED)
sfumato_need(libjpeg "${JPEG_VERSION}" 62)
find_package(PkgConfig REQUIRED)
pkg_check_modules(SENTENCEPIECE REQUIRED sentencepiece)
sfumato_need(sentencepiece "${SENTENCEPIECE_VERSION}" 0.1.97)
pkg_check_modules(DEFLATE REQUIRED libdeflate)
sfumato_need(libdeflate "${DEFLATE_VERSION}" 1.14)
pkg_check_modules(YAML REQUIRED yaml-0.1)
sfumato_need(libyaml "${YAML_VERSION}" 0.2)

# These three are imported by hand: their .pc files add the flags of their own build.
find_library(SENTENCEPIECE_LIBRARY sentencepiece REQUIRED)
add_library(Sentencepiece::sentencepiece INTERFACE IMPORTED)
target_link_libraries(Sentencepiece::sentencepiece INTERFACE ${SENTENCEPIECE_LIBRARY})

find_library(DEFLATE_LIBRARY deflate REQUIRED)
add_library(LibDeflate::libdeflate INTERFACE IMPORTED)
target_link_libraries(LibDeflate::libdeflate INTERFACE ${DEFLATE_LIBRARY})

find_library(YAML_LIBRARY yaml REQUIRED)
add_library(LibYaml::libyaml INTERFACE IMPORTED)
target_link_libraries(LibYaml::libyaml INTERFACE ${YAML_LIBRARY})
