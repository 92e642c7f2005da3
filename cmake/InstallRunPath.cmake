# At the time of `cmake --install`, after the program: its RUNPATH (RunPath.cmake). Needs SFUMATO_TORCH_DIR, SFUMATO_BIN, the folder
# of the program below the prefix, and SFUMATO_LINKED_RUNPATH.
include("${CMAKE_CURRENT_LIST_DIR}/RunPath.cmake")
sfumato_runpath(_new "${CMAKE_INSTALL_PREFIX}/${SFUMATO_BIN}" "${CMAKE_INSTALL_PREFIX}")
file(RPATH_CHANGE FILE "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${SFUMATO_BIN}/sfumato" OLD_RPATH "${SFUMATO_LINKED_RUNPATH}"
  NEW_RPATH "${_new}")
