"""The same command again: what is finished stays, what is missing or damaged is made, and nothing is mixed up."""

import hashlib
import json
import os
import signal
import subprocess
import time
import zlib

import pytest
from conftest import BINARY, MODEL, QUICK, error_of, pictures_in, read_png
from png_files import png, text

SLOW = [*MODEL, "--steps", "1000", "-W", "64", "-H", "64", "-t", "1", "--device", "cpu"]
FOUR = ["a cat", *QUICK, "-b", "4", "-o", "out/"]
NAMES = ["00001-42.png", "00002-43.png", "00003-44.png", "00004-45.png"]


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.png")}


def journals(folder):
    return sorted((folder / ".sfumato").glob("journal.*.jsonl"))


def last_event(result):
    return json.loads(result.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def golden(tmp_path_factory):
    """The four pictures of an undisturbed run."""
    folder = tmp_path_factory.mktemp("golden")
    subprocess.run([BINARY, *FOUR], cwd=folder, check=True, capture_output=True, timeout=60)
    return digests(folder / "out")


@pytest.fixture
def four(sfumato, tmp_path, golden):
    assert sfumato(*FOUR).returncode == 0
    assert digests(tmp_path / "out") == golden
    return tmp_path / "out"


def test_what_is_there_is_told_and_not_made_again(sfumato, four, golden):
    before = {path.name: path.stat().st_mtime_ns for path in four.glob("*.png")}
    result = sfumato(*FOUR)
    assert (result.returncode, result.stdout.split()) == (0, [f"out/{name}" for name in NAMES])
    assert "0 made, 4 already there" in result.stderr
    assert {path.name: path.stat().st_mtime_ns for path in four.glob("*.png")} == before


def test_no_network_is_loaded_when_all_is_there(sfumato, four):
    events = [json.loads(line)["event"] for line in sfumato(*FOUR, "--json").stdout.splitlines()]
    assert events == ["plan", "image", "image", "image", "image", "done"]


def test_a_picture_that_is_gone_is_made_again(sfumato, four, golden):
    (four / NAMES[2]).unlink()
    result = sfumato(*FOUR)
    assert result.returncode == 0 and "1 made, 3 already there" in result.stderr
    assert digests(four) == golden


def test_a_damaged_picture_is_kept_under_another_name_and_made_again(sfumato, four, golden):
    with open(four / NAMES[1], "r+b") as file:
        file.seek(2000)
        file.write(b"x")
    result = sfumato(*FOUR)
    assert result.returncode == 0
    assert f"out/{NAMES[1]}: is damaged. It was renamed to {NAMES[1]}.damaged and is made again." in result.stderr
    assert digests(four) == golden and (four / f"{NAMES[1]}.damaged").exists()


@pytest.mark.parametrize("change", ["damaged", "rewritten"])
def test_damage_that_size_and_time_do_not_show_is_found_by_a_check(sfumato, four, golden, change):
    path = four / NAMES[1]
    times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    data = bytearray(path.read_bytes())
    if change == "damaged":
        data[2000] ^= 1
    else:  # every checksum is right, but the metadata are not what they were
        where = data.index(b"parameters\0a cat")
        data[where + 11:where + 16] = b"a cow"
        begin = where - 4
        end = begin + 4 + int.from_bytes(data[begin - 4:begin], "big")
        data[end:end + 4] = zlib.crc32(data[begin:end]).to_bytes(4, "big")
    path.write_bytes(data)
    os.utime(path, ns=times)
    assert "0 made, 4 already there" in sfumato(*FOUR).stderr
    assert "damaged: 0" in sfumato("status", "out").stdout
    status = sfumato("status", "out", "--check")
    assert status.returncode == 1 and "done: 3\nfailed: 0\nset aside: 0\ndamaged: 1\n" in status.stdout
    result = sfumato(*FOUR, "--check")
    assert result.returncode == 0 and "1 made, 3 already there" in result.stderr
    assert digests(four) == golden and (four / f"{NAMES[1]}.damaged").read_bytes() == data
    assert sfumato("status", "out", "--check").returncode == 0


def test_bytes_behind_the_end_of_a_picture_are_damage(sfumato, four, golden):
    with open(four / NAMES[1], "ab") as file:
        file.write(b"x")
    assert f"{NAMES[1]}: not verified: the PNG is damaged: 1 byte follows its last chunk." in sfumato("verify", "out").stdout
    assert "damaged: 1" in sfumato("status", "out").stdout
    assert f"out/{NAMES[1]}: is damaged." in sfumato(*FOUR).stderr
    assert digests(four) == golden


def test_a_key_makes_no_picture_of_another_size_the_jobs(sfumato, tmp_path, four, golden):
    small = png(*(text(keyword, value) for keyword, value in read_png((four / NAMES[0]).read_bytes())[2].items()))
    (four / NAMES[0]).write_bytes(small)
    result = sfumato(*FOUR)
    assert f"out/{NAMES[0]}: is damaged." in result.stderr and digests(four) == golden
    other = tmp_path / "other"
    other.mkdir()
    (other / NAMES[0]).write_bytes(small)
    result = sfumato("a cat", *QUICK, "-b", "4", "-o", "other/")
    assert "4 made" in result.stderr and (other / NAMES[0]).read_bytes() == small
    (tmp_path / "one.png").write_bytes(small)
    assert sfumato("a cat", *QUICK, "-o", "one.png").returncode == 73


@pytest.mark.parametrize("share", [0, 0.1, 0.37, 0.5, 0.731, 0.9, 0.999])
def test_a_torn_journal_loses_nothing(sfumato, four, golden, share):
    (journal,) = journals(four)
    os.chmod(journal, 0o644)
    os.truncate(journal, int(journal.stat().st_size * share))
    result = sfumato(*FOUR, "--json")
    assert (result.returncode, last_event(result)["made"]) == (0, 0)
    assert digests(four) == golden


@pytest.mark.parametrize("garbage", [b"", b"\0" * 5000, os.urandom(5000), b"{" * 5000, b"\n" * 100, b'{"event":"done"}\n'])
def test_a_journal_of_garbage_loses_nothing(sfumato, four, golden, garbage):
    (journal,) = journals(four)
    os.chmod(journal, 0o644)
    journal.write_bytes(garbage)
    result = sfumato(*FOUR, "--json")
    assert (result.returncode, last_event(result)["made"], last_event(result)["imported"]) == (0, 0, 4)
    assert digests(four) == golden


def test_a_lost_journal_loses_nothing(sfumato, four, golden):
    for path in (four / ".sfumato").iterdir():
        path.unlink()
    (four / ".sfumato").rmdir()
    assert last_event(sfumato(*FOUR, "--json"))["imported"] == 4
    assert last_event(sfumato(*FOUR, "--json"))["imported"] == 0
    assert digests(four) == golden


def test_pictures_without_metadata_are_known_by_the_journal(sfumato, tmp_path):
    for made in (4, 0):
        result = sfumato(*FOUR, "--no-metadata", "--json")
        assert (result.returncode, last_event(result)["made"]) == (0, made)
    assert len(digests(tmp_path / "out")) == 4


def test_another_job_does_not_take_a_name_that_is_taken(sfumato, four, golden):
    result = sfumato("a dog", *QUICK, "-b", "2", "-o", "out/")
    assert result.stdout.split() == ["out/00001-42-2.png", "out/00002-43-2.png"]
    assert "4 pictures in the folder are of other jobs than these, and stayed as they are." in result.stderr
    assert golden.items() <= digests(four).items()
    assert sfumato("a dog", *QUICK, "-b", "2", "-o", "out/").stdout == result.stdout


def test_somebodys_file_is_never_replaced(sfumato, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / NAMES[0]).write_text("mine")
    assert sfumato(*FOUR).stdout.split()[0] == "out/00001-42-2.png"
    assert (tmp_path / "out" / NAMES[0]).read_text() == "mine"


def test_pictures_of_another_model_are_not_mixed_in(sfumato, four):
    for path in journals(four):
        os.chmod(path, 0o644)
        path.write_text(path.read_text().replace('"model":"', '"model":"0'))
    result = sfumato(*FOUR)
    assert result.returncode == 73
    assert error_of(result).startswith("out: holds pictures of another model (0")


def test_a_single_file_with_the_same_values_is_there_already(sfumato, tmp_path):
    assert sfumato("a cat", *QUICK, "-o", "cat.png").returncode == 0
    before = (tmp_path / "cat.png").stat().st_mtime_ns
    result = sfumato("a cat", *QUICK, "-o", "cat.png")
    assert (result.returncode, result.stdout) == (0, "cat.png\n")
    assert (tmp_path / "cat.png").stat().st_mtime_ns == before
    assert sfumato("a cat", *QUICK, "-s", "7", "-o", "cat.png").returncode == 73
    assert pictures_in(tmp_path) == ["cat.png"]


def test_two_processes_share_one_folder(tmp_path, golden):
    command = [BINARY, *FOUR, "--json"]
    both = [subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    ends = [json.loads(process.communicate(timeout=60)[0].splitlines()[-1]) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert all(end["made"] + end["existing"] == 4 for end in ends)
    assert digests(tmp_path / "out") == golden


def test_a_process_that_was_killed_costs_at_most_the_picture_in_flight(sfumato, tmp_path, golden):
    with subprocess.Popen([BINARY, *FOUR, "--json"], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        while '"event":"image"' not in process.stdout.readline():
            assert process.poll() is None
        process.kill()
    there = len(list((tmp_path / "out").glob("*.png")))
    assert there >= 1
    assert last_event(sfumato(*FOUR, "--json"))["made"] == 4 - there
    assert digests(tmp_path / "out") == golden
    assert [name for name in pictures_in(tmp_path / "out") if name.endswith(".part")] == []


def dead_journal(folder, key, number, phase=None, cause=None):
    """What a process leaves that died while it was at a picture. cause: what it crashed of; None: it was killed."""
    host = subprocess.run(["uname", "-n"], capture_output=True, text=True).stdout.strip().replace(".", "-")
    path = folder / ".sfumato" / f"journal.{host}.999999.{number}.jsonl"
    entries = [{"event": "started", "job": key}]
    if phase:
        entries.append({"event": "entered", "job": key, "phase": phase})
    if cause:
        entries.append({"event": "crashed", "cause": cause, "phase": phase or "begin"})
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))


@pytest.fixture
def first_key(sfumato, tmp_path):
    """The key of the first of the four pictures, and an empty folder that takes journals."""
    first = json.loads(sfumato("a cat", *QUICK, "-o", "one.png", "--json").stdout.splitlines()[-2])
    (tmp_path / "out" / ".sfumato").mkdir(parents=True)
    return first["key"]


def test_a_picture_that_crashed_the_process_twice_is_set_aside(sfumato, tmp_path, golden, first_key):
    dead_journal(tmp_path / "out", first_key, 1, "sample", "SIGSEGV")
    dead_journal(tmp_path / "out", first_key, 2, "decode", "SIGABRT")
    result = sfumato(*FOUR)
    assert result.returncode == 1
    assert ("picture 1 (seed 42): the program crashed twice while it was at this picture (SIGABRT, last in phase \"decode\"). "
            "It is set aside.") in result.stderr
    assert "3 made, 1 set aside" in result.stderr and "--retry" in result.stderr
    assert sorted(digests(tmp_path / "out")) == NAMES[1:]
    assert sfumato(*FOUR, "--retry").returncode == 0
    assert digests(tmp_path / "out") == golden


def test_a_process_that_is_killed_sets_no_picture_aside_before_the_fifth_time(sfumato, tmp_path, golden, first_key):
    for number in range(4):
        dead_journal(tmp_path / "out", first_key, number, "sample")
        dead_journal(tmp_path / "out", first_key, number + 4, "decode")
    assert sfumato(*FOUR).returncode == 0
    assert digests(tmp_path / "out") == golden
    (tmp_path / "out" / NAMES[0]).unlink()
    dead_journal(tmp_path / "out", first_key, 8, "decode")
    result = sfumato(*FOUR)
    assert result.returncode == 1
    assert ("picture 1 (seed 42): the program was killed 5 times while this picture was in phase \"decode\", by whom is not "
            "known. It is set aside.") in result.stderr


def test_the_journal_says_in_which_phase_a_process_was_killed(sfumato, tmp_path):
    command = [BINARY, "a cat", *SLOW, "-b", "2", "-o", "out/", "--json"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        while '"event":"step"' not in process.stdout.readline():
            assert process.poll() is None
        process.kill()
    (journal,) = journals(tmp_path / "out")
    entries = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [entry["event"] for entry in entries] == ["opened", "started", "entered"] and entries[2]["phase"] == "sample"
    sfumato(*command[1:], "--time-limit", "0.1", "--grace", "0")
    assert json.loads(journal.read_text().splitlines()[-1])["cause"] == "unknown"


def test_a_picture_at_which_the_process_died_once_comes_last(sfumato, tmp_path, golden, first_key):
    dead_journal(tmp_path / "out", first_key, 1)
    result = sfumato(*FOUR)
    assert (result.returncode, result.stdout.split()) == (0, [f"out/{name}" for name in [*NAMES[1:], NAMES[0]]])
    assert digests(tmp_path / "out") == golden


def test_the_index_lists_what_is_there(sfumato, four):
    (four / NAMES[3]).unlink()
    sfumato("a dog", *QUICK, "-b", "2", "-o", "out/")
    rows = [json.loads(line) for line in (four / "index.jsonl").read_text().splitlines()]
    assert [row["file"] for row in rows] == [*NAMES[:3], "00001-42-2.png", "00002-43-2.png"]
    assert [row["prompt"] for row in rows] == ["a cat"] * 3 + ["a dog"] * 2


@pytest.mark.parametrize(("number", "code", "words"), [
    (signal.SIGINT, 130, "stopped by Ctrl-C"), (signal.SIGTERM, 143, "stopped by SIGTERM"),
    (signal.SIGUSR1, 143, "stopped by SIGUSR1"), (signal.SIGHUP, 129, "stopped: the terminal is gone")])
def test_a_stopped_run_goes_on_where_it_was(sfumato, tmp_path, number, code, words):
    command = ["a cat", *QUICK, "-b", "30", "-o", "out/", "--json"]
    with subprocess.Popen([BINARY, *command], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while '"event":"image"' not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    made = len(list((tmp_path / "out").glob("*.png")))
    assert process.returncode == code
    assert f"{words}: {made} made, {30 - made} left." in err
    end = json.loads(out.splitlines()[-1])
    assert (end["event"], end["made"], end["left"]) == ("done", made, 30 - made)
    assert last_event(sfumato(*command)) | {"seconds": 0} == {
        "event": "done", "made": 30 - made, "existing": made, "imported": 0, "failed": 0, "set_aside": 0, "left": 0, "unclaimed": 0,
        "seconds": 0}


def test_a_picture_that_does_not_fit_the_grace_time_is_dropped(tmp_path):
    command = [BINARY, "a cat", *SLOW, "-b", "2", "-o", "out/", "--json", "--grace", "0.5"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while '"event":"step"' not in process.stdout.readline():
            assert process.poll() is None
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 143 and time.monotonic() - begin < 5
    assert list((tmp_path / "out").glob("*.png")) == []


def test_the_second_signal_leaves_at_once_and_blames_no_picture(sfumato, tmp_path):
    command = ["a cat", *SLOW, "-b", "2", "-o", "out/", "--json"]
    for _ in range(3):
        patient = [BINARY, *command, "--grace", "1000"]
        with subprocess.Popen(patient, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
            while '"event":"step"' not in process.stdout.readline():
                assert process.poll() is None
            process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            process.send_signal(signal.SIGTERM)
            begin = time.monotonic()
            process.communicate(timeout=60)
        assert process.returncode == 143 and time.monotonic() - begin < 1
    result = sfumato(*command, "--time-limit", "0.5", "--grace", "0")
    assert result.returncode == 75 and "set aside" not in result.stderr


OTHER_DTYPE = {"float32": "bfloat16", "bfloat16": "float32"}


def dtypes_in(folder):
    return {json.loads(read_png(path.read_bytes())[2]["sfumato"])["dtype"] for path in folder.glob("*.png")}


@pytest.fixture
def begun_elsewhere(four, tmp_path):
    """A folder in which a processor that takes the other dtype has begun, and that dtype."""
    (record,) = (four / ".sfumato").glob("dtype.*")
    own = record.read_text().rstrip("\n")
    assert dtypes_in(four) == {own}
    folder = tmp_path / "elsewhere"
    (folder / ".sfumato").mkdir(parents=True)
    (folder / ".sfumato" / record.name).write_text(OTHER_DTYPE[own] + "\n")
    return folder, OTHER_DTYPE[own], own


def test_a_folder_keeps_the_dtype_that_it_was_begun_with(sfumato, begun_elsewhere):
    folder, begun, own = begun_elsewhere
    command = [*FOUR[:-1], f"{folder}/"]
    for shard in (["--shard", "0/2"], ["--shard", "1/2"], []):
        result = sfumato(*command, *shard)
        assert result.returncode == 0
        assert f": its pictures are in {begun}, so this run's are too, though {own} is what is fast here; --dtype overrides it\n" in result.stderr
    assert "0 made, 4 already there" in result.stderr
    assert pictures_in(folder) == [".sfumato", *NAMES, "index.jsonl"] and dtypes_in(folder) == {begun}


def test_a_dtype_that_is_asked_for_is_drawn_and_not_kept(sfumato, begun_elsewhere):
    folder, begun, own = begun_elsewhere
    command = [*FOUR[:-1], f"{folder}/"]
    result = sfumato(*command, "--dtype", own)
    assert result.returncode == 0 and "--dtype overrides it" not in result.stderr and dtypes_in(folder) == {own}
    assert "4 made" in sfumato(*command).stderr and dtypes_in(folder) == {own, begun}


def test_a_folder_of_an_earlier_version_goes_on_in_the_dtype_of_its_pictures(sfumato, four, golden):
    (record,) = (four / ".sfumato").glob("dtype.*")
    other = OTHER_DTYPE[record.read_text().rstrip("\n")]
    record.unlink()
    assert "0 made, 4 already there" in sfumato(*FOUR).stderr and digests(four) == golden
    for path in four.glob("*.png"):
        path.unlink()
    record.unlink()
    assert sfumato(*FOUR, "--dtype", other).returncode == 0 and not record.exists()
    (four / NAMES[3]).unlink()
    assert "1 made, 3 already there" in sfumato(*FOUR).stderr and dtypes_in(four) == {other}


def test_a_damaged_record_of_the_dtype_is_told(sfumato, four):
    (record,) = (four / ".sfumato").glob("dtype.*")
    record.write_text("float64\n")
    result = sfumato(*FOUR)
    assert result.returncode == 65
    assert error_of(result) == (f'out/.sfumato/{record.name}: "float64\\n" is not a dtype; float32 or bfloat16 is expected. '
                                "Remove the file; the dtype is then that of the folder's pictures.")
