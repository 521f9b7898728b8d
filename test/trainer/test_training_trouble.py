"""What goes wrong during a run is said in one sentence, with what is kept and the way on; a collapse is announced at once."""

import json
import os
import resource
import signal
import time
from pathlib import Path

import pytest
import torch
from processes import trained
from rationale_trainer.families import load
from rationale_trainer.training.collapse import collapse, is_empty, is_loop
from rationale_trainer.training.command import train_command
from rationale_trainer.training.evaluation import Evaluation
from rationale_trainer.training.events import read_events
from rationale_trainer.training.learner import Learner
from run_folders import make_run, write_examples
from safetensors.torch import load_file


@pytest.fixture
def run(sample, untrained, tmp_path):
    def made(**changes) -> Path:
        return make_run(tmp_path / "run", sample, **{"student": untrained, "examples": 16, "checkpoint": {"every": 1, "keep": 2}, **changes})

    return made


def failed(folder: Path) -> tuple[str, str]:
    event = read_events(folder / "events.jsonl")[-1]
    assert event["type"] == "failed"
    return event["message"], event["way_on"]


def test_a_loss_that_is_no_number(run, sample, monkeypatch, capsys):
    folder = run()
    gradients = Learner.step_gradients

    def overflow(self, batches):
        if (folder / "checkpoints" / "step-000002").exists():
            # What a learning rate that is far too high ends in.
            self.parameters[-1].data.fill_(float("inf"))
        return gradients(self, batches)

    monkeypatch.setattr(Learner, "step_gradients", overflow)
    assert train_command(folder, check=False) == 1
    message, way_on = failed(folder)
    assert message == "The loss of step 3 is nan; checkpoints/step-000002 is whole."
    assert "lower optimiser.learning_rate" in way_on
    assert capsys.readouterr().err == f"{message} {way_on}\n"
    assert (folder / "checkpoints" / "step-000002").is_dir() and not (folder / "checkpoints" / "step-000003").exists()
    # The way on is one: the student that it names is what was learnt up to there.
    monkeypatch.undo()
    recovered = folder / "recovered"
    assert f"train the student {recovered} " in way_on
    parameters = dict(load(recovered).model.named_parameters())
    kept = load_file(folder / "checkpoints" / "step-000002" / "weights.safetensors")
    assert all(torch.equal(parameters[name], value) for name, value in kept.items())
    other = make_run(folder.with_name("other"), sample, student=recovered, examples=16, optimiser={"learning_rate": 1e-4})
    assert train_command(other, check=False) == 0


def test_a_loss_that_is_no_number_before_the_first_checkpoint(run, monkeypatch):
    folder = run()
    monkeypatch.setattr(Learner, "step_gradients", lambda self, batches: float("nan"))
    assert train_command(folder, check=False) == 1
    message, way_on = failed(folder)
    assert message == "The loss of step 1 is nan; there was no checkpoint yet." and "lower optimiser.learning_rate" in way_on
    assert not (folder / "recovered").exists()


def test_memory_that_runs_out_during_the_run(run, monkeypatch):
    folder = run()
    gradients = Learner.step_gradients
    # PyTorch's own allocator refuses.
    monkeypatch.setattr(Learner, "step_gradients", lambda self, batches: torch.empty(10**15) if (folder / "checkpoints" / "step-000002").exists() else gradients(self, batches))
    assert train_command(folder, check=False) == 1
    message, way_on = failed(folder)
    assert message == "Out of memory; checkpoints/step-000002 is whole." and "smaller batch" in way_on
    monkeypatch.undo()
    assert train_command(folder, check=False) == 0


