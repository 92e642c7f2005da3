"""A checkpoint is used where it lies: the same pictures as from its bundle, nothing written but its digest."""

import hashlib
import json
import os
import shutil

import pytest
from conftest import SMALL, error_of, pictures_in, read_png, started, wait_for

torch = pytest.importorskip("torch")
from gguf_files import write_gguf  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from test_gguf import kind_of, sd_cpp_name  # noqa: E402

from export.make_checkpoint import checkpoint, write_folder  # noqa: E402
from stable_diffusion.families import TINY_FAMILIES, unet  # noqa: E402

DRAW = ["a fox", *SMALL, "-o", "x.png", "--overwrite"]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Every test begins without a digest."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "sfumato" / "digests"


@pytest.fixture
def source(modules, tmp_path):
    def write(family="sd1", dtype=torch.float32, name="x.safetensors", seed=None):
        tensors = checkpoint(family, modules(family), dtype)
        if seed is not None:
            tensors["model.diffusion_model.out.2.bias"] = torch.full([4], float(seed), dtype=dtype)
        save_file(tensors, tmp_path / name)
        return name

    return write


@pytest.fixture
def draw(sfumato, graphs, tmp_path):
    """A picture's pixels and its texts."""
    def run(model, family, *more):
        result = sfumato(*DRAW, "-m", str(model), "--trust", *(["--graphs", graphs(family)] if family else []), *more)
        assert result.returncode == 0, result.stderr
        data = (tmp_path / "x.png").read_bytes()
        pixels = b"".join(chunk for chunk in idat(data))
        return pixels, read_png(data)[2]

    return run


def idat(data):
    position = 8
    while position < len(data):
        length = int.from_bytes(data[position : position + 4])
        if data[position + 4 : position + 8] == b"IDAT":
            yield data[position + 8 : position + 8 + length]
        position += 12 + length


@pytest.mark.parametrize("family", list(TINY_FAMILIES))
def test_a_picture_is_that_of_the_bundle(family, source, importer, draw, tmp_path):
    name = source(family)
    more = ["-i", "init.png"] if family.endswith(("inpaint", "pix2pix", "refiner")) else []
    more += ["--mask", "mask.png"] if family.endswith("inpaint") else []
    for file, colour in (("init.png", 90), ("mask.png", 255)):
        Image.new("RGB", (64, 64), (colour, colour, colour)).save(tmp_path / file)
    result = importer(family, name, layout="channels_last", dtype="given")
    assert result.returncode == 0, result.stderr
    from_bundle, bundle_texts = draw("bundle", None, *more)
    in_place, texts = draw(name, family, *more)
    assert in_place == from_bundle
    digest = hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    assert f"Model hash: {digest[:10]}, Model: x" in texts["parameters"]
    assert f"Model hash: {digest[:10]}" in bundle_texts["parameters"]


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_each_dtype_draws_as_its_bundle(dtype, source, importer, draw):
    name = source(dtype=torch.float16)
    assert importer("sd1", name, layout="channels_last", dtype="given").returncode == 0
    assert draw(name, "sd1", "--dtype", dtype)[0] == draw("bundle", None, "--dtype", dtype)[0]


def test_fp8_and_a_diffusers_folder_draw_as_their_bundles(modules, importer, draw, tmp_path):
    tensors = {name: tensor.to(torch.float8_e4m3fn) if tensor.dim() > 1 else tensor
               for name, tensor in checkpoint("sdxl", modules("sdxl"), torch.float16).items()}
    save_file(tensors, tmp_path / "fp8.safetensors")
    write_folder("sd2", modules("sd2"), torch.float16, tmp_path / "folder", variant=None, shard=None)
    for family, name in (("sdxl", "fp8.safetensors"), ("sd2", "folder")):
        assert importer(family, name, "--overwrite", layout="channels_last", dtype="given").returncode == 0
        assert draw(name, family)[0] == draw("bundle", None)[0]


def test_a_gguf_file_draws_as_its_bundle(modules, importer, draw, tmp_path):
    tensors = checkpoint("sd2", modules("sd2"), torch.float32)
    arrays = {sd_cpp_name(n): t.numpy() for n, t in tensors.items() if "betas" not in n and "alphas" not in n}
    write_gguf(tmp_path / "x.gguf", arrays, kind_of)
    flags = ["--prediction-type", "epsilon"]
    assert importer("sd2", "x.gguf", *flags, layout="channels_last", dtype="given").returncode == 0
    assert draw("x.gguf", "sd2", *flags)[0] == draw("bundle", None)[0]


def test_a_folded_guidance_draws_as_its_bundle(modules, importer, draw, tmp_path):
    torch.manual_seed(3)
    network = unet(TINY_FAMILIES["sd1"].unet | {"time_cond_proj_dim": 32}).eval()
    save_file(checkpoint("sd1", modules("sd1") | {"unet": network}, torch.float32), tmp_path / "x.safetensors")
    flags = ["--guidance-embedding", "3"]
    assert importer("sd1", "x.safetensors", *flags, layout="channels_last", dtype="given").returncode == 0
    assert draw("x.safetensors", "sd1", *flags)[0] == draw("bundle", None)[0] != draw("x.safetensors", "sd1")[0]


