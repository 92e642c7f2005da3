"""Trains the tokenizer: sentencepiece unigram, 4,096 pieces, lower case (nmt_nfkc_cf).

    scripts/train/tokenizer.py --data data/emoji --out runs/tokenizer/tokenizer.model

The corpus has the captions of the data folder, so that their words become single pieces, and WordNet's words and glosses, so that
other English is split sensibly. Unseen synonyms occur as words, not in captions.
"""

import argparse
import contextlib
import io
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

import sentencepiece

from training.dataset import Pictures, read_unseen_synonyms
from training.loop import write_atomically
from training.networks import tokenizer_config
from training.texts import caption_texts, subject_texts, wordnet_glosses, wordnet_words
from training.wordnet import WordNet

CORPUS = "words.tsv"


@dataclass
class Counts:
    captions: int = 60_000
    words: int = 30_000
    glosses: int = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (train/prepare_data.py)")
    parser.add_argument("--out", type=Path, required=True, help="file to write, tokenizer.model")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    counts, wordnet, pictures = Counts(), WordNet(), Pictures(options.data)
    words = wordnet_words(pictures.subjects, wordnet)
    texts = subject_texts(pictures.subjects, read_unseen_synonyms(options.data)) * 3
    texts += caption_texts(pictures.rows, pictures.subjects, counts.captions, Random(options.seed))
    texts += words[: counts.words] + wordnet_glosses(words, wordnet)[: counts.glosses]
    # Pieces never cross a space, so counted words train the same pieces as sentences, in seconds.
    frequency = Counter(word for text in texts for word in text.lower().split())
    print(f"{len(texts)} texts, {len(frequency)} different words")
    model = io.BytesIO()
    # A bare file name and one thread make the result reproducible: the model stores the corpus path, and threads sum in any order.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path(CORPUS).write_text("".join(f"{word}\t{count}\n" for word, count in frequency.items()), encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            input=CORPUS, input_format="tsv", model_writer=model, num_threads=1, minloglevel=1, **tokenizer_config())
    write_atomically(options.out, lambda path: path.write_bytes(model.getvalue()))
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    lengths = [len(ids) for ids in pieces.encode(words)]
    print(f"{options.out}: {pieces.get_piece_size()} pieces, {sum(lengths) / len(lengths):.2f} in a word of WordNet")


if __name__ == "__main__":
    main()
