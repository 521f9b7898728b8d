"""Labels cover the target and nothing else."""

from random import Random

import pytest
from rationale_trainer.chat import train_tokenizer
from rationale_trainer.pair.lessons import BindingDrill, Lesson, Shuffled
from rationale_trainer.pair.sequences import IGNORED, Encoder, collate, gold_letter, gold_rationale, text_for_tokenizer
from rationale_trainer.sketchbook.draw import draw

IMAGE_TOKENS = 5


@pytest.fixture(scope="module")
def scenes():
    drawn = [draw(i) for i in range(200)]
    extra = [{"summary": s.summary, "caption": s.caption, "reasoning": s.reasoning, "picture": i if s.image else None} for i, s in enumerate(drawn)]
    return [{**s.record("train"), **more} for s, more in zip(drawn, extra)]


@pytest.fixture(scope="module")
def encoder(scenes):
    return Encoder(train_tokenizer(map(text_for_tokenizer, scenes), 900), IMAGE_TOKENS)


def learnt(encoder, sequence) -> str:
    return encoder.tokenizer.decode([label for label in sequence.labels if label != IGNORED], skip_special_tokens=False)


def pictured(scenes):
    return next(scene for scene in scenes if scene["picture"] is not None)


@pytest.mark.parametrize("target", [gold_rationale, gold_letter])
def test_everything_but_the_target_is_masked(scenes, encoder, target):
    for scene in scenes:
        sequence = encoder.answered(scene, target(scene))
        assert learnt(encoder, sequence) == target(scene) + "</s>"
        first = next(i for i, label in enumerate(sequence.labels) if label != IGNORED)
        assert sequence.ids[:first] == encoder.prompt(scene)
        assert sequence.ids[first:] == sequence.labels[first:]


def test_a_told_caption_is_given_and_not_learnt(scenes, encoder):
    scene = pictured(scenes)
    sequence = encoder.told(scene, gold_rationale(scene))
    text = encoder.tokenizer.decode(sequence.ids, skip_special_tokens=False)
    assert scene["caption"] in text and scene["caption"] not in learnt(encoder, sequence)
    assert scene["reasoning"] in learnt(encoder, sequence)
    assert "<image>" not in text and sequence.picture is None


def asked(encoder, sequence):
    """(text before, letter) of every place where a letter is learnt."""
    places = [place for place, label in enumerate(sequence.labels) if label != IGNORED]
    return [(encoder.tokenizer.decode(sequence.ids[:place], skip_special_tokens=False), encoder.tokenizer.decode([sequence.labels[place]])) for place in places]


def test_drills_learn_letters_that_fit_and_show_none_of_them(encoder):
    choices = ["the red pencil", "the blue pencil", "the green pencil"]
    found = asked(encoder, encoder.binding(choices, Random(1)))
    assert len(found) == 3
    for before, letter in found:
        assert before.endswith(f" The answer is {choices['ABC'.index(letter)]}.</REASONING><CONCLUSION>")
        assert "</CONCLUSION>" not in before and "<CONCLUSION>A" not in before
    words = ["red", "blue"]
    found = asked(encoder, encoder.recall(words, Random(1)))
    assert len(found) == Encoder.QUERIES and {letter for _, letter in found} == {"A", "B"}
    for before, letter in found:
        shown, queries = before.split("\n")
        assert queries.endswith(f" {words['AB'.index(letter)]}") and set(queries.split()) <= set(words)


def test_past_its_end_a_drill_asks_from_far(scenes, encoder):
    drill = BindingDrill(encoder, scenes, 1, 100)

    def distances(step):
        texts = [asked(encoder, sequence())[0][0] for sequence in drill.sequences(step, 40)]
        return [len(encoder.encode(text.split("\n")[1])) for text in texts]

    assert max(distances(99)) < 40 and max(distances(100)) > 90 and min(distances(100)) < 30


def test_padding_is_not_learnt(scenes, encoder):
    batch = collate([encoder.answered(scene, gold_rationale(scene)) for scene in scenes[:8]])
    assert ((batch.labels == IGNORED) | (batch.labels == batch.ids)).all()
    assert len(batch.pictures) == sum(scene["picture"] is not None for scene in scenes[:8])


def test_a_caption_is_learnt_from_the_picture_alone(scenes, encoder):
    scene = pictured(scenes)
    sequence = encoder.captioned(scene, gold_rationale(scene))
    assert learnt(encoder, sequence) == f"<CAPTION>{scene['caption']}</CAPTION>"
    assert scene["question"] not in encoder.tokenizer.decode(sequence.ids)


def test_batches_depend_on_the_step_alone():
    lengths = list(range(200))
    first, second = Shuffled(lengths, 16, seed="1"), Shuffled(lengths, 16, seed="1")
    forward = [first.batch(step) for step in range(30)]
    assert forward[25] == second.batch(25)
    epoch = [row for batch in forward[: first.count] for row in batch]
    assert len(set(epoch)) == len(epoch)


def test_a_lesson_resumes_anywhere(scenes, encoder):
    targets = [gold_rationale(scene) for scene in scenes]

    def lesson():
        return Lesson(encoder, scenes, range(len(scenes)), targets, 8, BindingDrill(encoder, scenes, 1, 100))

    first, second = lesson(), lesson()
    shown = [[sequence() for sequence in first.sequences(step)] for step in range(40)]
    assert shown[37] == [sequence() for sequence in second.sequences(37)]
    assert all(len(batch) == 8 for batch in shown)
