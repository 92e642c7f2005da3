"""File systems that lack what local ones have: names without replacing, links, locks. A library that is loaded before libc
answers in their place (rclone, s3fs, gcsfuse; Lustre without flock, NFS)."""

import errno
import json
import os
import signal
import subprocess
import time

import pytest
from conftest import BINARY, MODEL, QUICK, pictures_in

SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static int answer(const char* variable) {
  const char* text = getenv(variable);
  return text == NULL ? 0 : atoi(text);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  if (flags != 0 && answer("RENAME_ANSWER") != 0) return errno = answer("RENAME_ANSWER"), -1;
  int (*real)(int, const char*, int, const char*, unsigned) = dlsym(RTLD_NEXT, "renameat2");
  return real(from_folder, from, to_folder, to, flags);
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  if (answer("LINK_ANSWER") != 0) return errno = answer("LINK_ANSWER"), -1;
  int (*real)(int, const char*, int, const char*, int) = dlsym(RTLD_NEXT, "linkat");
  return real(from_folder, from, to_folder, to, flags);
}

/* Dies when a picture is about to get its name, or when it has it. */
int renameat(int from_folder, const char* from, int to_folder, const char* to) {
  const char* when = getenv("KILL");
  const int is_picture = strstr(to, ".png") != NULL;
  if (is_picture && when != NULL && strcmp(when, "before") == 0) kill(getpid(), SIGKILL);
  int (*real)(int, const char*, int, const char*) = dlsym(RTLD_NEXT, "renameat");
  const int result = real(from_folder, from, to_folder, to);
  if (is_picture && when != NULL && strcmp(when, "after") == 0) kill(getpid(), SIGKILL);
  return result;
}

int flock(int file, int operation) {
  const int error = answer("FLOCK_ANSWER");
  /* NFS gives an exclusive lock to a descriptor that can be written to. */
  const int is_refused = error != EBADF || ((operation & LOCK_EX) != 0 && (fcntl(file, F_GETFL) & O_ACCMODE) == O_RDONLY);
  if (error != 0 && is_refused) return errno = error, -1;
  int (*real)(int, int) = dlsym(RTLD_NEXT, "flock");
  return real(file, operation);
}

/* Files whose names end in this cannot be read. */
static int is_bad(int file) {
  const char* end = getenv("UNREADABLE");
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (end == NULL || length < (ssize_t)strlen(end)) return 0;
  path[length] = 0;
  return strcmp(path + length - strlen(end), end) == 0;
}

ssize_t read(int file, void* buffer, size_t size) {
  if (is_bad(file)) return errno = EIO, -1;
  ssize_t (*real)(int, void*, size_t) = dlsym(RTLD_NEXT, "read");
  return real(file, buffer, size);
}

