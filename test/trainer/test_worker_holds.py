"""Outputs that the worker holds to a format: whatever a model likes becomes an answer that is read."""

import json
import re
import subprocess

import numpy as np
import pytest
import torch
import transformers
from rationale_trainer.failure import Unusable
from rationale_trainer.worker.holding import HeldRow, Holds
from rationale_trainer.worker.load import load
from rationale_trainer.worker.spelling import special_of, spelling_of
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from worker_models import answered, folder, made, requests


def in_node(root, said):
    """What test/trainer/held_answers.ts says to it."""
    node = root / "node_modules" / "node" / "bin" / "node"
    run = subprocess.run([str(node), "test/trainer/held_answers.ts"], input=json.dumps(said), cwd=root, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3000:]
    return run.stdout


@pytest.fixture(scope="module")
def ways(root):
    """By way of asking, the compiled grammars for two, three and four choices."""
    return json.loads(in_node(root, {}))


def sentence_piece(bytes_too):
    """A tokenizer of another kind, whose tokens say where words begin."""
    words = {"▁the": -1.0, "▁red": -2.0, "▁answer": -2.0, "is": -2.0, "▁": -3.0}
    letters = {chr(one): -5.0 for one in range(33, 127) if not (bytes_too and chr(one) in "{}")}
    raw = {f"<0x{byte:02X}>": -9.0 for byte in range(256)} if bytes_too else {"\n": -5.0, "é": -6.0}
    tokenizer = Tokenizer(models.Unigram([("<unk>", 0.0), ("<s>", 0.0), ("</s>", 0.0), *(words | letters | raw).items()], unk_id=0, byte_fallback=bytes_too))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    steps = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    tokenizer.decoder = decoders.Sequence(steps) if bytes_too else decoders.Metaspace()
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>")


def written(tokenizer, hold, limit, draw):
    """A whole answer, its tokens chosen by `draw(scores)`, and whether the limit cut it."""
    row = HeldRow(hold, limit)
    tokens = []
    while len(tokens) < limit:
        token = draw(row.held)
        if token == tokenizer.eos_token_id:
            break
        tokens.append(token)
        row.took(token)
    return tokenizer.decode(tokens, skip_special_tokens=False, clean_up_tokenization_spaces=False), row.is_cut


@pytest.mark.parametrize("kind", ["byte-level", "SentencePiece with bytes", "Metaspace"])
def test_whatever_a_model_likes_becomes_an_answer_that_is_read(kind, ways, root, sample):
    teacher = transformers.PreTrainedTokenizerFast(tokenizer_file=str(sample / "models" / "teacher" / "tokenizer.json"), bos_token="<s>", eos_token="</s>")
    tokenizer = teacher if kind == "byte-level" else sentence_piece(kind == "SentencePiece with bytes")
    words = len(tokenizer)
    spelling = spelling_of(tokenizer, words)
    random = np.random.RandomState(1)
    for _ in range(200):
        tokens = random.randint(0, words, 6).tolist()
        spelt = b"".join(spelling[token] for token in tokens)
        text = spelt.decode(errors="replace")
        if "\ufffd" not in text:
            assert tokenizer.decode(tokens, clean_up_tokenization_spaces=False) == (text if kind == "byte-level" else text.removeprefix(" "))
    holds = Holds(lambda: spelling, special_of(tokenizer), [tokenizer.eos_token_id])
    # Tags, quotes, line ends and brackets are what could break a format.
    unruly = [token for token, one in enumerate(spelling) if re.search(rb'[<>"\\\n[{}/]|^ *(?:User|Question)', one)]
    answers = []
    for way, grammars in enumerate(ways):
        holds.learn(grammars)
        for choices, compiled in enumerate(grammars, 2):
            for liking, temperature in ((0, 0), (3, 0), (1, 1)):
                generator = torch.Generator().manual_seed(100 * way + choices)

                def draw(held):
                    liked = torch.randn(words, generator=generator) * 4
                    liked[unruly] += liking
                    likely = held(liked).softmax(-1)
                    return int(likely.argmax() if temperature == 0 else torch.multinomial(likely, 1, generator=generator))

                output, _ = written(tokenizer, holds.of(compiled["grammar"]), random.randint(100, 160), draw)
                answers.append([way, choices, output])
    in_node(root, {"answers": answers})
    assert len({output for *_, output in answers}) > 30


def test_an_answer_that_the_limit_cuts_ends_well_and_says_so(ways, root, folder):
    held = load(str(made(folder, "llava")), "cpu", [], False)
    stages, choices = ways[0][0], 2
    asked = [{**request, "constraint": stages["grammar"]} for request in requests(folder)] + requests(folder, pictured=False)
    found = answered(held, asked, {"maxNewTokens": 150, "temperature": 0}, grammars=[stages])
    free = answered(held, requests(folder, pictured=False), {"maxNewTokens": 150, "temperature": 0})
    assert {key: found[key] for key in free}.keys() == free.keys()
    for key, one in free.items():
        assert found[key]["output"] == one["output"], "beside rows that are held, a free one is free"
    kept = [found[request["key"]] for request in requests(folder)]
    in_node(root, {"answers": [[0, choices, one["output"]] for one in kept]})
    assert len({one["output"] for one in kept}) > 1
    assert {one["finishReason"] for one in kept} == {"length"}, "noise never ends by itself"
    assert all(one["usage"]["outputTokens"] <= 150 for one in kept)
    # Where nothing would fit, it is only cut.
    short = answered(held, asked[:1], {"maxNewTokens": 3, "temperature": 0}, grammars=[stages])
    assert short["0True"]["finishReason"] == "length" and short["0True"]["usage"]["outputTokens"] == 3


def test_samples_that_are_held_are_the_same_in_every_batch(ways, root, folder):
    held = load(str(made(folder, "qwen2-vl")), "cpu", [], False)
    decoding = {"maxNewTokens": 60, "temperature": 1.5, "seed": 3, "samples": 3}
    letters = ways[5][2]
    asked = [{**request, "key": f"{request['key']} {sample}", "sample": sample, "constraint": letters["grammar"]} for request in requests(folder) for sample in range(3)]
    together = answered(held, asked, decoding, grammars=[letters])
    for request in asked[::3]:
        assert answered(held, [request], decoding, grammars=[letters])[request["key"]]["output"] == together[request["key"]]["output"]
    in_node(root, {"answers": [[5, 4, one["output"]] for one in together.values()]})


def test_what_cannot_be_held_to_a_format_is_refused_before_anything_is_run(ways, folder):
    held = load(str(made(folder, "llava")), "cpu", [], False)
    letters = {**ways[4][0], "grammar": [{"kind": "one-of", "texts": ["A", "Ж"]}], "texts": ["A", "Ж"]}
    [request] = requests(folder)[:1]
    with pytest.raises(Unusable, match=r"^The model's tokens cannot spell \"Ж\", so its output cannot be held to this format\.$"):
        answered(held, [{**request, "constraint": letters["grammar"]}], grammars=[letters])
    with pytest.raises(Unusable, match=r"^The model's files name no token that ends an answer, "):
        Holds(held.holds._spelling, {}, []).learn([ways[4][0]])
    pieces = Tokenizer(models.WordPiece({"[UNK]": 0, "a": 1}, unk_token="[UNK]"))
    pieces.decoder = decoders.WordPiece()
    with pytest.raises(Unusable, match=r"^The model's tokenizer joins its tokens in a way \(WordPiece\) in which no output can be held to a format\.$"):
        spelling_of(transformers.PreTrainedTokenizerFast(tokenizer_object=pieces), 2)
