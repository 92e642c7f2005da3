# Target LibTorch::cpu: the LibTorch in PyPI's torch wheel, CPU library only. Installed next to sfumatoConfig.cmake.
#
# Torch's own CMake package requires the CUDA toolkit; sfumato needs headers and two libraries. CUDA's library is opened at run time
# when a GPU is requested (src/nn/runtime.cpp), so a CPU run never pays for it.

set(SFUMATO_TORCH_VERSION 2.11.0)
if(NOT SFUMATO_TORCH_DIR)
  file(GLOB _torch_candidates ${CMAKE_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch)
  list(POP_FRONT _torch_candidates _torch_found)
  set(SFUMATO_TORCH_DIR "${_torch_found}" CACHE PATH "The folder `torch` of an installed torch wheel" FORCE)
endif()
if(NOT EXISTS "${SFUMATO_TORCH_DIR}/lib/libtorch_cpu.so")
  message(FATAL_ERROR "LibTorch was not found in \"${SFUMATO_TORCH_DIR}\". Run scripts/setup.sh, or set SFUMATO_TORCH_DIR to the folder `torch` of an installed torch ${SFUMATO_TORCH_VERSION}.")
endif()
file(STRINGS "${SFUMATO_TORCH_DIR}/version.py" _torch_version_line REGEX "^__version__")
string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" _torch_version "${_torch_version_line}")
if(NOT _torch_version VERSION_EQUAL SFUMATO_TORCH_VERSION)
  message(FATAL_ERROR "torch ${_torch_version} is in ${SFUMATO_TORCH_DIR}; sfumato requires ${SFUMATO_TORCH_VERSION}. Run scripts/setup.sh.")
endif()

add_library(LibTorch::cpu INTERFACE IMPORTED)
target_include_directories(LibTorch::cpu SYSTEM INTERFACE
  "${SFUMATO_TORCH_DIR}/include" "${SFUMATO_TORCH_DIR}/include/torch/csrc/api/include")
# ATen/TensorOperators.h then includes the one operator it needs instead of all: 40 % less to compile in a small file.
target_compile_definitions(LibTorch::cpu INTERFACE AT_PER_OPERATOR_HEADERS)
# The wheel's libraries find the CUDA runtime by their own rpath; the linker need not.
target_link_options(LibTorch::cpu INTERFACE "LINKER:--no-as-needed" "LINKER:--allow-shlib-undefined")
# By flags, for CMake would add the folders of libraries given by path to the RUNPATH. Who links sets it: RunPath.cmake here, sfumatoConfig.cmake
# where sfumato is installed.
target_link_libraries(LibTorch::cpu INTERFACE "-L${SFUMATO_TORCH_DIR}/lib" -ltorch_cpu -lc10
  # at::parallel_for is compiled into sfumato; this is the OpenMP runtime of LibTorch's own threads.
  -l:libgomp.so.1)
