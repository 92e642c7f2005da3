# cmake --install BUILD --prefix PREFIX: the program, both libraries with their headers, a CMake package, a pkg-config file, and the models.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(_package ${CMAKE_INSTALL_LIBDIR}/cmake/sfumato)

set_target_properties(sfumato_core PROPERTIES EXPORT_NAME core)
set_target_properties(libsfumato PROPERTIES EXPORT_NAME sfumato)
install(TARGETS sfumato)
install(CODE "
  set(SFUMATO_TORCH_DIR [[${SFUMATO_TORCH_DIR}]])
  set(SFUMATO_BIN [[${CMAKE_INSTALL_BINDIR}]])
  set(SFUMATO_LINKED_RUNPATH [[${CMAKE_INSTALL_RPATH}]])")
install(SCRIPT cmake/InstallRunPath.cmake)
install(TARGETS sfumato_core libsfumato EXPORT sfumato INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT sfumato FILE sfumatoTargets.cmake NAMESPACE sfumato:: DESTINATION ${_package})

install(DIRECTORY include/sfumato DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(FILES ${CMAKE_BINARY_DIR}/include/sfumato/version.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sfumato)

configure_package_config_file(cmake/sfumatoConfig.cmake.in ${CMAKE_BINARY_DIR}/sfumatoConfig.cmake INSTALL_DESTINATION ${_package})
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/sfumatoConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/sfumatoConfig.cmake ${CMAKE_BINARY_DIR}/sfumatoConfigVersion.cmake
  cmake/LibTorch.cmake cmake/LinkedLibraries.cmake DESTINATION ${_package})

# The prefix is found from the .pc file's own folder, so that an installed tree can be moved.
file(RELATIVE_PATH SFUMATO_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/sfumato.pc.in ${CMAKE_BINARY_DIR}/sfumato.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/sfumato.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The program looks for models in ../share/sfumato/models from its own folder (src/cli/find_model.cpp).
install(DIRECTORY models/default models/emoji-map models/graphs DESTINATION ${CMAKE_INSTALL_DATADIR}/sfumato/models)
install(FILES LICENSE NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})
