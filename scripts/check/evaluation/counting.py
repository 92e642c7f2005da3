"""Counts the things of a picture on a plain background: parts of about equal size, once what touches is taken apart."""

import numpy as np
import torch
from scipy import ndimage

from check.evaluation.measures import foreground

DIFFERENT = 0.15  # of a channel's range, from the background: less is the blur of a decoder between two things
THINNED = range(1, 8)  # pixels at 128 that are taken off all around; the largest count of these is right most often
LEAST = 0.5  # of the largest part's area: smaller parts belong to a thing
COVERED = 0.9  # intersection over union of a thing's silhouette and what shows on white


def count(picture: torch.Tensor) -> int:
    """[3, 128, 128] in [-1, 1]; 0 where nothing is drawn"""
    return parts(foreground(picture, DIFFERENT).numpy())


def parts(inside: np.ndarray) -> int:
    """bool [128, 128] -> how many"""
    return max(_parts(ndimage.binary_erosion(inside, disk(radius))) for radius in THINNED)


def can_be_counted(rgba: np.ndarray) -> bool:
    """uint8 [128, 128, 4]: whether the thing is of one piece at half its size, and shows on white"""
    alpha = torch.from_numpy(np.array(rgba)).permute(2, 0, 1).float() / 255
    shown = foreground((alpha[:3] * alpha[3:] + 1 - alpha[3:]) * 2 - 1, DIFFERENT).numpy()
    solid = rgba[..., 3] > 127
    return bool((shown & solid).sum() > COVERED * (shown | solid).sum()) and parts(shown[::2, ::2]) == 1


def disk(radius: int) -> np.ndarray:
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return x**2 + y**2 <= radius**2 + 0.5


def _parts(inside: np.ndarray) -> int:
    labels, found = ndimage.label(inside)
    areas = np.bincount(labels.ravel(), minlength=found + 1)[1:]
    return int((areas >= LEAST * areas.max()).sum()) if found else 0
