"""The program's malloc, by which its memory stays level over any number of pictures (scripts/check/memory_level.py)."""

import os
import re


def test_libtorch_allocates_with_jemalloc(sfumato, tmp_path):
    # The dynamic linker writes which library each symbol is taken from.
    result = sfumato("--version", env={**os.environ, "LD_DEBUG": "bindings", "LD_DEBUG_OUTPUT": str(tmp_path / "bindings")})
    assert result.returncode == 0
    bindings = "".join(path.read_text() for path in tmp_path.glob("bindings.*"))
    for symbol in ("malloc", "posix_memalign", "free"):
        assert re.search(rf"libtorch_cpu\.so \[0\] to \S*libjemalloc\.so\.2 \[0\]: normal symbol `{symbol}'", bindings), symbol
