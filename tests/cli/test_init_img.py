"""Pictures that start from others: as flags, lists, folders, standard input, lines of a file, and taken up again."""

import hashlib
import json
import shutil

import pytest
from conftest import MODEL, error_of, pictures_in, read_png
from png_files import png

# As little work as makes a picture; the size is that of the picture it starts from.
FEW = [*MODEL, "--steps", "4", "-t", "1", "--device", "cpu"]


@pytest.fixture
def fox(tmp_path):
    (tmp_path / "fox.png").write_bytes(png(width=64, height=64))
    return tmp_path / "fox.png"


def values_of(path):
    return json.loads(read_png(path.read_bytes())[2]["sfumato"])


def digest_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_one_picture_is_as_large_as_the_one_it_starts_from_and_tells_of_it(sfumato, tmp_path, fox):
    fox.write_bytes(png(width=70, height=61))
    result = sfumato("a fox", "-i", "fox.png", "--strength", "0.5", *FEW, "-o", "a.png")
    assert result.returncode == 0, result.stderr
    assert "2 of 4 steps at strength 0.5" in result.stderr
    assert "fox.png: 70x61" in result.stderr, "what was done to its size is told"
    width, height, texts = read_png((tmp_path / "a.png").read_bytes())
    assert (width, height) == (72, 64)
    values = json.loads(texts["sfumato"])
    assert (values["init_img"], values["init_img_sha256"]) == ("fox.png", digest_of(fox))
    assert (values["strength"], values["steps"], values["steps_done"]) == (0.5, 4, 2)
    assert "Denoising strength: 0.5" in texts["parameters"]
    shown = sfumato("inspect", "a.png").stdout
    assert "  init img          fox.png\n" in shown and digest_of(fox) in shown


def test_without_output_it_is_named_after_both_and_overwrites_neither(sfumato, tmp_path, fox):
    result = sfumato("a red one", "-i", "fox.png", *FEW)
    assert result.stdout == "fox-a-red-one-42.png\n", result.stderr
    before = fox.read_bytes()
    result = sfumato("a red one", "-i", "fox.png", *FEW, "-o", "fox.png", "--overwrite")
    assert result.returncode == 64
    assert error_of(result) == "--overwrite: fox.png is what the picture starts from. Give another --output."
    assert fox.read_bytes() == before


def test_lists_of_strengths_multiply_and_make_other_pictures(sfumato, tmp_path, fox):
    result = sfumato("a", "-i", "fox.png", "--strength", "0.25,0.5,1", *FEW, "-o", "out/{init}-{strength}.png", "--grid", "g.png")
    assert result.returncode == 0, result.stderr
    names = ["fox-0.25.png", "fox-0.5.png", "fox-1.png"]
    made = [name for name in pictures_in(tmp_path / "out") if name.endswith(".png")]
    assert made == names
    assert len({(tmp_path / "out" / name).read_bytes() for name in names}) == 3
    assert [values_of(tmp_path / "out" / name)["steps_done"] for name in names] == [1, 2, 4]
    width, height, _ = read_png((tmp_path / "g.png").read_bytes())
    assert width > height, "four in a row: the source and what was made of it"


def test_exact_steps_does_them_all(sfumato, tmp_path, fox):
    result = sfumato("a", "-i", "fox.png", "--strength", "0.5", "--exact-steps", *FEW, "--json", "-o", "a.png")
    steps = [json.loads(line) for line in result.stdout.splitlines() if '"step"' in line]
    assert [step["steps"] for step in steps if step["event"] == "step"] == [4] * 4
    assert values_of(tmp_path / "a.png")["exact_steps"] is True


