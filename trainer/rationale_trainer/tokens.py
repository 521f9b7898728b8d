"""The special tokens, and the four-stage rationale written with them."""

PAD, BOS, EOS, IMAGE = "<pad>", "<s>", "</s>", "<image>"
STAGES = ("SUMMARY", "CAPTION", "REASONING", "CONCLUSION")
TAGS = tuple(f"<{slash}{stage}>" for stage in STAGES for slash in ("", "/"))
# A special token's id is its place here.
SPECIAL = (PAD, BOS, EOS, IMAGE, *TAGS)
LETTERS = "ABCD"


def rationale(summary: str, caption: str, reasoning: str, letter: str) -> str:
    parts = zip(STAGES, (summary, caption, reasoning, letter))
    return "".join(f"<{stage}>{text}</{stage}>" for stage, text in parts)


def conclusion(letter: str) -> str:
    return f"<CONCLUSION>{letter}</CONCLUSION>"
