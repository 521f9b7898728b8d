"""Prompts render as the goldens say, which the TypeScript tests read as well."""

import json

import pytest
from rationale_trainer.chat import CHAT_TEMPLATE, chat_text, prompt_ids
from rationale_trainer.goldens import prompt_goldens
from rationale_trainer.prompts import SAMPLE_PROMPTS, SETTINGS, messages, read_prompt, variables
from tokenizers import Tokenizer


@pytest.fixture(scope="module")
def tokenizer(sample):
    return Tokenizer.from_file(str(sample / "models" / "teacher" / "tokenizer.json"))


@pytest.fixture(scope="module")
def record(sample):
    return json.loads((sample / "problems.json").read_text())["1"]


def test_goldens(root, tokenizer):
    lines = [json.loads(line) for line in (root / "test" / "cases" / "prompts-golden.jsonl").open(encoding="utf-8")]
    assert lines == prompt_goldens(tokenizer, image_tokens=37)


def test_a_setting_holds_its_fields_and_no_others(record):
    for setting, fields in SETTINGS.items():
        text = chat_text(messages(record, setting, "image.png"))
        for field in ("lecture", "solution"):
            assert (record[field] in text) == (field in fields)
            assert (field in variables(record, setting, None)) == (field in fields)


def test_front_matter_declares_what_the_template_uses():
    for path in SAMPLE_PROMPTS.glob("*.prompty"):
        front, _ = read_prompt(path)
        body = path.read_text().split("---\n", 2)[2]
        assert front["model"] == {"apiType": "chat"}
        for name in front["inputs"]:
            assert name in body, f"{path.name}: {name} is declared and not used"


def test_letters_are_one_token_wherever_they_stand(tokenizer):
    prompt = tokenizer.encode("Choices: (A) red (B) the blue pencil").tokens
    answer = tokenizer.encode("<CONCLUSION>B</CONCLUSION>").tokens
    assert [token for token in prompt if token in "AB"] == ["A", "B"]
    assert answer == ["<CONCLUSION>", "B", "</CONCLUSION>"]


def test_any_text_can_be_encoded(tokenizer):
    text = "Ünïcode, 漢字, emoji 🧲 and\ttabs"
    assert tokenizer.decode(tokenizer.encode(text).ids) == text


def test_images_take_their_tokens_and_the_template_adds_the_rest(record, tokenizer):
    ids = prompt_ids(tokenizer, messages(record, 1, "image.png"), 37)
    assert ids[0] == tokenizer.token_to_id("<s>")
    assert ids.count(tokenizer.token_to_id("<image>")) == 37
    assert tokenizer.decode(ids, skip_special_tokens=False).endswith("(B) attract\n")


def test_the_chat_template_is_stored_with_the_models(sample):
    for name in ("teacher", "base", "student"):
        stored = json.loads((sample / "models" / name / "tokenizer_config.json").read_text())
        assert stored["chat_template"] == CHAT_TEMPLATE
