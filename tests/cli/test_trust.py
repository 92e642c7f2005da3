"""Graphs are programs. With --trust a stranger's graph is used if it only computes; nothing in it runs before that is known."""

import hashlib
import json
import re
import shutil

import pytest
import torch
from conftest import BUNDLE, SMALL, error_of, pictures_in


class Saves(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        torch.save(x, "owned")
        return x


class Reads(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.from_file("secret", False, 10)


class Restores(torch.nn.Module):
    """Its __setstate__ runs inside torch::jit::load."""

    def __init__(self):
        super().__init__()
        self.x = torch.zeros(1)

    @torch.jit.export
    def __getstate__(self):
        return (self.x, self.training)

    @torch.jit.export
    def __setstate__(self, state: tuple[torch.Tensor, bool]):
        self.x = state[0]
        self.training = state[1]
        torch.save(self.x, "owned")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x


class Root(torch.nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network(x)


HOSTILE = [(Saves, "calls torch.save"), (Reads, "calls torch.from_file"), (Restores, "defines __getstate__()")]


def bundle_with(tmp_path, graph, name="unet.ts"):
    """The model with another graph, and the right digest of it in model.json."""
    folder = tmp_path / "bundle"
    shutil.copytree(BUNDLE, folder)
    (folder / name).write_bytes(graph)
    description = json.loads((folder / "model.json").read_text())
    description["files"][name] = {"size": len(graph), "sha256": hashlib.sha256(graph).hexdigest()}
    (folder / "model.json").write_text(json.dumps(description))
    return folder


def saved(module, path):
    torch.jit.script(Root(module)).save(str(path))
    return path.read_bytes()


def draw(sfumato, *arguments):
    return sfumato("a cat", "-m", "bundle", *arguments, *SMALL, "-o", "a.png")


@pytest.mark.parametrize("name", ["unet.ts", "vae_encoder.ts"])  # the second is loaded for init images only
@pytest.mark.parametrize("module, what", HOSTILE)
def test_a_graph_that_does_more_than_compute_is_refused_and_does_nothing(sfumato, tmp_path, module, what, name):
    graph = saved(module(), tmp_path / "graph.ts")
    (tmp_path / "graph.ts").unlink()
    bundle_with(tmp_path, graph, name)
    result = draw(sfumato, "--trust")
    assert result.returncode == 78, result.stderr
    error = error_of(result)
    # Of a class in a module that pytest imports, or in one that it runs.
    assert re.match(rf"bundle/{name}: code/__torch__(/test_trust)?\.py, line \d+: ", error) and f": it {what}, which --trust does not allow" in error
    assert error.endswith("If the graph is your own, add --trust-all.")
    assert pictures_in(tmp_path) == ["bundle"]


def test_the_same_graph_runs_with_trust_all(sfumato, tmp_path):
    bundle_with(tmp_path, saved(Restores(), tmp_path / "graph.ts"))
    assert draw(sfumato, "--trust-all").returncode == 78  # for it is no U-Net
    assert "owned" in pictures_in(tmp_path)  # but it has run


def test_a_graph_of_the_same_network_that_is_not_known_is_used_with_trust(sfumato, tmp_path):
    traced = torch.jit.load(str(BUNDLE / "unet.ts"))
    traced.save(str(tmp_path / "graph.ts"))  # as LibTorch lays it out: deflated code, debug records, data descriptors
    graph = (tmp_path / "graph.ts").read_bytes()
    assert graph != (BUNDLE / "unet.ts").read_bytes()
    bundle_with(tmp_path, graph)
    assert draw(sfumato).returncode == 78
    result = draw(sfumato, "--trust")
    assert result.returncode == 0, result.stderr


def test_plan_and_model_tell_that_trust_is_needed(sfumato, tmp_path):
    bundle_with(tmp_path, saved(Saves(), tmp_path / "graph.ts"))
    plan = sfumato("a cat", "-m", "bundle", "--plan")
    assert plan.returncode == 0 and "the run will be refused: bundle/unet.ts: " in plan.stderr and "add --trust." in plan.stderr
    plan = sfumato("a cat", "-m", "bundle", "--plan", "--trust")
    assert "torch.save" in plan.stderr and "add --trust-all." in plan.stderr
    assert sfumato("a cat", "-m", "bundle", "--plan", "--trust-all").stderr == ""
    model = json.loads(sfumato("model", "bundle", "--json").stdout)
    assert re.match(r"needs --trust-all: unet\.ts: code/__torch__(/test_trust)?\.py, line \d+: it calls torch\.save", model["trust"])


def test_import_takes_own_graphs_only_if_they_compute(sfumato, tmp_path):
    from safetensors.torch import save_file

    graphs = tmp_path / "graphs"
    graphs.mkdir()
    for name in ("text_encoder", "unet", "vae_decoder", "vae_encoder"):
        saved(Restores(), graphs / f"{name}.ts")
    unet = "model.diffusion_model."
    save_file({f"{unet}input_blocks.0.0.weight": torch.zeros(320, 4, 3, 3),
               f"{unet}input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight": torch.zeros(320, 768),
               f"{unet}middle_block.1.transformer_blocks.0.attn2.to_k.weight": torch.zeros(1280, 768)}, tmp_path / "x.safetensors")
    arguments = ["import", "x.safetensors", "-o", "out", "--graphs", "graphs"]
    refused = sfumato(*arguments, "--trust")
    assert refused.returncode == 78 and "it defines __getstate__(), which --trust does not allow" in error_of(refused)
    assert pictures_in(tmp_path) == ["graphs", "x.safetensors"]
    assert sfumato(*arguments, "--trust-all").returncode != 0  # for it is no text encoder
    assert "owned" in pictures_in(tmp_path)  # but it has run
