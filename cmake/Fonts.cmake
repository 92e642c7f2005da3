# The two fonts of contact sheets become part of the program: src/image/fonts.cpp.in takes their bytes in.
foreach(_font IN ITEMS DejaVuSans DejaVuSans-Bold)
  string(MAKE_C_IDENTIFIER ${_font} _name)
  find_file(SFUMATO_FONT_${_name} ${_font}.ttf PATHS /usr/share/fonts/truetype/dejavu /usr/share/fonts/dejavu /usr/share/fonts/TTF)
  if(NOT SFUMATO_FONT_${_name})
    message(FATAL_ERROR "${_font}.ttf is not there. Debian's fonts-dejavu-core has it; scripts/setup.sh installs it.")
  endif()
endforeach()
configure_file(${CMAKE_SOURCE_DIR}/src/image/fonts.cpp.in ${CMAKE_BINARY_DIR}/fonts.cpp @ONLY)
set_source_files_properties(${CMAKE_BINARY_DIR}/fonts.cpp PROPERTIES
  OBJECT_DEPENDS "${SFUMATO_FONT_DejaVuSans};${SFUMATO_FONT_DejaVuSans_Bold}")
