"""Where pictures go: whole, or not at all, and never over another file."""

import os
import resource
import signal
import subprocess

import pytest
from conftest import BINARY, BUNDLE, QUICK, error_of, pictures_in, read_png


def limited(bytes_per_file):
    def apply():
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_per_file, resource.RLIM_INFINITY))

    return apply


def test_a_file_that_is_there_is_replaced_only_when_asked(sfumato, tmp_path):
    target = tmp_path / "a.png"
    target.write_text("mine")
    result = sfumato("a cat", *QUICK, "-o", "a.png")
    assert (result.returncode, result.stdout) == (73, "")
    assert error_of(result) == "a.png: is there already. Give another --output, or add --overwrite."
    assert target.read_text() == "mine"
    assert sfumato("a cat", *QUICK, "-o", "a.png", "--overwrite").returncode == 0
    assert read_png(target.read_bytes())[:2] == (64, 64)
    assert pictures_in(tmp_path) == ["a.png"]


def test_a_name_of_its_own_choice_is_numbered_on(sfumato, tmp_path):
    for _ in range(2):
        assert sfumato("a cat", *QUICK).returncode == 0
    assert pictures_in(tmp_path) == ["a-cat-42-2.png", "a-cat-42.png"]


def test_a_file_in_the_place_of_a_folder_is_named(sfumato, tmp_path):
    (tmp_path / "file").write_text("mine")
    result = sfumato("a cat", *QUICK, "-o", "file/")
    assert result.returncode == 73
    assert error_of(result) == "file: is not a folder and cannot be made one: Not a directory."


def test_a_folder_that_ends_in_png_takes_pictures(sfumato, tmp_path):
    (tmp_path / "a.png").mkdir()
    assert sfumato("a cat", *QUICK, "-o", "a.png").stdout == "a.png/00001-42.png\n"


def test_no_picture_goes_into_the_model(sfumato):
    result = sfumato("a cat", *QUICK, "-o", str(BUNDLE / "a.png"))
    assert result.returncode == 73
    assert error_of(result).endswith("is inside the model's folder, which takes no other files. Give another --output.")
    assert not (BUNDLE / "a.png").exists()


def test_a_name_that_is_too_long_is_a_sentence_and_no_fault(sfumato):
    assert sfumato("a cat", *QUICK, "-o", "a" * 300 + ".png").returncode == 64
    assert sfumato("a cat", *QUICK, "-o", "a" * 300 + "/a.png").returncode == 73


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to every folder")
def test_a_folder_that_cannot_be_written_to_is_named_before_the_work(sfumato, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o555)
    result = sfumato("a cat", *QUICK, "-o", "locked/")
    assert result.returncode == 73
    assert error_of(result) == "locked: cannot be written to: Permission denied."


def test_a_disk_without_room_leaves_nothing_behind(sfumato, tmp_path):
    result = sfumato("a cat", *QUICK, "-q", "-o", "out/", preexec_fn=limited(1000))
    assert (result.returncode, result.stdout) == (74, "")
    assert error_of(result) == "out/00001-42.png: cannot be written: File too large. Free some space and run the same command again."
    assert pictures_in(tmp_path / "out") == []


def in_a_small_file_system(tmp_path, options, script):
    """Runs a shell script where out/ is a file system of its own; `$@` is the program with its arguments."""
    (tmp_path / "out").mkdir()
    mount = ["unshare", "-Urm", "sh", "-c", f'mount -t tmpfs -o {options} none out && {{ {script}; }}', "sh"]
    allowed = subprocess.run([*mount[:-2], f"mount -t tmpfs -o {options} none out"], cwd=tmp_path, capture_output=True)
    if allowed.returncode != 0:
        pytest.skip("mounting in a namespace of one's own is not allowed here")
    command = [*mount, str(BINARY), "a cat", *QUICK, "-q", "-o", "out/"]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)


def test_a_full_file_system_keeps_what_was_finished(tmp_path):
    script = 'head -c 4000 /dev/zero > out/big; "$@"; code=$?; ls -A out >&2; exit $code'
    result = in_a_small_file_system(tmp_path, "size=8k", script)
    assert result.returncode == 74
    first, names = result.stderr.split("\n", 1)
    assert first.endswith("No space left on device. Free some space and run the same command again.")
    assert names.split() == ["big"]


def test_a_read_only_file_system_is_named_before_the_work(tmp_path):
    result = in_a_small_file_system(tmp_path, "ro", '"$@"')
    assert result.returncode == 73
    assert error_of(result) == "out: cannot be written to: Read-only file system."


def test_a_full_standard_output_is_an_io_error(sfumato, tmp_path):
    for words in (["-o", "a.png"], ["-o", "b.png", "--json"], ["-o", "-"]):
        with open("/dev/full", "w") as full:
            result = sfumato("a cat", *QUICK, "-q", *words, capture_output=False, stdout=full, stderr=subprocess.PIPE)
        assert result.returncode == 74
        assert error_of(result).startswith("standard output cannot be written to.")
    assert pictures_in(tmp_path) == ["a.png", "b.png"]
    assert sfumato("--help", capture_output=False, stdout=open("/dev/full", "w")).returncode == 74


def test_a_reader_that_goes_away_does_not_kill_the_program(sfumato, tmp_path):
    read, write = os.pipe()
    os.close(read)
    result = sfumato("a cat", *QUICK, "-q", "--json", "-o", "a.png", capture_output=False, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert result.returncode == 74
    read_png((tmp_path / "a.png").read_bytes())


@pytest.mark.parametrize(("closed", "code"), [("0<&-", 0), ("1>&-", 74), ("2>&-", 0), ("0<&- 1>&- 2>&-", 74)])
def test_closed_streams_damage_no_picture(tmp_path, closed, code):
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", str(BINARY), "a cat", *QUICK, "-v", "-o", "a.png"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60).returncode == code
    read_png((tmp_path / "a.png").read_bytes())
    assert pictures_in(tmp_path) == ["a.png"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_run_and_leaves_only_whole_pictures(tmp_path, number, code):
    command = [BINARY, "a cat", *QUICK, "-b", "1000", "--json", "-q", "-o", "out/"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while '"event":"image"' not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert err.startswith("sfumato: error: stopped") and err.count("\n") == 1
    names = [name for name in pictures_in(tmp_path / "out") if name.endswith(".png")]
    assert len(names) == 1 + out.count('"event":"image"') < 1000
    assert pictures_in(tmp_path / "out") == [".sfumato", *names, "index.jsonl"]
    for name in names:
        read_png((tmp_path / "out" / name).read_bytes())


def test_what_a_script_put_into_the_background_can_still_be_interrupted(tmp_path):
    """Shells ignore SIGINT for it; nohup ignores SIGHUP, and there that is meant."""
    command = f"trap '' INT HUP; exec '{BINARY}' 'a cat' {' '.join(QUICK)} -b 1000 --json -q -o out/"
    with subprocess.Popen(["sh", "-c", command], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        while '"event":"image"' not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGHUP)
        while '"event":"image"' not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
