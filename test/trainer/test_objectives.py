"""Every objective against a reference in plain Python, computed from the formula in its file; and all of them in a run."""

import json
import math

import pytest
import torch
from rationale_trainer.training.command import train_command
from rationale_trainer.training.events import read_events
from rationale_trainer.training.objectives import OBJECTIVES, make_objective
from rationale_trainer.training.objectives.base import Scales, Tokens
from rationale_trainer.training.objectives.distributions import Given, top_and_rest
from rationale_trainer.training.objectives.uld import Given as Aligned
from rationale_trainer.training.objectives.uld import aligned
from run_folders import make_run

# Two rows: the first has two learnt tokens, the second one. Three words.
STUDENT = [[1.0, 0.0, -1.0], [0.5, 2.0, 0.0], [0.0, -0.5, 1.0]]
TEACHER = [[2.0, 0.0, 0.0], [0.0, 1.0, 0.5], [-1.0, 0.0, 2.0]]
TARGETS, ROWS = [0, 1, 2], [0, 0, 1]


def softmax(logits, temperature=1.0):
    powers = [math.exp(value / temperature) for value in logits]
    return [power / sum(powers) for power in powers]


def kl(p, q):
    return sum(a * math.log(a / b) for a, b in zip(p, q))


CE = [-math.log(softmax(logits)[target]) for logits, target in zip(STUDENT, TARGETS)]


def tokens(logits=STUDENT, targets=TARGETS, rows=ROWS):
    return Tokens(torch.tensor(logits), torch.tensor(targets), torch.tensor(rows))


def scales(token=(1 / 3, 1 / 3), example=(0.5, 0.5)):
    return Scales(torch.tensor(token), torch.tensor(example))


def loss(settings, given=None, scale=None, of=None):
    return make_objective(settings).loss(of or tokens(), scale or scales(), given).item()


def given(temperature):
    return Given(torch.log_softmax(torch.tensor(TEACHER) / temperature, -1))


def test_sft_is_the_mean_over_target_tokens():
    assert loss({"kind": "sft"}) == pytest.approx(sum(CE) / 3)


def test_a_weight_counts_an_examples_tokens():
    # Weights 1 and 3: Σ w · loss / Σ w over tokens.
    assert loss({"kind": "sft"}, scale=scales(token=(1 / 5, 3 / 5))) == pytest.approx((CE[0] + CE[1] + 3 * CE[2]) / 5)


def test_two_tasks_have_a_mean_each():
    # Row 0 is the answer, row 1 the rationale, of one example.
    objective = make_objective({"kind": "two-task", "weight": 0.25})
    assert objective.parts == ("answer_target", "target") and objective.part_weights == (1.0, 0.25)
    assert objective.loss(tokens(), scales(token=(1 / 2, 0.25 / 1)), None).item() == pytest.approx((CE[0] + CE[1]) / 2 + 0.25 * CE[2])


def js(p, q, beta):
    m = [beta * a + (1 - beta) * b for a, b in zip(p, q)]
    return beta * kl(p, m) + (1 - beta) * kl(q, m)


@pytest.mark.parametrize(
    "kind, more, divergence",
    [("forward-kl", {}, kl), ("reverse-kl", {}, lambda p, q: kl(q, p)), ("js", {"beta": 0.3}, lambda p, q: js(p, q, 0.3))],
)
def test_divergences(kind, more, divergence):
    t, w = 2.0, 0.4
    expected = 0.0
    for student, teacher, own in zip(STUDENT, TEACHER, CE):
        expected += ((1 - w) * own + w * t**2 * divergence(softmax(teacher, t), softmax(student, t))) / 3
    assert loss({"kind": kind, "weight": w, "temperature": t, **more}, given(t)) == pytest.approx(expected, rel=1e-5)


