"""Articles and plurals."""

import pytest

from training.plurals import article, is_countable, plural


@pytest.mark.parametrize("name, many", [
    ("red apple", "red apples"), ("mouse", "mice"), ("glass of milk", "glasses of milk"), ("cherry", "cherries"), ("monkey", "monkeys"),
    ("fox", "foxes"), ("fish", "fish"), ("man with red hair", "men with red hair"), ("wolf", "wolves"), ("cactus", "cacti"), ("game die", "game dice")])
def test_plurals(name, many):
    assert plural(name) == many


@pytest.mark.parametrize("name, said", [("apple", "an"), ("unicorn", "a"), ("euro banknote", "a"), ("umbrella", "an"), ("one", "a"), ("cat", "a")])
def test_articles(name, said):
    assert article(name) == said


@pytest.mark.parametrize("name, can", [
    ("cat", True), ("glass of milk", True), ("bus", True), ("dress", True), ("scissors", False), ("cooked rice", False), ("mice", False),
    ("person running", False), ("keycap 3", False), ("hourglass not done", False), ("a very long name here", False), ("", False)])
def test_what_can_be_counted(name, can):
    assert is_countable(name) is can
