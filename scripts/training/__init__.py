"""What the training scripts share: data, captions, scenes, networks, the training loop."""