def test_kept_probabilities_are_those_words_and_the_rest():
    words = torch.tensor([[0], [1], [2]])
    kept = Given(top_and_rest(given(1.0).log_p, words), words)
    expected = 0.0
    for student, teacher, word in zip(STUDENT, TEACHER, (0, 1, 2)):
        p, q = softmax(teacher)[word], softmax(student)[word]
        expected += kl([p, 1 - p], [q, 1 - q]) / 3
    settings = {"kind": "forward-kl", "weight": 1.0, "temperature": 1.0}
    assert loss(settings, kept) == pytest.approx(expected, rel=1e-5)
    assert loss(settings, kept) <= loss(settings, given(1.0))


def test_taid_slides_from_the_student_to_the_teacher():
    objective = make_objective({"kind": "taid", "temperature": 1.0, "alpha": 0.4})
    objective.steps = 10

    def expected(t):
        total = 0.0
        for student, teacher in zip(STUDENT, TEACHER):
            mixed = softmax([(1 - t) * a + t * b for a, b in zip(student, teacher)])
            total += kl(mixed, softmax(student)) / 3
        return total

    assert objective.loss(tokens(), scales(), given(1.0)).item() == pytest.approx(expected(0.4), rel=1e-4)
    objective.after_step(2.0)
    assert objective.t == 0.4
    objective.after_step(1.0)
    # δ = 1/2, m = 0.005; the adaptive stride is smaller than the linear one here: t = 0.4 + 0.6 · 2/10.
    assert objective.momentum == pytest.approx(0.005) and objective.t == pytest.approx(0.52)
    assert objective.loss(tokens(), scales(), given(1.0)).item() == pytest.approx(expected(0.52), rel=1e-4)
    again = make_objective({"kind": "taid", "temperature": 1.0, "alpha": 0.4})
    again.restore(json.loads(json.dumps(objective.state())))
    assert again.state() == objective.state()


def test_no_gradient_flows_through_taids_target():
    logits = torch.tensor(STUDENT, requires_grad=True)
    objective = make_objective({"kind": "taid", "temperature": 1.0, "alpha": 0.0})
    objective.loss(Tokens(logits, torch.tensor(TARGETS), torch.tensor(ROWS)), scales(), given(1.0)).backward()
    # At t = 0 the target is the student itself, so its loss is 0 and at its least.
    assert logits.grad.abs().max() < 1e-6


def test_dpo():
    # Row 0 right, row 1 wrong, of one example.
    reference = torch.tensor([-1.0, -0.25])
    ratio = (-(CE[0] + CE[1]) + 1.0) - (-CE[2] + 0.25)
    expected = math.log(1 + math.exp(-0.1 * ratio))
    assert loss({"kind": "dpo", "beta": 0.1}, reference, scales(example=(1.0, 1.0))) == pytest.approx(expected, rel=1e-5)


def test_redi():
    expected = (CE[0] + CE[1]) / 2 - 0.8 * CE[2]
    assert loss({"kind": "redi", "alpha": 0.8}, None, scales(example=(1.0, 1.0))) == pytest.approx(expected, rel=1e-5)


def test_uld_by_hand():
    # One row; the student's two tokens are the teacher's one.
    student, teacher = tokens(STUDENT[:2], TARGETS[:2], [0, 0]), tokens([[3.0, 1.0, 0.0, 0.0]], [0], [0])
    merged = sorted((softmax(STUDENT[0])[0] * value for value in softmax(STUDENT[1])), reverse=True) + [0.0]
    expected = sum(abs(a - b) for a, b in zip(merged, softmax([3.0, 1.0, 0.0, 0.0])))
    pairs = Aligned(teacher, [aligned([3, 7], [7])])
    one = scales(token=(0.5,), example=(1.0,))
    assert loss({"kind": "uld", "weight": 1.0, "temperature": 1.0}, pairs, one, student) == pytest.approx(expected, rel=1e-5)
    both = 0.25 * (CE[0] + CE[1]) / 2 + 0.75 * expected
    assert loss({"kind": "uld", "weight": 0.75, "temperature": 1.0}, pairs, one, student) == pytest.approx(both, rel=1e-5)


