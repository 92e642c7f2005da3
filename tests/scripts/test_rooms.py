"""check/rooms.py: the order of the rooms, on this tree and on small trees that break it."""

import subprocess
import sys
from pathlib import Path

import pytest

from check.rooms import ROOMS, Tree, violations

ROOT = Path(__file__).resolve().parents[2]
CMAKE = """
add_library(sfumato_core STATIC
  base/json.cpp  # old/gone.cpp
  jobs/job.cpp
  ${CMAKE_BINARY_DIR}/fonts.cpp)
add_library(libsfumato STATIC nn/network.cpp)
"""
IN_ORDER = {
    "src/CMakeLists.txt": CMAKE,
    "include/sfumato/options.h": "#pragma once\n",
    "src/base/json.h": '#include "sfumato/options.h"\n#include "sfumato/version.h"\n',
    "src/base/json.cpp": '#include "base/json.h"\n#include <vector>\n',
    "src/jobs/job.h": '#include "base/json.h"\n',
    "src/jobs/job.cpp": '#include "jobs/job.h"\n',
    "src/nn/network.h": "#include <ATen/core/Tensor.h>\n",
    "src/nn/network.cpp": '#include "nn/network.h"\n',
}


@pytest.fixture
def tree(tmp_path):
    def write(changes):
        for name, text in (IN_ORDER | changes).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


def test_this_tree_is_in_order():
    assert violations(ROOT) == []


def test_this_tree_is_read_whole():
    read = Tree(ROOT)
    rooms = {path.name for path in (ROOT / "src").iterdir() if path.is_dir()}
    assert rooms == set(ROOMS)
    assert read.targets["src/base/json.cpp"] == "sfumato_core" and read.targets["src/nn/network.cpp"] == "libsfumato"
    assert len(read.files) > 200 and sum(include.path is None for includes in read.files.values() for include in includes) > 50


def test_a_tree_in_order_has_no_violation(tree):
    assert violations(tree({})) == []


@pytest.mark.parametrize("changes, message", [
    ({"src/base/json.cpp": '\n  #  include "jobs/job.h"\n'}, "src/base/json.cpp:2: base includes jobs/job.h, of the higher room jobs"),
    ({"include/sfumato/options.h": '#include "base/json.h"\n'},
     "include/sfumato/options.h:1: api includes base/json.h, of the higher room base"),
    ({"src/jobs/job.h": '#include "nn/network.h"\n'},
     "src/jobs/job.cpp: the target sfumato_core has no Torch, but includes src/jobs/job.h, src/nn/network.h, <ATen/core/Tensor.h>"),
    ({"src/jobs/job.cpp": "#include <torch/library.h>\n"}, "src/jobs/job.cpp: the target sfumato_core has no Torch, but includes <torch/library.h>"),
    ({"src/base/lost.cpp": ""}, "src/base/lost.cpp: belongs to no target of src/CMakeLists.txt"),
    ({"src/CMakeLists.txt": CMAKE + "target_sources(sfumato_core PRIVATE base/fault.cpp)\n"}, "src/CMakeLists.txt: src/base/fault.cpp does not exist"),
    ({"src/jobs/a/a.h": '#include "jobs/b/b.h"\n', "src/jobs/b/b.h": '#include "jobs/job.h"\n', "src/jobs/job.h": '#include "jobs/a/a.h"\n'},
     "src/jobs: a cycle of includes: src/jobs -> src/jobs/a -> src/jobs/b -> src/jobs"),
    ({"src/jobs/job.cpp": "// open()\nint file = open(path, O_RDONLY);\n"},
     "src/jobs/job.cpp:2: open opens a path. Use base/open_file.h or base/folder.h."),
    ({"src/jobs/job.cpp": "std::ifstream file(path);\n"}, "src/jobs/job.cpp:1: ifstream opens a path. Use base/open_file.h or base/folder.h."),
    ({"src/jobs/job.cpp": "FILE* file = ::fopen(path);\n"}, "src/jobs/job.cpp:1: fopen opens a path. Use base/open_file.h or base/folder.h."),
    ({"src/base/json.cpp": '// std::cout\nvoid f() {\n  std::cerr << "printf";\n}\n'},
     "src/base/json.cpp:3: cerr writes past src/base/console.cpp; use base/console.h"),
    ({"src/jobs/job.cpp": 'const char* a = R"(\n)"; void f() { fprintf(stderr, "%d", 1); }\n'},
     "src/jobs/job.cpp:2: fprintf writes past src/base/console.cpp; use base/console.h"),
    ({"src/attic/box.h": ""}, "src/attic: this room has no place in the order. Add it to ROOMS in scripts/check/rooms.py."),
])
def test_a_violation_is_reported(tree, changes, message):
    assert message in violations(tree(changes))


def test_what_only_sounds_like_opening_a_path_is_none(tree):
    lines = ["// as open() fails", "file.open(path);", "archive->open(path);", "Archive::open(path);", "is_open(path);", "reopen(path);"]
    assert violations(tree({"src/jobs/job.cpp": "\n".join(lines) + "\n"})) == []


def test_the_command_fails_and_prints_what_is_wrong(tree):
    root = tree({"src/base/lost.cpp": ""})
    result = subprocess.run([sys.executable, ROOT / "scripts" / "check" / "rooms.py", "--root", root], capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "src/base/lost.cpp: belongs to no target of src/CMakeLists.txt\n")
