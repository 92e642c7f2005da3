"""What the linker and the compiler were told: the program reads files of strangers."""

import re
import subprocess

from conftest import BINARY


def readelf(*arguments):
    return subprocess.run(["readelf", "-W", *arguments, BINARY], capture_output=True, text=True, check=True).stdout


def test_addresses_of_functions_are_fixed_before_main_and_then_read_only():
    dynamic, segments = readelf("-d"), readelf("-l")
    assert "GNU_RELRO" in segments and re.search(r"FLAGS\).*BIND_NOW", dynamic) and re.search(r"FLAGS_1\).*NOW.*PIE", dynamic)


def test_no_memory_is_both_written_and_run():
    segments = readelf("-l")
    assert re.search(r"GNU_STACK .* RW ", segments) and not re.search(r" RWE ", segments)


def test_functions_have_canaries_and_checked_copies():
    symbols = readelf("--dyn-syms")
    assert "__stack_chk_fail" in symbols and re.search(r"__(mem\w+|s\w*printf|read|pread\w*)_chk", symbols)
    assert "__glibcxx_assert_fail" in symbols


def test_libraries_are_looked_for_beside_the_program_and_never_in_the_working_folder():
    runpath = re.search(r"RUNPATH\)\s+Library runpath: \[(.*)\]", readelf("-d")).group(1)
    entries = runpath.split(":")
    assert all(entry.startswith("$ORIGIN/") for entry in entries), runpath  # an empty entry is the working folder
    assert "(RPATH)" not in readelf("-d")
