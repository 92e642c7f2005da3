"""sfumato inspect: what PNGs say of themselves."""

import json

from conftest import QUICK, error_of
from png_files import A1111, png, text


def test_a_picture_of_ours_tells_all_its_values(sfumato, tmp_path):
    assert sfumato("a cat, 3D style", *QUICK, "--dtype", "float32", "-n", "blurry", "-s", "7", "-o", "cat.png").returncode == 0
    result = sfumato("inspect", "cat.png")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].startswith("cat.png: 64 x 64 pixels, made by sfumato 0.")
    assert "  prompt            a cat, 3D style" in lines
    assert "  negative prompt   blurry" in lines
    assert "  seed              7" in lines
    assert "  dtype             float32" in lines


def test_json_has_one_object_a_line_with_where_each_value_stands(sfumato, tmp_path):
    assert sfumato("a cat", *QUICK, "-o", "a.png").returncode == 0
    (tmp_path / "b.png").write_bytes(png(text("parameters", A1111)))
    result = sfumato("inspect", "--json", "a.png", "b.png")
    ours, theirs = map(json.loads, result.stdout.splitlines())
    assert (ours["path"], ours["program"], ours["values"]["seed"], ours["origins"]["seed"]) == ("a.png", "sfumato", "42", "sfumato")
    assert len(ours["key"]) == 64 and len(ours["model_digest"]) == 64
    assert (theirs["program"], theirs["version"], theirs["model"]) == ("AUTOMATIC1111", "v1.10.1", "v1-5")
    assert theirs["values"]["prompt"] == "a photo of a fox, snow"
    assert theirs["origins"]["cfg_scale"] == "parameters: CFG scale"
    assert theirs["model_hash"] == "6ce0161689" and theirs["unmapped"] == {}
    assert (theirs["values"]["strength"], theirs["origins"]["strength"]) == ("0.7", "parameters: Denoising strength")
    assert theirs["keywords"] == ["parameters"]


def test_a_graph_of_comfyui_is_followed(sfumato, tmp_path):
    graph = {
        "3": {
            "class_type": "KSampler",
            "inputs": {"seed": 5, "steps": 20, "cfg": 8, "sampler_name": "dpmpp_2m", "scheduler": "karras", "denoise": 1}
            | {"positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]},
        },
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 640}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "ein M\u00e4dchen"}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "bad"}},
    }
    (tmp_path / "c.png").write_bytes(png(text("prompt", json.dumps(graph)), text("workflow", "{}")))
    found = json.loads(sfumato("inspect", "--json", "c.png").stdout)
    assert (found["program"], found["warnings"]) == ("ComfyUI", {})
    assert found["values"] == {
        "prompt": "ein M\u00e4dchen", "negative_prompt": "bad", "seed": "5", "steps": "20", "cfg_scale": "8",
        "sampling_method": "dpmpp_2m", "scheduler": "karras", "width": "512", "height": "640",
    }  # fmt: skip


def test_what_is_wrong_with_one_file_does_not_hide_the_others(sfumato, tmp_path):
    (tmp_path / "a.png").write_bytes(png(text("parameters", A1111)))
    (tmp_path / "none.png").write_bytes(png())
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "torn.png").write_bytes(png()[:-20])
    result = sfumato("inspect", "none.png", "a.png", "text.png", "torn.png", "absent.png")
    assert result.returncode == 1
    assert result.stdout.startswith("a.png: 8 x 8 pixels, made by AUTOMATIC1111 v1.10.1\n")
    assert result.stderr.splitlines() == [
        "sfumato: error: none.png: does not say how it was made (8 x 8 pixels).",
        "sfumato: error: text.png: not a PNG.",
        "sfumato: error: torn.png: the PNG is cut off: it ends at byte 51, before its last chunk.",
        "sfumato: error: absent.png: No such file or directory.",
    ]
    assert sfumato("inspect", "text.png").returncode == 65
    assert sfumato("inspect", "absent.png").returncode == 66


def test_nothing_of_a_picture_reaches_the_terminal_raw(sfumato, tmp_path):
    evil = "\x1b]0;owned\x07\u202e cat\nSteps: 2, Sampler: \x1b[2J, Seed: 1, Size: 8x8"
    (tmp_path / "a.png").write_bytes(png(text("parameters", evil, b"iTXt")))
    result = sfumato("inspect", "a.png")
    assert result.returncode == 0
    assert "\\x1b]0;owned\\x07\\u202e cat" in result.stdout
    assert "\x1b" not in result.stdout + result.stderr and "\u202e" not in result.stdout


def test_the_words_are_checked(sfumato):
    assert error_of(sfumato("inspect")) == "inspect: no file. Name a PNG: sfumato inspect cat.png"
    result = sfumato("inspect", "--jsno", "a.png")
    assert (result.returncode, error_of(result)) == (64, "--jsno: no such flag. Did you mean --json? --help lists them all.")
    assert sfumato("inspect", "--help").stdout.startswith("usage: sfumato inspect ")


def test_a_prompt_that_is_the_name_of_a_command_is_said_with_a_flag(sfumato, tmp_path):
    assert sfumato("-p", "inspect", *QUICK, "-o", "a.png").returncode == 0
