"""Every measure of the page, in its order: its unit and the goals of a model that two cores, or a GPU, have trained."""

from dataclasses import dataclass

PERCENT, DECIBEL, PLAIN = "%", "dB", ""


@dataclass(frozen=True)
class Goal:
    unit: str = PERCENT
    two_cores: str = ""
    gpu: str = ""


GOALS = {
    "seen pairs: top 1": Goal(PERCENT, "90 %", "92 %"),
    "seen pairs: top 5": Goal(),
    "held-out pairs: top 1": Goal(PERCENT, "70 %", "75 %"),
    "held-out pairs: top 5": Goal(PERCENT, "88 %", "92 %"),
    "tags only: top 5": Goal(),
    "unseen synonyms: top 5": Goal(PERCENT, "52 %", "60 %"),
    "style right (seen and held-out pairs)": Goal(PERCENT, "95 %", "97 %"),
    "style right, each as often as any other": Goal(),
    "background colour right": Goal(PERCENT, "96 %", "97 %"),
    "both of two things found": Goal(PERCENT, "30 %", "45 %"),
    "both found, the first to the left": Goal(PERCENT, "30 %", "45 %"),
    "count of 2 to 4 right": Goal(PERCENT, "35 %", "50 %"),
    "named colour of a thing right": Goal(PERCENT, "70 %", "80 %"),
    "named colour right, and the thing among five": Goal(),
    "scene: thing among five": Goal(),
    "scene: place right": Goal(),
    "scene: place and time right": Goal(),
    "scene: thing, place and time": Goal(),
    "letter right": Goal(),
    "seen captions: PSNR, aligned": Goal(DECIBEL, "22 dB", "23 dB"),
    "sharpness against the autoencoder's": Goal(PLAIN, "0.8", "0.9"),
    "diversity of 8 seeds over that of 8 subjects": Goal(PLAIN, "0.15", "0.2"),
    "error of v at t = 200, seen captions": Goal(PLAIN),
    "error of v at t = 500, seen captions": Goal(PLAIN, "0.025", "0.025"),
    "error of v at t = 800, seen captions": Goal(PLAIN),
    "error of v at t = 980, seen captions": Goal(PLAIN),
    "autoencoder: PSNR, held-out pairs": Goal(DECIBEL, "28 dB", "28 dB"),
    "autoencoder: perceptual distance, held-out pairs": Goal(PLAIN),
}
