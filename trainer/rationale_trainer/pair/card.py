"""The model card: what a model is, how it was made and how well it does, with every figure measured."""

from ..judging import Figures, wilson
from .configuration import Stage
from .model import parameter_count

ROLES = {
    "teacher": "The teacher of the embedded pair: it writes a four-stage rationale and concludes with a letter. "
    "It learnt from the rationales that the drawing program knows.",
    "base": "The base student of the embedded pair: it answers with a letter alone, which is all it was taught. "
    "It is what the distilled student is compared with.",
    "student": "The distilled student of the embedded pair: it writes a four-stage rationale and concludes with a letter. "
    "It learnt from the teacher's own rationales, kept where they conclude with the gold letter.",
}


def card(name: str, pair, model, results: dict[str, Figures]) -> str:
    configuration = pair.configuration
    architecture = configuration.teacher if name == "teacher" else configuration.student
    training = configuration.teacher_training if name == "teacher" else configuration.student_training
    binding = configuration.teacher_binding if name == "teacher" else configuration.student_binding
    records = configuration.train_records if name == "teacher" else f"{pair.kept_rationales()} of the first {configuration.taught_records}"
    held_out = next(iter(results.values()))
    return "\n".join(
        [
            f"# sketchbook-{name}",
            "",
            ROLES[name],
            "",
            f"A LLaVA of {parameter_count(model) / 1e6:.2f} million parameters (CLIP vision: {architecture.vision_layers} layers, width "
            f"{architecture.vision_width}, patches of {architecture.patch} pixels in images of {architecture.image}; Llama text: "
            f"{architecture.text_layers} layers, width {architecture.text_width}), trained from nothing on Sketchbook, drawn school-science "
            "questions in English. It knows nothing else. Stored for ONNX Runtime and transformers.js, weights in half precision, "
            "computation in single precision. MIT licence, like the rest of the repository.",
            "",
            "## How it was made",
            "",
            f"`npm run pair` makes such a model from nothing in these stages: `python -m rationale_trainer pair`, seed {configuration.seed}, AdamW, cosine schedules.",
            "",
            "| Stage | Learns | Steps | Batch | Peak rate |",
            "| --- | --- | ---: | ---: | ---: |",
            _row("vision", "facts of the picture, pooled; shared by all three models", configuration.vision),
            _row("spelling", "one fact to an image token; the tower is frozen afterwards", configuration.spelling),
            _row("binding", "the letter that belongs to a phrase, text only", binding),
            *([] if name == "teacher" else [_row("alignment", "captions alone, shared by both students", configuration.student_alignment)]),
            _row("training", _learnt(name), training),
            "",
            *pair.notes(name),
            f"Training records: {records} drawn ones; {configuration.held_out_records} held-out ones. No picture and no full text is shared "
            "between training, held-out draw and the sample in the repository (compared by hash).",
            "",
            "## How well it does",
            "",
            "Greedy decoding, setting 1 (question, choices, hint, image, task), the stored weights, 95 % Wilson intervals.",
            "",
            *_figures_table(results),
            "",
            "Accuracy by topic:",
            "",
            *_slices_table({title: result.topics for title, result in results.items()}, "Topic"),
            "",
            "## Known failures",
            "",
            *_failures(held_out),
            "",
            "Accuracy by skill:",
            "",
            *_slices_table({title: result.skills for title, result in results.items()}, "Skill"),
            "",
            "Anything but Sketchbook's questions and drawings is outside what it has seen: expect wrong answers in the right form.",
            "",
        ]
    )


def _learnt(name: str) -> str:
    return {"teacher": "the drawer's rationales", "base": "gold letters", "student": "the teacher's kept rationales"}[name]


def _row(name: str, learns: str, stage: Stage) -> str:
    return f"| {name} | {learns} | {stage.steps} | {stage.batch} | {stage.rate} |"


def _figures_table(results: dict[str, Figures]) -> list[str]:
    lines = ["| Records | n | Accuracy | Captions exact | Reasoning against conclusion | Malformed |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for title, result in results.items():
        n = result.records
        staged = [f"{count / n:.3f}" if result.staged else "-" for count in (result.captions, result.contradictions)]
        lines.append(f"| {title} | {n} | {_share(result.right, n)} | {' | '.join(staged)} | {result.malformed / n:.3f} |")
    return lines


def _slices_table(slices: dict[str, dict], title: str) -> list[str]:
    lines = [f"| {title} | {' | '.join(slices)} |", f"| --- |{' ---: |' * len(slices)}"]
    for name in sorted({name for counts in slices.values() for name in counts}):
        cells = [f"{_share(*counts[name])} of {counts[name][1]}" if name in counts else "-" for counts in slices.values()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _failures(result: Figures) -> list[str]:
    worst = sorted(result.skills.items(), key=lambda item: item[1][0] / item[1][1])[:4]
    lines = [f"- {name}: {total - right} of {total} held-out records wrong." for name, (right, total) in worst if right < total]
    if result.contradictions:
        lines.append(f"- Its reasoning names one choice and its conclusion another in {result.contradictions} of {result.records} held-out records.")
    if result.staged and result.captions < result.staged:
        lines.append(f"- {result.staged - result.captions} of {result.staged} held-out captions differ from what was drawn.")
    return lines or ["- None on the held-out draw."]


def _share(right: int, total: int) -> str:
    low, high = wilson(right, total)
    return f"{right / total:.3f} [{low:.3f}, {high:.3f}]"
