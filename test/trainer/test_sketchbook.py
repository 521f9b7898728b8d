"""The sample is what the drawing program draws, in ScienceQA's shape, and its splits share nothing."""

import json
from dataclasses import replace

from PIL import Image
from rationale_trainer.pair.configuration import SHORT
from rationale_trainer.pair.draws import Draw, make_draws
from rationale_trainer.sketchbook.dataset import sample as sample_scenes
from rationale_trainer.sketchbook.dataset import write_sample
from rationale_trainer.sketchbook.draw import Seen, draw, pixels
from rationale_trainer.sketchbook.faults import write_faults
from rationale_trainer.sketchbook.scene import Scene
from rationale_trainer.sketchbook.skills import SKILLS

KEYS = ["question", "choices", "answer", "hint", "image", "task", "grade", "subject", "topic", "category", "skill", "lecture", "solution", "split"]


def load(sample, name):
    return json.loads((sample / name).read_text(encoding="utf-8"))


def test_the_committed_sample_is_drawn_again_byte_for_byte(sample, tmp_path):
    write_sample(tmp_path)
    write_faults(tmp_path)
    drawn = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert sorted(path.relative_to(sample) for path in (sample / "images").rglob("*.png")) == [path for path in drawn if path.suffix == ".png"]
    for path in drawn:
        assert (sample / path).read_bytes() == (tmp_path / path).read_bytes(), path


def test_a_seed_draws_one_scene(sample):
    first, second = draw(123), draw(123)
    assert first.record("test") == second.record("test")
    assert first.facts == second.facts


def test_records_have_scienceqa_shape(sample):
    records = load(sample, "problems.json")
    assert len(records) == 400
    for identifier, record in records.items():
        assert list(record) == KEYS
        assert 0 <= record["answer"] < len(record["choices"]) <= 4
        assert len(set(record["choices"])) == len(record["choices"])
        assert record["task"] == "closed choice"
        assert record["solution"].endswith(f"The answer is {record['choices'][record['answer']].rstrip('.')}.")
        path = sample / "images" / record["split"] / identifier / "image.png"
        assert path.exists() == (record["image"] == "image.png")
        if path.exists():
            with Image.open(path) as image:
                assert (image.size, image.mode) == ((96, 96), "P")


def test_splits_cover_the_records_and_the_test_split_every_skill(sample):
    records, splits = load(sample, "problems.json"), load(sample, "pid_splits.json")
    assert {split: len(ids) for split, ids in splits.items()} == {"train": 100, "val": 60, "test": 240}
    assert all(records[identifier]["split"] == split for split, ids in splits.items() for identifier in ids)
    assert len({records[identifier]["skill"] for identifier in splits["test"]}) == len(SKILLS) == 16


def test_splits_share_no_picture_and_no_full_text():
    owner, seen = {}, Seen()
    for scene, split in sample_scenes():
        for key in seen.keys(scene):
            assert owner.setdefault(key, split) == split


def test_images_are_small(sample):
    assert sum(path.stat().st_size for path in (sample / "images").rglob("*.png")) < 1_000_000


def test_training_and_held_out_draws_share_nothing_with_each_other_or_the_sample(tmp_path):
    make_draws(tmp_path, replace(SHORT, train_records=400, held_out_records=64))
    seen = Seen()
    keys = {"sample": {key for scene, _ in sample_scenes() for key in seen.keys(scene)}}
    for name in ("train", "held-out"):
        drawn = Draw(tmp_path / name)
        keys[name] = {key for row in drawn.scenes for key in seen.keys(again(row, drawn))}
    assert keys["train"].isdisjoint(keys["sample"] | keys["held-out"])
    assert keys["held-out"].isdisjoint(keys["sample"])


def again(row, drawn) -> Scene:
    """A scene from its row in a draw, without its skill."""
    image = None if row["picture"] is None else Image.fromarray(drawn.images[row["picture"]])
    return Scene(None, row["question"], row["choices"], row["answer"], row["hint"], image, row["summary"], row["caption"], row["reasoning"])


def test_pictures_read_back_from_png_are_what_training_sees(sample):
    for identifier, (scene, split) in enumerate(sample_scenes(), start=1):
        if scene.image is not None and identifier % 20 == 0:
            with Image.open(sample / "images" / split / str(identifier) / "image.png") as image:
                assert (pixels(scene) == image.convert("RGB")).all()
