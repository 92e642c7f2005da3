# Where programs find LibTorch, their RUNPATH: relative to themselves if it lies in this source tree (in .venv) or, for an installed
# program, below the prefix; else by its path. Before any target is defined.
#
# The RUNPATH must have no empty entry: that is the working folder, and whoever writes there would choose the libraries. CMake itself
# writes one, to make room for the RUNPATH of the installed program. Here programs are linked once, with slashes for that room, and
# InstallRunPath.cmake changes the installed one.

# sfumato_runpath(VARIABLE FOLDER ROOT): LibTorch's folder as a program in FOLDER names it; relative if it is below ROOT.
function(sfumato_runpath variable folder root)
  set(path "${SFUMATO_TORCH_DIR}/lib")
  cmake_path(IS_PREFIX root "${SFUMATO_TORCH_DIR}" NORMALIZE is_below)
  if(is_below)
    cmake_path(RELATIVE_PATH path BASE_DIRECTORY "${folder}")
    set(path "$ORIGIN/${path}")
  endif()
  set(${variable} "${path}" PARENT_SCOPE)
endfunction()

if(PROJECT_NAME)  # InstallRunPath.cmake needs the function only
  sfumato_runpath(_build "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}" "${CMAKE_SOURCE_DIR}")
  string(LENGTH "${_build}" _length)
  string(LENGTH "$ORIGIN/../${SFUMATO_TORCH_DIR}/lib" _room)
  math(EXPR _slashes "1 + ${_room} - ${_length}")
  if(_slashes LESS 1)
    set(_slashes 1)  # a name of the program's must not be a part of it: the linker shares the ends of strings
  endif()
  string(REPEAT "/" ${_slashes} _slashes)
  set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
  set(CMAKE_INSTALL_RPATH "${_build}${_slashes}")
endif()
