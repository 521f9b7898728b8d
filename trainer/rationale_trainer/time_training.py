"""The Python side of test/bench/training.bench.ts: `python -m rationale_trainer.time_training WHAT FOLDER`.

WHAT is `loop` (a step of ours and of a bare PyTorch loop on the same batches, in turn) or `trl` (records a second of a
frozen-vision epoch, ours and TRL's SFTTrainer, in turn; needs trainer/requirements-goldens.txt). A run folder is made in
FOLDER; a JSON line is printed.
"""

import json
import statistics
import sys
import time
from pathlib import Path

import torch
from accelerate import Accelerator
from PIL import Image
from torch.nn.functional import cross_entropy
from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration

from .export import load_exported
from .families.base import Family
from .training.environment import memory_used
from .training.events import Events
from .training.learner import Learner
from .training.run_folder import read_run_folder

SAMPLE = Path(__file__).parents[2] / "samples" / "sketchbook"
# A model in which vision matters: a tower of 12 layers before a small text model.
VISION = {"hidden_size": 256, "intermediate_size": 1024, "num_hidden_layers": 12, "num_attention_heads": 8, "image_size": 96, "patch_size": 16}
TEXT = {"hidden_size": 256, "intermediate_size": 512, "num_hidden_layers": 4, "num_attention_heads": 8, "num_key_value_heads": 8, "max_position_embeddings": 512}
EXAMPLES, BATCH, WARM, ROUNDS = 64, 8, 2, 3


def main():
    torch.set_num_threads(1)
    what, folder = sys.argv[1], Path(sys.argv[2])
    student = folder / "student"
    if not student.exists():
        write_student(student)
    make_run(folder / "run", student)
    print(json.dumps({"loop": loop, "trl": trl}[what](folder)))


def write_student(folder: Path):
    source = SAMPLE / "models" / "base"
    _, tokenizer = load_exported(source)
    torch.manual_seed(0)
    text = LlamaConfig(vocab_size=tokenizer.get_vocab_size(), pad_token_id=0, bos_token_id=1, eos_token_id=2, **TEXT)
    places = (VISION["image_size"] // VISION["patch_size"]) ** 2 + 1
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(**VISION), text_config=text, image_token_id=3,
        vision_feature_layer=-1, vision_feature_select_strategy="full", image_seq_length=places,
    )  # fmt: skip
    LlavaForConditionalGeneration(config).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "preprocessor_config.json", "processor_config.json", "generation_config.json"):
        (folder / name).write_bytes((source / name).read_bytes())


