"""The short pair goes through every stage, learns, and goes on where it was stopped; so do its students of other seeds."""

import os
import re
import subprocess
import sys
import time

import pytest
import torch
from rationale_trainer.judging import RATIONALE
from rationale_trainer.pair.configuration import SHORT
from rationale_trainer.pair.decoder import labelled_logits
from rationale_trainer.pair.model import build
from rationale_trainer.pair.run import PHASES, run_phases
from rationale_trainer.pair.sequences import collate, gold_rationale
from rationale_trainer.pair.stages import Pair
from torch.nn.functional import cross_entropy


def pair_command(root, out, work, command="pair", *options):
    arguments = ["-m", "rationale_trainer", command, "--short", "--out", str(out), "--work", str(work), *map(str, options)]
    return subprocess.run([sys.executable, *arguments], env={**os.environ, "PYTHONPATH": str(root / "trainer")}, capture_output=True, text=True)


@pytest.fixture(scope="module")
def made(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pair")
    run = pair_command(root, folder / "models", folder / "work")
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return folder, run.stdout


def test_a_drill_says_how_many_letters_it_bound(made):
    _, output = made
    found = re.findall(r"(teacher|student)-binding: step 150  letters right (\d\.\d+) of 256 ", output)
    assert {name for name, _ in found} == {"teacher", "student"}


def test_stages_wait_for_a_core_and_a_failed_one_ends_the_others(tmp_path, capfd):
    stages = {name: f"{name}.done" for name in ("first", "second", "third")}

    def run(stage, processes):
        (tmp_path / f"{stage}.begun").touch()
        if stage == "second":
            while not (tmp_path / "first.begun").exists():
                time.sleep(0.01)
            sys.exit(3)
        time.sleep(60)

    with pytest.raises(SystemExit, match="^trial: second failed$"):
        run_phases("trial", (stages,), tmp_path, run, cores=2)
    assert {file.name for file in tmp_path.iterdir()} == {"first.begun", "second.begun"}


def held_out_loss(pair, model) -> tuple[float, float]:
    """Mean loss per target token of gold rationales, and the share of letters right when all before them is given."""
    scenes = pair.held_out.scenes
    features = pair.features("held-out")
    losses, letters = [], []
    for start in range(0, len(scenes), 32):
        batch = collate([pair.encoder.answered(scene, gold_rationale(scene)) for scene in scenes[start : start + 32]])
        with torch.inference_mode():
            logits, targets = labelled_logits(model, batch, features[batch.pictures] if batch.pictures else None)
        losses.append(cross_entropy(logits, targets, reduction="none"))
        letters.append((logits.argmax(-1) == targets)[torch.isin(targets, pair.encoder.letters)])
    return torch.cat(losses).mean().item(), torch.cat(letters).float().mean().item()


def test_every_stage_leaves_its_file_and_every_model_its_folder(made):
    folder, output = made
    for phase in PHASES:
        for file in phase.values():
            assert (folder / "work" / file).exists(), file
    for name in ("teacher", "base", "student"):
        assert (folder / "models" / name / "onnx" / "decoder_model_merged.onnx").exists()
        assert "## Known failures" in (folder / "models" / name / "README.md").read_text()
    assert "min left" in output


def test_the_short_teacher_learns(made):
    folder, _ = made
    pair = Pair(folder / "work", SHORT)
    trained = pair.model(SHORT.teacher, "teacher")
    fresh = build(SHORT.teacher, pair.tokenizer.get_vocab_size(), SHORT.seed)
    (before, _), (after, _) = held_out_loss(pair, fresh), held_out_loss(pair, trained)
    assert after < before / 3
    outputs = pair.outputs(trained, pair.held_out.scenes[:40], pair.features("held-out"))
    assert sum(RATIONALE.fullmatch(output) is not None for output in outputs) >= 30


def test_a_killed_stage_goes_on_from_its_checkpoint(made, root):
    folder, _ = made
    work = folder / "work"
    for name in ("base.pt", "export.done"):
        (work / name).unlink()
    run = pair_command(root, folder / "models", work)
    assert run.returncode == 0, run.stderr[-3000:]
    stages = [line for line in run.stdout.splitlines() if line.startswith("pair: ")]
    assert [line.split(",")[0] for line in stages[1:-1]] == ["pair: base", "pair: export"]
    assert "base: step" not in run.stdout, "the checkpoint at the last step was not used"


def test_students_of_two_seeds_learn_from_one_teacher(made, root):
    folder, _ = made
    out, work = folder / "others", folder / "others-work"
    teacher = ("--teacher", folder / "models" / "teacher", "--seeds")
    run = pair_command(root, out, work, "students", *teacher, 1)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    shared = {file: file.stat().st_mtime_ns for file in work.iterdir() if file.is_file()}
    # The first is skipped, as is what all seeds share.
    run = pair_command(root, out, work, "students", *teacher, 1, 2)
    assert run.returncode == 0, run.stderr[-3000:]
    assert "seed-2-student: step" in run.stdout and "seed-1" not in run.stdout
    assert {file: file.stat().st_mtime_ns for file in shared} == shared
    one, two = (torch.load(work / f"seed-{seed}-student.pt", weights_only=True) for seed in (1, 2))
    assert any(not torch.equal(one[name], two[name]) for name in one)
    tower = [name for name in one if "vision_tower" in name]
    assert tower and all(torch.equal(one[name], two[name]) for name in tower), "the tower is the teacher's"
    for name in ("seed-1-base", "seed-1-student", "seed-2-base", "seed-2-student"):
        assert (out / name / "onnx" / "decoder_model_merged.onnx").exists() and (out / name / "training.json").exists()