def test_a_folder_is_one_job_for_each_picture_in_it(sfumato, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "b.png").write_bytes(png(width=64, height=64))
    (tmp_path / "in" / "a.png").write_bytes(png(width=72, height=64))
    (tmp_path / "in" / "bad.png").write_bytes(png(width=64, height=64)[:20])
    (tmp_path / "in" / "notes.txt").write_text("no picture")
    result = sfumato("a fox", "-i", "in", *FEW, "-o", "out/{index}-{init}.png")
    assert result.returncode == 1, "one of them is damaged"
    assert "picture 3: in/bad.png: " in result.stderr
    assert [name for name in pictures_in(tmp_path / "out") if name.endswith(".png")] == ["1-a.png", "2-b.png"]
    assert read_png((tmp_path / "out" / "1-a.png").read_bytes())[:2] == (72, 64)


def test_a_folder_does_not_take_its_own_pictures(sfumato, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.png").write_bytes(png(width=64, height=64))
    result = sfumato("a fox", "-i", "in", *FEW, "-o", "in/")
    assert result.returncode == 64 and "is the folder of --init-img" in error_of(result)
    assert pictures_in(tmp_path / "in") == ["a.png"]


def test_standard_input_is_a_picture(sfumato, tmp_path, fox):
    data = fox.read_bytes()
    for arguments in [["-i", "-"], ["-i", "fox.png"]]:
        result = sfumato("a", *arguments, *FEW, "--no-metadata", "-o", f"{len(arguments[1])}.png", input=data, text=False)
        assert result.returncode == 0, result.stderr
    assert (tmp_path / "1.png").read_bytes() == (tmp_path / "7.png").read_bytes()
    result = sfumato("-f", "-", "-i", "-", *FEW, input="a fox\n")
    assert result.returncode != 0 and "standard input gives the prompts" in result.stderr


def test_lines_of_a_file_say_what_they_start_from(sfumato, tmp_path, fox):
    (tmp_path / "p.txt").write_text(
        "a fox -i fox.png --strength 0.5\n"
        '{"prompt": "a cat", "init_img": ["fox.png"], "exact_steps": true, "strength": 0.5}\n'
        "a dog\n"
        "a cow -i none.png\n"
        "a pig --strength 0.5\n"
    )
    result = sfumato("-f", "p.txt", "--fit", "pad", *FEW, "-W", "64", "-H", "64", "-o", "out/")
    assert result.returncode == 1
    assert "p.txt:4: --init-img: none.png: there is no such file." in result.stderr
    assert "p.txt:5: --strength: has no effect without --init-img." in result.stderr
    made = [values_of(tmp_path / "out" / f"0000{n}-42.png") for n in (1, 2, 3)]
    assert [values.get("steps_done") for values in made] == [2, 4, None]
    assert [values.get("fit") for values in made] == ["pad", "pad", None]


def test_an_edited_source_makes_a_new_picture_and_a_moved_one_does_not(sfumato, tmp_path, fox):
    command = ["a", "-s", "1..2", *FEW, "-o", "out/{key:8}.png"]
    assert sfumato(*command, "-i", "fox.png").stderr.count("2 made") == 1
    shutil.copy(fox, tmp_path / "copy.png")
    assert "2 already there" in sfumato(*command, "-i", "copy.png").stderr
    fox.write_bytes(png(width=64, height=72))
    assert "2 made" in sfumato(*command, "-i", "fox.png").stderr
    assert len([name for name in pictures_in(tmp_path / "out") if name.endswith(".png")]) == 4


def test_a_mask_keeps_what_is_black(sfumato, tmp_path, fox):
    (tmp_path / "black.png").write_bytes(png(width=64, height=64, value=0))
    (tmp_path / "white.png").write_bytes(png(width=64, height=64, value=255))
    for mask in ("black", "white"):
        result = sfumato("a", "-i", "fox.png", "--mask", f"{mask}.png", *FEW, "--no-metadata", "-o", f"{mask}-out.png")
        assert result.returncode == 0, result.stderr
    inverted = sfumato("a", "-i", "fox.png", "--mask", "white.png", "--mask-invert", *FEW, "--no-metadata", "-o", "inv.png")
    assert inverted.returncode == 0
    assert (tmp_path / "inv.png").read_bytes() == (tmp_path / "black-out.png").read_bytes()
    assert (tmp_path / "white-out.png").read_bytes() != (tmp_path / "black-out.png").read_bytes()


def test_a_picture_is_verified_with_what_it_started_from(sfumato, tmp_path, fox):
    (tmp_path / "in").mkdir()
    shutil.move(fox, tmp_path / "in" / "fox.png")
    assert sfumato("a", "-i", "in/fox.png", *FEW, "-o", "a.png").returncode == 0
    verify = ["verify", "-t", "1", "a.png"]
    assert "identical" in sfumato(*verify).stdout
    shutil.move(tmp_path / "in" / "fox.png", tmp_path / "in" / "renamed.png")
    result = sfumato(*verify)
    assert result.returncode == 1
    assert "not verified: it was made from in/fox.png, which does not exist. Name its place with --inputs." in result.stdout
    assert "identical" in sfumato(*verify, "--inputs", "in/renamed.png").stdout
    shutil.copy(tmp_path / "in" / "renamed.png", tmp_path / "fox.png")
    assert "identical" in sfumato(*verify).stdout, "it lies beside the picture"


def test_from_image_starts_from_the_same_again(sfumato, tmp_path, fox):
    assert sfumato("a", "-i", "fox.png", "--strength", "0.5", *FEW, "-o", "a.png").returncode == 0
    again = [*MODEL, "-t", "1", "--device", "cpu", "--from-image", "a.png"]
    assert sfumato(*again, "-o", "b.png").returncode == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    (tmp_path / "other.png").write_bytes(png(width=32, height=64))
    assert sfumato(*again, "-i", "other.png", "-o", "c.png").returncode == 0
    values = values_of(tmp_path / "c.png")
    assert (values["init_img"], values["strength"], values["width"]) == ("other.png", 0.5, 64)
    fox.unlink()
    result = sfumato(*again, "-o", "d.png")
    assert result.returncode == 66
    assert error_of(result) == (
        "--from-image: a.png was made from fox.png, which does not exist. Name it with --init-img."
    )


def test_a_plan_shows_what_pictures_start_from(sfumato, fox):
    result = sfumato("a fox", "-i", "fox.png", "--strength", "0.3,0.5", *MODEL, "--plan", "-o", "out/")
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("--init-img fox.png") == 2 and "--strength 0.3" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["-i", "fox.png", "--strength", "0"], 64, "--strength: 0 is out of range; a number above 0, at most 1, is expected."),
        (["-i", "fox.png", "--strength", "1.5"], 64, '--strength: "1.5"'),
        (["-i", "fox.png", "--strength", "0.1"], 64, "--strength: 0.1 of 4 steps is less than one step."),
        (["--strength", "0.5"], 64, "--strength: has no effect without --init-img."),
        (["--mask", "fox.png"], 64, "--mask: has no effect without --init-img."),
        (["-i", "fox.png", "--mask-blur", "3"], 64, "--mask-blur: has no effect without --mask."),
        (["-i", "fox.png", "--mask", "small.png"], 65, "small.png"),
        (["-i", "none.png"], 66, "--init-img: none.png: there is no such file."),
        (["-i", "empty"], 66, "--init-img: empty: there is no PNG or JPEG in this folder."),
        (["-i", "cut.png"], 65, "cut.png: "),
        (["-i", "fox.gif"], 65, "fox.gif: "),
        (["-i", "fox.png", "--background", "glass"], 64, '--background: "glass" is not a colour'),
    ],
)
def test_what_cannot_be_is_one_sentence_and_an_exit_code(sfumato, tmp_path, fox, arguments, code, words):
    (tmp_path / "small.png").write_bytes(png(width=32, height=32))
    (tmp_path / "cut.png").write_bytes(fox.read_bytes()[:-20])
    (tmp_path / "fox.gif").write_bytes(b"GIF89a" + b"\0" * 20)
    (tmp_path / "empty").mkdir()
    result = sfumato("a", *arguments, *FEW, "-o", "a.png")
    assert result.returncode == code, result.stderr
    assert words in result.stderr
    assert not (tmp_path / "a.png").exists()