def limit_files():
    """The kernel refuses to let files grow beyond this, as a full disk does."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))


def test_a_disk_that_fills_up(run):
    folder = run()
    assert trained(folder, kill=("torch", "save", 3)) == -signal.SIGKILL
    assert trained(folder, prepare=limit_files) == 1
    message, way_on = failed(folder)
    assert message == f"The disk of {folder} is full; checkpoints/step-000002 is whole." and "free some space" in way_on
    assert not list((folder / "checkpoints").glob(".*")), "half a checkpoint takes room"
    assert trained(folder) == 0
    undisturbed = run_again(folder)
    assert losses(folder) == losses(undisturbed)


def run_again(folder: Path) -> Path:
    other = folder.with_name("undisturbed")
    other.mkdir()
    for name in ("run.yaml", "examples"):
        os.symlink(folder / name, other / name)
    assert trained(other) == 0
    return other


def losses(folder: Path) -> dict:
    return {event["step"]: event["loss"] for event in read_events(folder / "events.jsonl") if event["type"] == "step"}


@pytest.mark.parametrize("stop", [True, False])
def test_a_student_that_answers_one_letter_only(run, stop):
    """Trained on one letter, asked questions whose right letters differ."""
    folder = run(evaluation=8, epochs=12, optimiser={"learning_rate": 4e-3}, checkpoint={"every": 100}) if stop else run(evaluation=8, epochs=12, optimiser={"learning_rate": 4e-3})
    settings = (folder / "run.yaml").read_text().replace("every: 100\n  new_tokens", "every: 12\n  new_tokens").replace("stop_on_collapse: false", f"stop_on_collapse: {str(stop).lower()}")
    (folder / "run.yaml").write_text(settings)
    lines = [json.loads(line) for line in (folder / "examples" / "train.jsonl").open()]
    write_examples(folder, "train", [line | {"target": "<CONCLUSION>B</CONCLUSION>", "letter": "B", "answer": None} for line in lines])
    assert trained(folder) == 0
    events = read_events(folder / "events.jsonl")
    found = next(event for event in events if event["type"] == "collapse")
    assert found["kind"] == "one-letter" and found["message"] == "8 of 8 outputs answer B, whatever was asked."
    assert (folder / found["file"]).is_file() and found["step"] > 0
    if stop:
        assert events[-1]["type"] == "stopped" and events[-1]["step"] == found["step"] and "collapsed" in events[-1]["reason"]
        assert (folder / "checkpoints" / f"step-{found['step']:06d}").is_dir()
    else:
        assert events[-1]["type"] == "finished"


@pytest.mark.parametrize("output", ["", "   \n", "<CONCLUSION></CONCLUSION>", "<s> </s>"])
def test_empty_outputs(output):
    assert is_empty(output)


@pytest.mark.parametrize("output", ["the cat the cat the cat the cat", "well no no no no", "hahahahahahahahaha", "I see a dog. I see a dog. I see a dog. I see a dog."])
def test_loops(output):
    assert is_loop(output)


@pytest.mark.parametrize("output", ["A", "The answer is B.", "no no, it is a plant", "1 2 3 1 2 3 4", "aaa", "<REASONING>It is it.</REASONING>"])
def test_what_is_no_loop(output):
    assert not is_loop(output) and not is_empty(output)


def test_kinds_of_collapse():
    letters = ["A", "B", "C", "A"]
    assert collapse([" ", "", "It is A.", "B"], letters)[0] == "empty"
    assert collapse(["so so so so", "x y x y x y x y", "It is A.", "B"], letters)[0] == "loops"
    assert collapse(["It is B.", "B", "B", "Yes: B"], letters)[0] == "one-letter"
    assert collapse(["It is A.", "B", "B", "Yes: B"], letters) is None
    assert collapse(["B", "B", "B", "B"], ["B"] * 4) is None, "B is right"
    assert collapse(["", ""], letters[:2]) is None, "too few to say"


def test_half_precision_without_a_gpu(run, capsys):
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    assert train_command(run(precision="fp16"), check=False) == 2
    assert "fp16 needs a CUDA GPU" in capsys.readouterr().err


def ask_to_stop_during_the_second_evaluation():
    """SIGTERM before the first token of an evaluation."""
    outputs, left = Evaluation._outputs, [2]

    def asked(self, *arguments):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGTERM)
        return outputs(self, *arguments)

    Evaluation._outputs = asked


@pytest.mark.parametrize("every", [2, 4], ids=["in the middle", "after the last step"])
def test_a_stop_during_an_evaluation(run, every):
    """It is not waited for: the checkpoint is kept, and the evaluation made up for."""
    folder = run()
    settings = (folder / "run.yaml").read_text().replace("every: 100\n  new_tokens", f"every: {every}\n  new_tokens")
    (folder / "run.yaml").write_text(settings)
    assert trained(folder, prepare=ask_to_stop_during_the_second_evaluation) == 0
    events = read_events(folder / "events.jsonl")
    assert events[-1]["type"] == "stopped" and events[-1]["step"] == every
    assert evaluated(events) == [0] and (folder / "checkpoints" / f"step-{every:06d}").is_dir()
    assert trained(folder) == 0
    events = read_events(folder / "events.jsonl")
    assert events[-1]["type"] == "finished" and evaluated(events) == list(range(0, 5, every))
    assert losses(folder) == losses(run_again(folder))


def evaluated(events: list[dict]) -> list[int]:
    return [event["step"] for event in events if event["type"] == "evaluation"]


def test_runs_side_by_side_share_features(run, sample, untrained):
    folder = run()
    assert trained(folder) == 0
    shared = folder.parent / ".cache" / "features"
    before = {file: file.stat().st_ino for file in shared.iterdir()}
    other = make_run(folder.with_name("other"), sample, student=untrained, examples=16, optimiser={"learning_rate": 1e-4})
    assert trained(other) == 0
    assert before and {file: file.stat().st_ino for file in shared.iterdir()} == before
    assert not [event for event in read_events(other / "events.jsonl") if event["type"] == "progress"]


def test_features_of_other_runs_go_when_they_grow_too_many(run, sample, untrained, monkeypatch):
    """Those that were used last stay, and those of the run itself, however many."""
    folder = run(examples=130)
    assert trained(folder) == 0
    shared = folder.parent / ".cache" / "features"
    own = {file: file.stat().st_ino for file in shared.iterdir()}
    size = sum(file.stat().st_size for file in own)
    for number, age in enumerate((30_000, 40_000, 20_000)):
        other = shared / f"{number}.safetensors"
        other.write_bytes(bytes(1000))
        os.utime(other, (time.time() - age,) * 2)
    monkeypatch.setenv("RATIONALE_FEATURES_GB", str((size + 2000) / 1e9))
    changed = make_run(folder.with_name("other"), sample, student=untrained, examples=130, optimiser={"learning_rate": 1e-4})
    assert train_command(changed, check=False) == 0
    assert {file.name for file in shared.iterdir() if file not in own} == {"0.safetensors", "2.safetensors"}
    monkeypatch.setenv("RATIONALE_FEATURES_GB", "0")
    again = make_run(folder.with_name("again"), sample, student=untrained, examples=130, optimiser={"learning_rate": 2e-4})
    assert train_command(again, check=False) == 0
    assert {file: file.stat().st_ino for file in shared.iterdir()} == own


def ask_to_stop_after_the_first_features():
    """SIGTERM, as a cluster sends it, while features are computed."""
    replace = os.replace

    def replaced(source, target):
        replace(source, target)
        if Path(target).parent.name == "features":
            os.kill(os.getpid(), signal.SIGTERM)

    os.replace = replaced


def test_a_stop_while_features_are_computed(run):
    folder = run(examples=130)
    assert trained(folder, prepare=ask_to_stop_after_the_first_features) == 0
    events = read_events(folder / "events.jsonl")
    assert events[-1]["type"] == "stopped" and events[-1]["step"] == 0
    assert len(list((folder.parent / ".cache" / "features").iterdir())) == 1 and not [event for event in events if event["type"] == "step"]
    assert trained(folder) == 0
    events = read_events(folder / "events.jsonl")
    progress = [(event["what"], event["done"], event["total"]) for event in events if event["type"] == "progress"]
    assert events[-1]["type"] == "finished" and progress[-1][0] == "features"
    assert any(done == total > 64 for _, done, total in progress)
