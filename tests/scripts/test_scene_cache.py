"""The ring of encoded scenes."""

from types import SimpleNamespace

import pytest
import torch

from training.compose import Scene
from training.map_classes import CLASSES
from training.scene_cache import SceneCache, counts_of_classes


class Encoders:
    """A scene's latents, deviations and conditioning are the number that its caption is."""

    device = torch.device("cpu")
    text_encoder = SimpleNamespace(config=SimpleNamespace(hidden_size=4))

    def encode_text(self, texts):
        return torch.tensor([float(text) for text in texts])[:, None, None].expand(-1, 48, 4)

    def encode_pixels(self, pixels):
        mean = pixels[:, :1, ::8, ::8].expand(-1, 8, -1, -1)
        return mean, 0 * mean


class Composer:
    def compose(self, scenes, size):
        pixels = torch.tensor([float(scene.caption) for scene in scenes])[:, None, None, None].expand(-1, 3, size, size)
        return pixels, torch.full((len(scenes), size, size), 2, dtype=torch.uint8)


@pytest.fixture
def cache():
    torch.manual_seed(0)
    numbers = iter(range(1000))
    return SceneCache(lambda n: [Scene(str(number), mapped=number % 2 == 0) for number in (next(numbers) for _ in range(n))],
                      Composer(), Encoders(), size=64, capacity=5, at_once=2)


def kept(cache):
    return cache.mean[: len(cache), 0, 0, 0].tolist()


def test_new_scenes_take_the_place_of_the_oldest(cache):
    cache.fill(4)
    assert kept(cache) == [0, 1, 2, 3] and len(cache) == 4
    cache.put(cache.make(2))
    assert kept(cache) == [5, 1, 2, 3, 4] and len(cache) == 5
    cache.put(cache.make(2))
    assert kept(cache) == [5, 6, 7, 3, 4]


def test_it_is_filled_no_further_than_it_holds(cache):
    cache.fill(100)
    assert cache.made == 6 and len(cache) == 5


def test_parts_of_a_scene_stay_together(cache):
    cache.fill(4)
    batch = cache.batch(40)
    numbers = batch.conditioning[:, 0, 0]
    assert batch.latents.shape == (40, 8, 8, 8) and batch.conditioning.shape == (40, 48, 4) and batch.shares.shape == (40, len(CLASSES), 8, 8)
    assert (batch.latents == numbers[:, None, None, None]).all()
    mapped = numbers % 2 == 0
    assert (batch.shares[mapped][:, 2] == 1).all() and (batch.shares[~mapped] == 0).all() and set(numbers.tolist()) == {0, 1, 2, 3}


def test_a_latent_is_drawn_anew_at_each_use(cache):
    cache.fill(2)
    cache.std.fill_(2.0)
    drawn = cache.batch(200)
    deviation = (drawn.latents - drawn.conditioning[:, :1, :1, None]).std()
    assert deviation == pytest.approx(2.0, rel=0.05)


def test_counts_over_64_are_shares():
    maps = torch.zeros(1, 16, 8, dtype=torch.uint8)
    maps[0, :4, :8] = 3
    counts = counts_of_classes(maps)
    assert counts.shape == (1, len(CLASSES), 2, 1) and counts.dtype == torch.uint8
    assert counts[0, 3].flatten().tolist() == [32, 0] and counts[0, 0].flatten().tolist() == [32, 64] and counts.sum() == 128