def make_run(folder: Path, student: Path):
    """Records of the sample that have an image, with their solutions."""
    problems = json.loads((SAMPLE / "problems.json").read_text(encoding="utf-8"))
    pictured = [(key, record) for key, record in problems.items() if record["image"]][:EXAMPLES]
    (folder / "examples").mkdir(parents=True, exist_ok=True)
    with (folder / "examples" / "train.jsonl").open("w", encoding="utf-8") as file:
        for key, record in pictured:
            choices = " ".join(f"({letter}) {choice}" for letter, choice in zip("ABCD", record["choices"]))
            text = f"Question: {record['question']}\nChoices: {choices}"
            letter = "ABCD"[record["answer"]]
            image = SAMPLE / "images" / record["split"] / key / record["image"]
            line = {
                "id": key, "messages": [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": text}]}],
                "images": [str(image)], "target": f"{record['solution']} The answer is {letter}.", "letter": letter,
            }  # fmt: skip
            file.write(json.dumps(line) + "\n")
    recipe = {
        "student": str(student), "target": "solution-answer", "batch": BATCH, "frozen": ["vision"],
        "optimiser": {"learning_rate": 1e-3}, "adapter": {"kind": "none"}, "objective": {"kind": "sft"},
    }  # fmt: skip
    (folder / "run.yaml").write_text(json.dumps(recipe), encoding="utf-8")


def learner_of(folder: Path) -> Learner:
    learner = Learner(read_run_folder(folder / "run"), Accelerator(cpu=True))
    learner.fill(list(range(len(learner.run.train))))
    learner.family.model.train()
    return learner


def loop(folder: Path) -> dict:
    """Seconds of a step: ours with everything that a run does in it, and the least that PyTorch needs for the same batch."""
    ours, bare = learner_of(folder), learner_of(folder)
    events = Events(folder / "events.jsonl", leads=True)
    optimiser = torch.optim.AdamW(bare.parameters, lr=1e-3, fused=True)
    batches = [ours.plan.step(i)[0] for i in range(ours.plan.steps)]
    prepared = [bare_batch(bare.family, bare, batch) for batch in batches]
    seconds: dict[str, list[float]] = {"ours": [], "bare": []}
    for turn in range(ROUNDS):
        for i, batch in enumerate(batches):
            begun = time.perf_counter()
            loss = ours.step_gradients([batch])
            norm, rate = ours.update(i)
            events.write("step", step=i, loss=loss, gradient_norm=norm, learning_rate=rate, memory_bytes=memory_used(ours.accelerator.device))
            middle = time.perf_counter()
            bare_loss = bare_step(bare, optimiser, *prepared[i])
            ended = time.perf_counter()
            if abs(loss - bare_loss) > 1e-3 * bare_loss:
                raise SystemExit(f"The losses of step {i} differ: {loss}, {bare_loss}.")
            if turn or i >= WARM:
                seconds["ours"].append(middle - begun)
                seconds["bare"].append(ended - middle)
    return {name: statistics.median(values) for name, values in seconds.items()} | {"steps": len(seconds["ours"])}


def bare_batch(family: Family, learner: Learner, indices: list[int]):
    batch = family.collate([learner.texts[i][0] for i in indices])
    seen = [learner.vision.kept(picture) for row in batch.pictures for picture in row]
    return batch.ids, batch.mask, torch.stack(seen), batch.learnt


def bare_step(learner: Learner, optimiser, ids, mask, features, learnt) -> float:
    """Embeddings with the features in their places, the text model, logits where a token is learnt, cross-entropy, AdamW."""
    model = learner.family.model
    embedded = model.get_input_embeddings()(ids).masked_scatter((ids == 3)[..., None], model.model.multi_modal_projector(features))
    hidden = model.model.language_model(inputs_embeds=embedded, attention_mask=mask, use_cache=False).last_hidden_state
    loss = cross_entropy(model.lm_head(hidden[:, :-1][learnt]), ids[:, 1:][learnt])
    loss.backward()
    torch.nn.utils.clip_grad_norm_(learner.parameters, 1.0)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return loss.item()


def trl(folder: Path) -> dict:
    """Records a second of whole epochs after TRL's first, in which it warms up; and of our first with its features."""
    begun = time.perf_counter()
    ours = learner_of(folder)
    filling = time.perf_counter() - begun
    rates: dict[str, list[float]] = {"ours": [], "trl": []}
    trainer, epoch_seconds = trl_trainer(folder, ROUNDS + 1)
    for turn in range(ROUNDS):
        begun = time.perf_counter()
        for step in range(ours.plan.steps):
            ours.step_gradients(ours.plan.step(step))
            ours.update(step)
        rates["ours"].append(EXAMPLES / (time.perf_counter() - begun))
    trainer.train()
    rates["trl"] = [EXAMPLES / seconds for seconds in epoch_seconds[1:]]
    found = {name: statistics.median(values) for name, values in rates.items()}
    return found | {"first": EXAMPLES / (filling + EXAMPLES / found["ours"])}


def trl_trainer(folder: Path, epochs: int):
    from datasets import Dataset
    from transformers import CLIPImageProcessor, LlavaProcessor, PreTrainedTokenizerFast, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    student = folder / "student"
    model = LlavaForConditionalGeneration.from_pretrained(student)
    model.model.vision_tower.requires_grad_(False)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(student)
    processor = LlavaProcessor(
        CLIPImageProcessor.from_pretrained(student), tokenizer, patch_size=VISION["patch_size"], vision_feature_select_strategy="full",
        num_additional_image_tokens=1, chat_template=tokenizer.chat_template,
    )  # fmt: skip
    rows = [
        {"prompt": example.messages, "completion": [{"role": "assistant", "content": [{"type": "text", "text": example.target}]}], "images": [Image.open(example.images[0]).convert("RGB")]}
        for example in read_run_folder(folder / "run").train
    ]
    for row in rows:
        row["prompt"] = [{**message, "content": [{"type": part["type"], "text": part.get("text")} for part in message["content"]]} for message in row["prompt"]]
    seconds: list[float] = []

    class Clock(TrainerCallback):
        def on_epoch_begin(self, *arguments, **named):
            self.begun = time.perf_counter()

        def on_epoch_end(self, *arguments, **named):
            seconds.append(time.perf_counter() - self.begun)

    settings = SFTConfig(
        output_dir=str(folder / "trl"), num_train_epochs=epochs, per_device_train_batch_size=BATCH, learning_rate=1e-3, lr_scheduler_type="constant",
        use_cpu=True, bf16=False, gradient_checkpointing=False, max_length=None, report_to="none", save_strategy="no", disable_tqdm=True, logging_steps=1000,
    )  # fmt: skip
    return SFTTrainer(model=model, args=settings, train_dataset=Dataset.from_list(rows), processing_class=processor, callbacks=[Clock()]), seconds


if __name__ == "__main__":
    main()
