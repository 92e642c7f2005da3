"""Damaged and foreign bundles: refused in one line before anything is parsed, whatever is wrong with them."""

import hashlib
import json
import os
import shutil

import pytest
from conftest import BUNDLE, FILES, SMALL, TRUST, error_of, pictures_in


@pytest.fixture
def bundle(tmp_path):
    """A copy whose files are links to the real ones: to damage one, replace it."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    for name in [*FILES, "model.json"]:
        try:
            os.link(BUNDLE / name, folder / name)
        except OSError:  # another file system
            shutil.copy(BUNDLE / name, folder / name)
    return folder


def replace(path, data):
    path.unlink()
    path.write_bytes(data)


def describe(bundle, change):
    description = json.loads((bundle / "model.json").read_text())
    change(description)
    replace(bundle / "model.json", json.dumps(description).encode())


def refusal(sfumato, bundle, trust=("--trust",)):
    result = sfumato("a cat", "-m", "bundle", *trust, *SMALL, "-o", "a.png")
    assert (result.returncode, result.stdout) == (78, ""), result.stderr
    assert pictures_in(bundle.parent) == ["bundle"]
    return error_of(result)


def test_a_copy_that_is_whole_is_taken(sfumato, bundle):
    assert sfumato("a cat", "-m", "bundle", *TRUST, *SMALL, "-o", "a.png").returncode == 0


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing_is_named(sfumato, bundle, name):
    (bundle / name).unlink()
    assert refusal(sfumato, bundle) == f"bundle/{name}: No such file or directory."


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_truncated_is_named_with_both_sizes(sfumato, bundle, name):
    data = (bundle / name).read_bytes()
    replace(bundle / name, data[:-1])
    sizes = f"has {len(data) - 1} bytes, model.json states {len(data)}"
    assert refusal(sfumato, bundle) == f"bundle/{name}: {sizes}. Copy the bundle again."


@pytest.mark.parametrize("name", FILES)
def test_a_file_with_one_bit_flipped_is_named_with_both_digests(sfumato, bundle, name):
    data = bytearray((bundle / name).read_bytes())
    expected = hashlib.sha256(data).hexdigest()
    data[len(data) // 2] ^= 1
    replace(bundle / name, data)
    digests = f"SHA-256 {hashlib.sha256(data).hexdigest()}, model.json states {expected}"
    assert refusal(sfumato, bundle) == f"bundle/{name}: is damaged: {digests}. Copy the bundle again."


def test_a_file_too_many_is_named(sfumato, bundle):
    (bundle / "extra.py").write_text("")
    assert refusal(sfumato, bundle) == "bundle/extra.py: is not listed in model.json. Take it out of the bundle."


def test_a_symbolic_link_is_refused(sfumato, bundle):
    (bundle / FILES[0]).unlink()
    (bundle / FILES[0]).symlink_to(BUNDLE / FILES[0])
    assert refusal(sfumato, bundle) == f"bundle/{FILES[0]}: is a symbolic link; a regular file is expected."


def test_a_pipe_is_refused_and_not_waited_for(sfumato, bundle):
    (bundle / "model.json").unlink()
    os.mkfifo(bundle / "model.json")
    assert refusal(sfumato, bundle) == "bundle/model.json: is a named pipe; a regular file is expected."


@pytest.mark.parametrize("name", ["../outside.ts", "/etc/passwd", "a/b.ts", ".."])
def test_a_path_outside_is_refused(sfumato, bundle, name):
    describe(bundle, lambda description: description["networks"]["unet"].update(graph=name))
    error = refusal(sfumato, bundle)
    assert error.startswith(f'bundle/model.json: networks: unet: graph: "{name}" is not a file name inside the bundle')


def test_a_folder_without_a_description_is_no_bundle(sfumato, bundle):
    (bundle / "model.json").unlink()
    assert refusal(sfumato, bundle).startswith("bundle: is neither a bundle (it has no model.json) nor a diffusers folder")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"not json", b"\xff\xfe{\x00}\x00", b"[" * 100_000])
def test_a_description_that_is_not_one_is_refused(sfumato, bundle, data):
    replace(bundle / "model.json", data)
    assert refusal(sfumato, bundle).startswith("bundle/model.json: ")


def test_a_newer_version_asks_for_a_newer_program(sfumato, bundle):
    describe(bundle, lambda description: description.update(format_version=3, brand_new=1))
    assert refusal(sfumato, bundle).endswith("3 is newer than this program, which reads up to 2; take a newer sfumato.")


def relist(bundle, name, data):
    """Puts other bytes into the bundle, and their digest into its description: damage that no digest shows."""
    replace(bundle / name, data)
    entry = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    describe(bundle, lambda description: description["files"].update({name: entry}))


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith((".ts", ".model", ".safetensors")) and "encoder" not in name])
def test_a_file_that_is_something_else_is_refused_in_one_line(sfumato, bundle, name):
    relist(bundle, name, b"something else")
    assert refusal(sfumato, bundle).startswith(f"bundle/{name}: ")


def test_a_graph_that_is_not_known_runs_only_when_trusted(sfumato, bundle):
    relist(bundle, "unet.ts", b"something else")
    error = refusal(sfumato, bundle, trust=())
    if not TRUST:  # then the other graphs are known, and this one is what is wrong
        assert error.startswith("bundle/unet.ts: ")
    assert error.endswith("If you trust where the bundle comes from, add --trust.")


def test_networks_that_were_exchanged_are_refused(sfumato, bundle):
    def exchange(description):
        networks = description["networks"]
        networks["text_encoder"], networks["vae_decoder"] = networks["vae_decoder"], networks["text_encoder"]

    describe(bundle, exchange)
    assert refusal(sfumato, bundle).startswith("vae_decoder.ts: has no parameter text_model.embeddings.")


def network(name, other):
    return lambda d: d["networks"].update({name: d["networks"][other]})


@pytest.mark.parametrize("change, words", [
    (lambda d: d["tokenizer"].update(max_tokens=77), "tokenizer: max_tokens: 77, but by text_encoder's text_model.embeddings."),
    (lambda d: d.update(conditioning_width=128), "conditioning_width: 128, but by unet's cross-attention it is 256."),
    (lambda d: d.update(inpainting=True), "inpainting: the U-Net takes 0 channels after those of the latents"),
    (lambda d: d["latents"].update(channels=4), "latents: channels: 4, but by unet's conv_out.weight it is 8."),
    (lambda d: d["latents"].update(downscale=16), "latents: downscale: 16, but by vae_decoder's upsamplers it is 8."),
    (network("vae_encoder", "vae_decoder"), "networks: vae_encoder: its weights are of another network: they have no encoder.conv_out.weight."),
    (network("vae_decoder", "unet"), "networks: vae_decoder: its weights are of another network: they have no decoder.conv_in.weight."),
])
@pytest.mark.skipif(bool(TRUST), reason="the numbers are those of models/default")
def test_a_description_that_contradicts_the_weights_is_refused_by_the_field(sfumato, bundle, change, words):
    describe(bundle, change)
    if "inpainting" not in words:  # that needs an init image and a mask too
        assert refusal(sfumato, bundle).startswith(f"bundle/model.json: {words}")
    model = sfumato("model", "bundle")
    assert model.returncode == 78 and f"bundle/model.json: {words}" in model.stderr


def test_a_tokenizer_that_begins_texts_with_another_token_is_refused(sfumato, bundle):
    describe(bundle, lambda description: description["tokenizer"].update(bos=description["tokenizer"]["eos"]))
    assert "model.json states" in refusal(sfumato, bundle)


def test_an_empty_negative_prompt_may_be_zeros(sfumato, bundle):
    describe(bundle, lambda description: description.update(zero_empty_negative_prompt=True))
    assert sfumato("a cat", "-m", "bundle", *TRUST, *SMALL, "-o", "a.png").returncode == 0


def test_what_no_file_says_is_said_later(sfumato, bundle, tmp_path):
    """Each value that --set writes is what a picture is then drawn with, and a wrong one leaves the bundle as it was."""
    before = (bundle / "model.json").read_bytes()
    for wrong, reason in [(["--set", "--steps", "0"], "--steps: \"0\""), (["--set"], "--set: no value"), (["--steps", "4"], "without --set"),
                          (["--set", "--scheduler", "karras", "--sampling-method", "ddim"], "--scheduler: ddim steps")]:
        result = sfumato("model", "bundle", *wrong)
        assert (result.returncode, result.stdout) == (64, "") and reason in error_of(result)
    assert sfumato("model", str(tmp_path), "--set", "--steps", "4").returncode == 66
    assert (bundle / "model.json").read_bytes() == before
    result = sfumato("model", "bundle", "--set", "--steps", "3", "--cfg-scale", "1", "--sampling-method", "ddim", "--size", "64x64", "--json")
    described = json.loads(result.stdout)["defaults"]
    assert [described[key] for key in ("steps", "cfg_scale", "sampling_method", "scheduler", "width")] == [3, 1, "ddim", "discrete", 64]
    assert sfumato("a cat", "-m", "bundle", *TRUST, "-o", "a.png").returncode == 0
    values = json.loads(sfumato("inspect", "a.png", "--json").stdout)
    assert [values["values"][key] for key in ("steps", "cfg_scale", "sampling_method", "width")] == ["3", "1", "ddim", "64"]