def test_tokens_are_grouped_at_shared_cuts():
    assert aligned([2, 5, 9], [5, 7, 9]) == [([0, 1], [0]), ([2], [1, 2])]
    assert aligned([2, 4], [4, 6]) == [([0, 1], [0])]
    assert aligned([], [3]) == []


def test_uld_equals_trl(root):
    """Goldens of TRL's ULDLoss, written by rationale_trainer/uld_goldens.py."""
    cases = [json.loads(line) for line in (root / "test" / "cases" / "uld-golden.jsonl").open(encoding="utf-8")]
    assert len(cases) >= 8
    for case in cases:
        rows = range(len(case["student"]))

        def of(model):
            texts = case[model]
            logits = torch.cat([torch.tensor(text["logits"]) for text in texts])
            targets = [token for text in texts for token in text["targets"]]
            return Tokens(logits, torch.tensor(targets), torch.tensor([row for row, text in enumerate(texts) for _ in text["targets"]]))

        pairs = [aligned(case["student"][row]["ends"], case["teacher"][row]["ends"]) for row in rows]
        scale = scales(token=[0.0] * len(rows), example=[1 / len(rows)] * len(rows))
        found = loss({"kind": "uld", "weight": 1.0, "temperature": case["temperature"]}, Aligned(of("teacher"), pairs), scale, of("student"))
        assert found == pytest.approx(case["loss"], rel=1e-5)


SETTINGS = {
    "sft": {},
    "two-task": {"weight": 0.5},
    "forward-kl": {"weight": 0.5, "temperature": 2.0},
    "reverse-kl": {"weight": 0.5, "temperature": 2.0, "top_k": 8},
    "js": {"weight": 0.5, "temperature": 1.0, "beta": 0.5, "top_k": 8},
    "taid": {"temperature": 1.0, "alpha": 0.4, "top_k": 8},
    "uld": {"weight": 0.5, "temperature": 1.0},
    "dpo": {"beta": 0.1},
    "redi": {"alpha": 0.8},
}


@pytest.mark.parametrize("kind", OBJECTIVES)
def test_every_objective_trains(kind, sample, untrained, tmp_path):
    """The sample's teacher has the tokenizer of its base student; for uld the untrained model stands in, which has another."""
    student = untrained if kind == "uld" else sample / "models" / "base"
    objective = {"kind": kind, **SETTINGS[kind]}
    folder = make_run(tmp_path / "run", sample, student, examples=8, evaluation=0, objective=objective, epochs=4, teacher={"model": str(sample / "models" / "teacher")}, optimiser={"learning_rate": 1e-3})
    assert train_command(folder, check=False) == 0
    events = read_events(folder / "events.jsonl")
    losses = [event["loss"] for event in events if event["type"] == "step"]
    assert len(losses) == 8 and all(math.isfinite(value) for value in losses)
    if kind != "taid":
        # TAID's target moves away while it is approached.
        assert losses[-1] < losses[0]
    assert (folder / "teacher").is_dir() == ("top_k" in SETTINGS[kind])
    assert (folder / "reference").is_dir() == (kind == "dpo")


def test_a_teacher_with_another_tokenizer_is_refused_with_the_way_on(sample, untrained, tmp_path, capsys):
    teacher = {"model": str(sample / "models" / "teacher")}
    objective = {"kind": "forward-kl", "weight": 0.5, "temperature": 1.0}
    folder = make_run(tmp_path / "run", sample, untrained, examples=4, objective=objective, teacher=teacher)
    assert train_command(folder, check=False) == 2
    assert "another tokenizer than the student: use the objective uld" in capsys.readouterr().err
    folder = make_run(tmp_path / "run2", sample, untrained, examples=4, objective=objective)
    assert train_command(folder, check=False) == 2
    assert "needs a teacher's logits" in capsys.readouterr().err