def test_a_part_and_a_prediction_type_are_as_import_takes_them(source, modules, importer, draw, tmp_path):
    name = source()
    other = {n: t + 0.1 for n, t in checkpoint("sd1", modules("sd1"), torch.float32).items() if n.startswith("first_stage_model.")}
    save_file(other, tmp_path / "vae.safetensors")
    flags = ["--vae", "vae.safetensors", "--prediction-type", "v_prediction"]
    assert importer("sd1", name, *flags, layout="channels_last", dtype="given").returncode == 0
    drawn, texts = draw(name, "sd1", *flags)
    assert drawn == draw("bundle", None)[0] != draw(name, "sd1")[0]
    assert json.loads(texts["sfumato"])["model_digest"] != json.loads(draw(name, "sd1")[1]["sfumato"])["model_digest"]


def test_the_digest_is_computed_once_and_nothing_else_is_kept(source, draw, cache, tmp_path):
    name = source()
    before = (tmp_path / name).read_bytes()
    draw(name, "sd1")
    (entry,) = cache.iterdir()
    kept = json.loads(entry.read_text())
    assert kept["sha256"] == hashlib.sha256(before).hexdigest() and kept["bytes"] == len(before)
    written = entry.stat().st_ino
    draw(name, "sd1")
    assert entry.stat().st_ino == written
    assert (tmp_path / name).read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "x.png", name]
    os.utime(tmp_path / name)  # it may be another file now
    draw(name, "sd1")
    assert entry.stat().st_ino != written and len(list(cache.iterdir())) == 1


def test_where_settings_come_from_is_told_once(source, modules, sfumato, graphs, tmp_path):
    tensors = checkpoint("sdxl", modules("sdxl"), torch.float32) | {"v_pred": torch.ones(1)}
    save_file(tensors, tmp_path / "x.safetensors")
    command = [*DRAW, "-m", "x.safetensors", "--trust", "--graphs", graphs("sdxl")]
    assert "v_prediction" in sfumato(*command).stderr
    assert "v_prediction" not in sfumato(*command).stderr
    assert "v_prediction" in sfumato(*command, "-v").stderr


@pytest.mark.parametrize("damage", ["", "{", '{"version": 2}', '{"version":1,"bytes":1,"changed":2,"sha256":"00"}', "folder"])
def test_a_damaged_cache_is_as_good_as_none(damage, source, draw, cache):
    name = source()
    good = draw(name, "sd1")
    entry = next(cache.iterdir())
    entry.unlink()
    entry.mkdir() if damage == "folder" else entry.write_text(damage)
    assert draw(name, "sd1") == good


def test_a_cache_that_cannot_be_written_is_done_without(source, draw, tmp_path, monkeypatch):
    name = source()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    draw(name, "sd1")


def test_the_digest_does_not_depend_on_the_path(source, draw, tmp_path):
    name = source()
    first = json.loads(draw(name, "sd1")[1]["sfumato"])
    (tmp_path / "sub").mkdir()
    shutil.copyfile(tmp_path / name, tmp_path / "sub" / "other.safetensors")
    second = json.loads(draw("sub/other.safetensors", "sd1")[1]["sfumato"])
    assert first["model_digest"] == second["model_digest"] and first["key"] == second["key"]


def test_a_batch_is_resumed(source, sfumato, graphs, tmp_path):
    name = source()
    command = ["a fox", *SMALL, "-m", name, "--trust", "--graphs", graphs("sd1"), "-s", "1..3", "-o", "out/"]
    assert sfumato(*command, "--time-limit", "0.001").returncode in (0, 75)
    result = sfumato(*command)
    assert result.returncode == 0, result.stderr
    assert len([p for p in pictures_in(tmp_path / "out") if p.endswith(".png")]) == 3
    assert sfumato(*command).stdout.count(".png") == 3
    plan = sfumato(*command, "--plan")
    assert plan.returncode == 0 and "3 pictures" in plan.stdout


def test_what_is_no_model_is_refused(sfumato, source, importer, tmp_path):
    (tmp_path / "text.safetensors").write_text("hello")
    result = sfumato(*DRAW, "-m", "text.safetensors")
    assert result.returncode == 65 and error_of(result).startswith("text.safetensors: ")
    (tmp_path / "empty").mkdir()
    assert sfumato(*DRAW, "-m", "empty").returncode == 78
    assert sfumato(*DRAW, "-m", "nowhere.safetensors").returncode == 66
    cut = source(name="cut.safetensors")
    os.truncate(tmp_path / cut, (tmp_path / cut).stat().st_size - 100)
    result = sfumato(*DRAW, "-m", cut)
    assert result.returncode == 65 and "cut.safetensors: " in error_of(result)


