"""Golden cosines for test/core and test/server, made with sentence-transformers (trainer/requirements-goldens.txt).

A tiny random BERT is written to test/cases/tiny-sentences/ in the layout of sentence-transformers, with its graph in
ONNX, and sentence-transformers embeds the texts with it.
"""

import json
import string
import tempfile
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer, util
from tokenizers import Tokenizer
from tokenizers.decoders import WordPiece as WordPieceDecoder
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from .sentences import export_sentences

CASES = Path(__file__).parents[2] / "test/cases"
FOLDER = "tiny-sentences"
MAX_TOKENS = 24
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = "the a magnet magnets attract repel pole poles north south which of these is iron wood answer because like unlike".split()
TEXTS = [
    "The magnets attract.",
    "The magnets repel because like poles repel.",
    "  which of THESE is iron?\n",
    "Which of these is wood?",
    "é 中文 🙂 12.5 N",
    "[CLS] the answer is [SEP] (b)",
    "north " * 60,
    "south pole, north pole; " * 30,
    "a",
]


def tokenizer() -> PreTrainedTokenizerFast:
    letters = [*string.ascii_lowercase, *string.digits, *string.punctuation]
    vocabulary = [*SPECIAL, *WORDS, *letters, *(f"##{letter}" for letter in letters)]
    own = Tokenizer(WordPiece({word: index for index, word in enumerate(vocabulary)}, unk_token="[UNK]"))
    own.normalizer, own.pre_tokenizer, own.decoder = BertNormalizer(lowercase=True), BertPreTokenizer(), WordPieceDecoder()
    own.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return PreTrainedTokenizerFast(
        tokenizer_object=own, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]", model_max_length=MAX_TOKENS
    )


def write_source(folder: Path):
    """A Hugging Face folder as those on the hub are: weights, tokenizer, and what sentence-transformers adds."""
    torch.manual_seed(11)
    words = tokenizer()
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, max_position_embeddings=64, initializer_range=0.4
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    words.save_pretrained(folder)
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": MAX_TOKENS, "do_lower_case": False}))
    (folder / "1_Pooling").mkdir()
    pooling = {"word_embedding_dimension": 16, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}
    (folder / "1_Pooling/config.json").write_text(json.dumps(pooling))
    (folder / "2_Normalize").mkdir()


def main():
    with tempfile.TemporaryDirectory() as name:
        source = Path(name)
        write_source(source)
        export_sentences(source, CASES / FOLDER)
        vectors = SentenceTransformer(name, device="cpu").encode(TEXTS, convert_to_tensor=True)
    cosines = util.cos_sim(vectors, vectors).tolist()
    lines = [f"    {json.dumps([round(value, 7) for value in row])}" for row in cosines]
    texts = json.dumps(TEXTS, ensure_ascii=False, indent=2).replace("\n", "\n  ")
    text = f'{{\n  "texts": {texts},\n  "cosines": [\n' + ",\n".join(lines) + "\n  ]\n}\n"
    (CASES / "sentences-golden.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
