# sfumato_precompile(TARGET HEADER...): parses headers that most files of a target include once per target instead of once per file.
# It is left out where ccache is the compiler's launcher: ccache does not cache what uses a precompiled header, and does better without.
# Every file still includes all that it uses: builds with ccache prove it.
function(sfumato_precompile target)
  if(NOT CMAKE_CXX_COMPILER_LAUNCHER MATCHES "ccache")
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

set(SFUMATO_TORCH_HEADERS
  <ATen/core/Tensor.h> <ATen/TensorOperators.h> <ATen/ops/cat.h> <ATen/ops/full.h> <ATen/ops/tensor.h> <ATen/ops/zeros.h>
  <ATen/ops/zeros_like.h>)
