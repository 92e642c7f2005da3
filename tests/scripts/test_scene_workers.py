"""Scenes drawn by several processes: all that were asked for, and other ones from each process."""

from random import Random

from training.compose import Scene
from training.scene_workers import SceneWorkers


def make(seed):
    rng = Random(seed)
    return lambda n: [Scene(f"{seed} {rng.random()}") for _ in range(n)]


def test_processes_draw_different_scenes():
    scenes = SceneWorkers(make, processes=2, seed=3)(70)
    assert len(scenes) == 70 and len({scene.caption for scene in scenes}) == 70
    assert {int(scene.caption.split()[0]) for scene in scenes} <= {1_000_006, 2_000_009}
