"""How a tokenizer's tokens are spelt in an output, in bytes: a character may be made of several tokens."""

import json
import re

from transformers.convert_slow_tokenizer import bytes_to_unicode

from ..failure import Unusable

# With these a token is spelt alike wherever it stands, but for a space that begins the output.
KNOWN = {"ByteLevel", "ByteFallback", "Fuse", "Metaspace", "Replace", "Strip"}
# What stands before a token so that it does not begin the output.
ANCHOR = "a"
BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")


def spelling_of(tokenizer, words: int) -> list[bytes]:
    """By token; empty where there is no such token. @throws Unusable when the tokenizer spells in a way that is not known here"""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    written = json.loads(backend.to_str()) if backend is not None else {"decoder": None, "model": {}}
    decoders = _kinds(written["decoder"])
    if not decoders or not decoders <= KNOWN or written["model"].get("end_of_word_suffix"):
        name = (written["decoder"] or {}).get("type", "no decoder")
        raise Unusable(f"The model's tokenizer joins its tokens in a way ({name}) in which no output can be held to a format.")
    added, vocabulary = tokenizer.added_tokens_decoder, {id: token for token, id in tokenizer.get_vocab().items()}
    letters = {letter: byte for byte, letter in bytes_to_unicode().items()}

    def spelt(id: int) -> bytes:
        token = vocabulary.get(id)
        if token is None:
            return b""
        if "ByteLevel" in decoders:
            return token.encode() if id in added else bytes(letters.get(letter, 0) for letter in token)
        byte = BYTE.fullmatch(token) if "ByteFallback" in decoders else None
        if byte:
            return bytes([int(byte[1], 16)])
        return backend.decoder.decode([ANCHOR, token])[len(ANCHOR) :].encode()

    return [spelt(id) for id in range(words)]


def special_of(tokenizer) -> dict[int, str]:
    """Tokens that mean something to the model, and what they are spelt like."""
    return {id: token.content for id, token in tokenizer.added_tokens_decoder.items() if token.special}


def _kinds(decoder: dict | None) -> set[str]:
    if decoder is None:
        return set()
    return {one["type"] for one in decoder["decoders"]} if decoder["type"] == "Sequence" else {decoder["type"]}