def test_a_bundle_takes_no_flags_of_checkpoints(sfumato):
    result = sfumato(*DRAW, "--prediction-type", "v_prediction")
    assert result.returncode == 64 and error_of(result).startswith("--prediction-type: is for checkpoints")


def test_a_checkpoint_that_is_replaced_between_two_pictures_ends_the_run(source, sfumato, graphs, tmp_path):
    name = source()
    with started(tmp_path, "a fox", *SMALL, "-m", name, "--trust", "--graphs", graphs("sd1"), "-s", "1..200", "-o", "out/", "--json") as process:
        wait_for(process, "image")
        with open(tmp_path / name, "r+b") as file:
            file.seek(-100, os.SEEK_END)
            file.write(bytes(100))
        error = process.communicate()[1]
    assert process.returncode == 78 and "x.safetensors: has changed while it was in use" in error


@pytest.fixture
def trees(source, tmp_path, monkeypatch):
    """A tree as AUTOMATIC1111's, one as ComfyUI's that names it, and a hub cache."""
    for folder in ("webui/models/Stable-diffusion/anime", "comfy/models/checkpoints", "hub"):
        (tmp_path / folder).mkdir(parents=True)
    source(name="webui/models/Stable-diffusion/anime/fox v2.safetensors")
    source(name="comfy/models/checkpoints/cat.safetensors", seed=1)
    (tmp_path / "comfy" / "extra_model_paths.yaml").write_text("a111:\n  base_path: ../webui\n  checkpoints: models/Stable-diffusion\n")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("SFUMATO_MODELS", str(tmp_path / "comfy"))
    return tmp_path


def test_a_model_is_found_by_name_and_hash(trees, sfumato, graphs, modules):
    command = [*DRAW, "--trust", "--graphs", graphs("sd1"), "-v"]
    for name in ("cat", "cat.safetensors", "fox v2"):
        result = sfumato(*command, "-m", name)
        assert result.returncode == 0, result.stderr
        assert f"{name.removesuffix('.safetensors')} on cpu" in result.stderr
    digest = hashlib.sha256((trees / "comfy/models/checkpoints/cat.safetensors").read_bytes()).hexdigest()
    assert "cat on cpu" in sfumato(*command, "-m", digest[:10]).stderr
    write_folder("sd1", modules("sd1"), torch.float32, trees / "hub/models--me--small/snapshots/abc", variant=None, shard=None)
    for name in ("small", "me/small"):
        assert "small on cpu" in sfumato(*command, "-m", name).stderr
    shutil.copyfile(trees / "comfy/models/checkpoints/cat.safetensors", trees / "webui/models/Stable-diffusion/cat.safetensors")
    result = sfumato(*command, "-m", "cat")
    assert result.returncode == 64 and error_of(result).startswith('--model: 2 models are called "cat": ')
    result = sfumato(*command, "-m", "catt")
    assert result.returncode == 66 and 'did you mean "cat"?' in error_of(result)
    assert sfumato(*command, "-m", "fox v2", "--model-dir", str(trees / "webui")).returncode == 0


def test_a_picture_finds_its_model(trees, sfumato, graphs):
    more = ["--trust", "--graphs", graphs("sd1")]
    assert sfumato(*DRAW, "-m", "cat", *more).returncode == 0
    first = (trees / "x.png").read_bytes()
    again = sfumato("--from-image", "x.png", "-o", "y.png", "-t", "1", "--device", "cpu", *more)
    assert again.returncode == 0, again.stderr
    assert (trees / "y.png").read_bytes() == first
    result = sfumato("verify", "x.png", "-t", "1", *more)
    assert result.returncode == 0 and "identical" in result.stdout, result.stdout + result.stderr
    assert sfumato(*DRAW, "-m", "cat", "--prediction-type", "v_prediction", *more).returncode == 0
    result = sfumato("verify", "x.png", "-t", "1", *more)
    assert result.returncode == 1 and "drawn with other settings of the checkpoint" in result.stdout
    assert sfumato("verify", "x.png", "-t", "1", *more, "--prediction-type", "v_prediction").returncode == 0


def test_import_keeps_dtypes_and_records_its_source(source, sfumato, graphs, tmp_path):
    name = source(dtype=torch.float16)
    command = ["import", name, "--graphs", graphs("sd1"), "--trust", "--license", "MIT"]
    for bundle in ("a", "b"):
        assert sfumato(*command, "-o", bundle).returncode == 0
    assert sfumato(*command, "-o", "auto", "--dtype", "auto").returncode == 0
    assert (tmp_path / "a/model.json").read_bytes() == (tmp_path / "b/model.json").read_bytes()
    described = json.loads(sfumato("model", "a", "--trust", "--json").stdout)
    assert set(described["stored_as"]) == {"F16"}
    assert json.loads((tmp_path / "a/model.json").read_text())["source_sha256"] == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
