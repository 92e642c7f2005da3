"""The model is an option of a picture: lists of models, models of lines, each loaded once in a run."""

import json
import os
import signal
import time

import pytest
from conftest import SMALL, error_of, pictures_in, read_png, started, wait_for

torch = pytest.importorskip("torch")
from safetensors.torch import save_file  # noqa: E402

from export.make_checkpoint import checkpoint  # noqa: E402


@pytest.fixture
def models(modules, graphs, tmp_path, monkeypatch):
    """Three checkpoints that draw different pictures; the arguments that a run with them takes."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "models"
    folder.mkdir()
    tensors = checkpoint("sd1", modules("sd1"), torch.float32)
    for i, name in enumerate("abc"):
        save_file(tensors | {"model.diffusion_model.out.2.bias": torch.full([4], i / 4)}, folder / f"{name}.safetensors")
    return [*SMALL, "--model-dir", str(folder), "--trust", "--graphs", graphs("sd1")]


def loads(result):
    return [line.split(": ")[1].split(" on ")[0] for line in result.stderr.splitlines() if ", loaded in " in line]


def test_each_model_is_loaded_once_and_draws_as_it_does_alone(models, sfumato, tmp_path):
    sweep = ["a fox", *models, "-s", "1..2", "--sampling-method", "euler,ddim"]
    result = sfumato(*sweep, "-m", "a,b,c", "-o", "out/{model}-{sampler}-{seed}.png", "--grid", "sheet.png", "-v")
    assert result.returncode == 0, result.stderr
    assert loads(result) == ["a", "b", "c"]
    names = {p for p in pictures_in(tmp_path / "out") if p.endswith(".png")}
    assert names == {f"{m}-{s}-{i}.png" for m in "abc" for s in ("euler", "ddim") for i in (1, 2)}
    for model in "abc":
        assert sfumato(*sweep, "-m", model, "-o", model + "/{model}-{sampler}-{seed}.png").returncode == 0
        for path in (tmp_path / model).glob("*.png"):
            assert path.read_bytes() == (tmp_path / "out" / path.name).read_bytes()
    assert len({(tmp_path / "out" / f"{m}-euler-1.png").read_bytes()[-2000:] for m in "abc"}) == 3
    again = sfumato(*sweep, "-m", "a,b,c", "-o", "out/{model}-{sampler}-{seed}.png", "-v")
    assert loads(again) == [] and "12 already there" in again.stderr
    one = sfumato(*sweep, "-m", "b", "-o", "out/{model}-{sampler}-{seed}.png")
    assert one.returncode == 0 and "4 already there" in one.stderr  # a folder of several models is one of each
    assert json.loads((tmp_path / "out" / "index.jsonl").read_text().splitlines()[0])


def test_the_model_that_varies_fastest_is_still_loaded_once(models, sfumato, tmp_path):
    result = sfumato("a fox", *models, "-s", "1..2", "-m", "b,a", "-o", "out/", "-v")
    assert result.returncode == 0 and loads(result) == ["b", "a"], result.stderr
    texts = {p.name: read_png(p.read_bytes())[2]["parameters"] for p in (tmp_path / "out").glob("*.png")}
    assert [t.split("Model: ")[1][0] for _, t in sorted(texts.items())] == ["b", "a", "b", "a"]


def test_a_line_names_its_model(models, sfumato, tmp_path):
    (tmp_path / "p.txt").write_text('a fox\na fox -m b\na fox --sd_model a\n{"prompt": "a fox", "model": "b"}\na fox -m nowhere\n')
    result = sfumato("-f", "p.txt", *models, "-m", "a", "-o", "out/", "-v", "--json")
    assert result.returncode == 1 and loads(result) == ["a", "b"]
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [e["index"] for e in events if e["event"] == "image"] == [1, 3, 2, 4]
    (failed,) = [e for e in events if e["event"] == "failed"]
    assert failed["reason"].startswith('p.txt:5: --model: there is no model "nowhere"')
    assert (tmp_path / "out/00001-42.png").read_bytes()[-500:] == (tmp_path / "out/00003-42.png").read_bytes()[-500:]


def test_a_stream_keeps_its_order(models, sfumato, tmp_path):
    result = sfumato("-f", "-", *models, "-o", "out/", "--json", "-m", "a", input="x -m b\nx\nx -m b\n")
    assert result.returncode == 0, result.stderr
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [e["index"] for e in events if e["event"] == "image"] == [1, 2, 3]
    assert [e["model"] for e in events if e["event"] == "start"] == ["b", "a"]  # memory holds both


def test_a_model_that_cannot_be_used_fails_its_own_jobs_alone(models, sfumato, importer, tmp_path):
    assert importer("sd1", "models/a.safetensors").returncode == 0
    with open(tmp_path / "bundle/unet.safetensors", "r+b") as file:
        file.seek(-4, os.SEEK_END)
        file.write(b"\0\0\x80?")
    (tmp_path / "models/broken.safetensors").write_text("no")
    plain = [argument for argument in models if argument not in ("--graphs", models[-1])]
    result = sfumato("a fox", *models, "-m", "missing,a,broken", "-s", "1..2", "-o", "out/")
    assert result.returncode == 1 and "2 made, 4 failed" in result.stderr, result.stderr
    assert 'picture 1: --model: there is no model "missing"' in result.stderr and "broken.safetensors: " in result.stderr
    result = sfumato("a fox", *plain, "-m", "bundle,default", "-s", "1..2", "-o", "more/")
    assert result.returncode == 1 and "2 made, 2 failed" in result.stderr, result.stderr
    assert "unet.safetensors: is damaged" in result.stderr
    result = sfumato("a fox", *models, "-m", "missing", "-s", "1..2", "-o", "none/")
    assert result.returncode == 66 and not (tmp_path / "none").exists()
    assert 'there is no model "missing"' in error_of(result)


def test_models_that_do_not_take_the_same_options(sfumato, models):
    plain = [argument for argument in models if argument not in ("--graphs", models[-1])]
    plan = sfumato("a fox", *plain, "-m", "default,emoji-map", "-s", "1..2", "--plan")
    assert plan.returncode == 65 and "2 pictures, 2 bad lines" in plan.stdout and "picture 3: --segmap" in plan.stderr
    result = sfumato("a fox", *plain, "-m", "default,emoji-map", "-s", "1..2", "-o", "out/")
    assert result.returncode == 1 and "2 made, 2 failed" in result.stderr


def test_plan_tells_what_is_read(models, sfumato):
    plan = sfumato("a fox", *models, "-m", "a,b", "-s", "1..3", "--plan", "--json")
    event = json.loads(plan.stdout.splitlines()[-1])
    assert [(m["model"], m["pictures"]) for m in event["models"]] == [("a", 3), ("b", 3)]
    assert all(m["bytes"] > 1_000_000 for m in event["models"])
    lines = sfumato("a fox", *models, "-m", "a,b", "--plan", "-o", "{model}.png").stdout.splitlines()
    assert lines[0].endswith("--model a") and "a.png" in lines[0] and lines[1].endswith("--model b")


def test_a_killed_run_over_models_is_resumed(models, sfumato, tmp_path):
    command = ["a fox", *models, "-m", "a,b,c", "-s", "1..4", "-o", "out/{model}-{seed}.png", "--json"]
    for made in (1, 3, 2):
        with started(tmp_path, *command) as process:
            for _ in range(made):
                wait_for(process, "image")
            process.send_signal(signal.SIGKILL)
    time.sleep(0.1)
    assert sfumato(*command).returncode == 0
    assert sfumato("a fox", *models, "-m", "c", "-s", "1..4", "-o", "alone/{model}-{seed}.png").returncode == 0
    for path in (tmp_path / "alone").glob("*.png"):
        assert path.read_bytes() == (tmp_path / "out" / path.name).read_bytes()
    assert len(list((tmp_path / "out").glob("*.png"))) == 12


def test_shards_share_models(models, sfumato, tmp_path):
    command = ["a fox", *models, "-m", "a,b", "-s", "1..3", "-o", "out/"]
    for shard in ("0/2", "1/2"):
        assert sfumato(*command, "--shard", shard).returncode == 0
    result = sfumato(*command)
    assert "6 already there" in result.stderr


def test_an_explanation_is_of_one_model(sfumato):
    result = sfumato("explain", "a fox", "-m", "default,emoji-map")
    assert result.returncode == 64 and "2 models are named" in error_of(result)


def test_the_autoencoder_is_an_option_too(models, modules, sfumato, tmp_path):
    vae = {n: t + 0.1 for n, t in checkpoint("sd1", modules("sd1"), torch.float32).items() if n.startswith("first_stage_model.")}
    save_file(vae, tmp_path / "v1.safetensors")
    save_file({n: t + 0.1 for n, t in vae.items()}, tmp_path / "v2.safetensors")
    result = sfumato("a fox", *models, "-m", "a,b", "--vae", "v1.safetensors,v2.safetensors", "-o", "out/{model}-{vae}.png", "-v")
    assert result.returncode == 0 and loads(result) == ["a", "a", "b", "b"], result.stderr
    assert sorted(p.name for p in (tmp_path / "out").glob("*.png")) == ["a-v1.png", "a-v2.png", "b-v1.png", "b-v2.png"]
    (tmp_path / "p.txt").write_text("a fox --vae v2.safetensors\na fox\n")
    assert sfumato("-f", "p.txt", *models, "-m", "a", "-o", "lines/").returncode == 0
    first, second = (read_png(path.read_bytes())[2]["sfumato"] for path in sorted((tmp_path / "lines").glob("*.png")))
    digest = [json.loads(text)["model_digest"] for text in (first, second, read_png((tmp_path / "out/a-v2.png").read_bytes())[2]["sfumato"])]
    assert digest[0] == digest[2] != digest[1]
    result = sfumato("a fox", *SMALL, "--vae", "v1.safetensors")
    assert result.returncode == 64 and error_of(result).startswith("--vae: is for checkpoints")
    result = sfumato("a fox", *models, "-m", "a", "--vae", "nowhere.safetensors")
    assert result.returncode == 66, result.stderr