ssize_t __read_chk(int file, void* buffer, size_t size, size_t room) {
  return size > room ? -1 : read(file, buffer, size);
}
"""

THREE = ["a cat", *QUICK, "-b", "3", "-o", "out/"]
NAMES = ["00001-42.png", "00002-43.png", "00003-44.png"]
NAMELESS = [(errno.EINVAL, errno.ENOSYS), (errno.ENOSYS, errno.EPERM), (errno.EINVAL, errno.EOPNOTSUPP),
            (errno.ENOSYS, errno.EMLINK)]


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shim")
    (folder / "shim.c").write_text(SHIM)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", folder / "shim.so", folder / "shim.c", "-ldl"], check=True)
    return folder / "shim.so"


def answering(shim, **answers):
    return os.environ | {"LD_PRELOAD": str(shim)} | {name: str(value) for name, value in answers.items()}


def content_of(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.png")}


def last_event(result):
    return json.loads(result.stdout.splitlines()[-1])


@pytest.mark.parametrize("rename, link", NAMELESS)
def test_everything_is_published_without_renaming_and_links(sfumato, tmp_path, shim, rename, link):
    environment = answering(shim, RENAME_ANSWER=rename, LINK_ANSWER=link)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / NAMES[1]).write_bytes(b"mine")
    result = sfumato(*THREE, "-v", env=environment)
    assert result.returncode == 0, result.stderr
    assert result.stderr.count("has neither RENAME_NOREPLACE nor hard links") == 1
    names = [NAMES[0], "00002-43-2.png", NAMES[1], NAMES[2]]
    assert pictures_in(tmp_path / "out") == [".sfumato", *names, "index.jsonl"]
    assert (tmp_path / "out" / NAMES[1]).read_bytes() == b"mine"
    again = sfumato(*THREE, "--json", env=environment)
    assert (last_event(again)["made"], last_event(again)["existing"]) == (0, 3)
    assert "RENAME_NOREPLACE" not in again.stderr


def test_one_file_is_published_too(sfumato, tmp_path, shim):
    environment = answering(shim, RENAME_ANSWER=errno.EINVAL, LINK_ANSWER=errno.ENOSYS)
    result = sfumato("a cat", *QUICK, "-v", "-o", "cat.png", env=environment)
    assert result.returncode == 0 and "has neither RENAME_NOREPLACE nor hard links" in result.stderr
    assert sfumato("a dog", *QUICK, "-o", "cat.png", env=environment).returncode == 73
    assert pictures_in(tmp_path) == ["cat.png"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_killed_process_leaves_no_name_taken(sfumato, tmp_path, shim, when):
    nameless = {"RENAME_ANSWER": errno.EINVAL, "LINK_ANSWER": errno.EPERM}
    assert sfumato(*THREE, env=answering(shim, KILL=when, **nameless)).returncode == -signal.SIGKILL
    result = sfumato(*THREE, "--json", env=answering(shim, **nameless))
    assert (result.returncode, last_event(result)["set_aside"]) == (0, 0)
    assert pictures_in(tmp_path / "out") == [".sfumato", *NAMES, "index.jsonl"]
    assert all(content_of(tmp_path / "out").values())


def wait_for_events(process, folder, event, number):
    """The journal in which so many events of that kind are, while the process runs."""
    while process.poll() is None:
        for path in folder.glob(".sfumato/journal.*"):
            if path.read_text().count(f'"event":"{event}"') >= number:
                return path
        time.sleep(0.02)
    pytest.fail(process.communicate()[1])


# The first process is at a picture for as long as that may take, stopped here, and its journal shows nothing of it.
@pytest.mark.parametrize("answer", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.EBADF])
def test_a_living_process_is_seen_without_locks(tmp_path, shim, answer):
    command = [BINARY, "a cat", *MODEL, "--steps", "60", "-W", "64", "-H", "64", "-t", "1", "--device", "cpu", "-b", "3",
               "-o", "out/", "--json", "-v"]
    options = {"cwd": tmp_path, "env": answering(shim, FLOCK_ANSWER=answer), "text": True, "stdout": subprocess.PIPE,
               "stderr": subprocess.PIPE}
    first = subprocess.Popen(command, **options)
    journal = wait_for_events(first, tmp_path / "out", "started", 1)
    first.send_signal(signal.SIGSTOP)
    try:
        long_ago = time.time() - 3600
        os.utime(journal, (long_ago, long_ago))
        second = subprocess.Popen(command, **options)
        wait_for_events(second, tmp_path / "out", "done", 2)
    finally:
        first.send_signal(signal.SIGCONT)
    outputs = [process.communicate(timeout=300) for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], outputs
    events = [json.loads(out.splitlines()[-1]) for out, _ in outputs]
    assert [event["made"] for event in events] == [1, 2]
    assert [event["set_aside"] for event in events] == [0, 0]
    assert sorted(content_of(tmp_path / "out")) == NAMES
    assert all(("has no locks" in err) == (answer != errno.EBADF) for _, err in outputs)


@pytest.mark.parametrize("words", [[], ["--check"]])
def test_a_picture_that_cannot_be_read_is_no_damage(sfumato, tmp_path, shim, words):
    """It stays under its name, and nothing is made in its place."""
    assert sfumato(*THREE).returncode == 0
    before = content_of(tmp_path / "out")
    if not words:
        os.utime(tmp_path / "out" / NAMES[1])  # so that it has to be read
    result = sfumato(*THREE, *words, env=answering(shim, UNREADABLE=NAMES[1]))
    assert f"out/{NAMES[1]}: " in result.stderr and "Input/output error" in result.stderr
    assert result.returncode == (66 if words else 1), result.stderr
    assert content_of(tmp_path / "out") == before
    again = sfumato(*THREE, "--json")
    assert (again.returncode, last_event(again)["made"], last_event(again)["existing"]) == (0, 0, 3)
