"""Prompts of the montage that train/unet.py draws: eight rows of eight, from plain to hard."""

from training.dataset import Pictures

MONTAGE_PROMPTS = [
    "cat face, 3d style", "a rocket, 3d style", "red apple, 3d style", "penguin, 3d style",
    "pizza, 3d style", "guitar, 3d style", "cactus, 3d style", "smiling face with sunglasses, 3d style",
    "flat icon of a cat face", "flat icon of a rocket", "flat icon of a red apple", "flat icon of a penguin",
    "flat icon of a pizza", "flat icon of a guitar", "flat icon of a cactus", "flat icon of a smiling face with sunglasses",
    "noto style cat face", "noto style rocket", "noto style red apple", "noto style penguin",
    "noto style pizza", "noto style guitar", "noto style cactus", "noto style smiling face with sunglasses",
    "a dog on a blue background, 3d style", "a dog on a red background, flat style", "a banana on a black background",
    "a heart on a green background", "noto style owl on a purple background", "a tulip on a yellow background",
    "a car on a pink background, 3d", "a fish on an orange background",
    "a cat and a dog, 3d style", "a banana and an apple, flat style", "a car next to a tree, noto style",
    "a rocket and a star, 3d style", "a fish above a bird, flat style", "a clock below a book, noto style",
    "a robot to the left of a ghost, 3d style", "a key to the right of a lock, flat style",
    "a small cat, 3d style", "a large strawberry, flat style", "a tiny rocket, noto style", "a huge frog, 3d style",
    "a small moon in the top left corner", "a butterfly on the right", "a bee at the bottom", "a snail on the left",
    "puppy, 3d style", "automobile, flat style", "physician, noto style", "kitten, 3d style",
    "jet plane, 3d style", "sweets, flat style", "angry person, noto style", "winter, 3d style",
    "music", "space", "breakfast", "a spooky thing", "love", "the sea", "royalty", "money",
]


def montage_prompts(pictures: Pictures) -> list[str]:
    """These prompts, or a user's own captions where every picture has one."""
    if not all(row.captions for row in pictures.rows):
        return MONTAGE_PROMPTS
    return list(dict.fromkeys(row.captions[0] for row in pictures.rows))
