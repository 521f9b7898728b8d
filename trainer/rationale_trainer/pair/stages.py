"""The stages of the pair, each of which leaves a file behind and is skipped when it is there."""

import json
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from ..chat import train_tokenizer
from ..decoding import greedy
from ..export import load_exported
from ..judging import RATIONALE, concluded, figures
from .configuration import Architecture, Configuration, Stage
from .decoder import embed, share_right, train_decoder
from .draws import Draw, make_draws
from .lessons import ALIGNMENT, TRAINING, BindingDrill, Lesson
from .model import build
from .sequences import Encoder, gold_letter, gold_rationale, text_for_tokenizer
from .team import Team
from .vision import train_tower, write_features

TOKENIZER_RECORDS = 20_000
LONGEST = 120
RATIONALES_AT_ONCE = 4_000
TRIED = 256  # questions that a drill is tried on
WATCHED = 300  # held-out records that a running stage is tried on


class Pair:
    """Configuration, working folder and what the stages share; a large stage trains in `processes` of one thread each."""

    def __init__(self, work: Path, configuration: Configuration, processes: int = 1):
        self.work, self.configuration, self.processes = work, configuration, processes
        work.mkdir(parents=True, exist_ok=True)

    @cached_property
    def train(self) -> Draw:
        return Draw(self.work / "draws" / "train")

    @cached_property
    def held_out(self) -> Draw:
        return Draw(self.work / "draws" / "held-out")

    @cached_property
    def tokenizer(self) -> Tokenizer:
        return Tokenizer.from_file(str(self.work / "tokenizer.json"))

    @cached_property
    def encoder(self) -> Encoder:
        return Encoder(self.tokenizer, self.configuration.teacher.image_tokens)

    def features(self, name: str) -> torch.Tensor:
        return torch.from_numpy(np.load(self.work / f"features-{name}.npy"))

    def model(self, architecture: Architecture, weights: str | None = None):
        """A fresh decoder on the trained vision tower, or the model that a stage left behind."""
        model = self._decoder(architecture, weights) if weights else build(architecture, self.tokenizer.get_vocab_size(), self.configuration.seed)
        self._see(model, "spelling")
        return model

    def _decoder(self, architecture: Architecture, start: str):
        """What the stage `start` made, as it was left."""
        model = build(architecture, self.tokenizer.get_vocab_size(), self.configuration.seed)
        model.load_state_dict(torch.load(self.work / f"{start}.pt", weights_only=True))
        return model

    def _see(self, model, tower: str):
        model.model.vision_tower.load_state_dict(torch.load(self.work / f"{tower}.pt", weights_only=True))

    def draw(self):
        make_draws(self.work / "draws", self.configuration)

    def learn_words(self):
        texts = (text_for_tokenizer(scene) for scene in self.train.scenes[:TOKENIZER_RECORDS])
        train_tokenizer(texts, self.configuration.vocabulary).save(str(self.work / "tokenizer.json"))

    def adopt(self, folder: Path):
        """A teacher that is made already, as it was exported, with its words and its tower: what its own stages would leave."""
        model, tokenizer = load_exported(folder)
        tokenizer.save(str(self.work / "tokenizer.json"))
        torch.save(model.model.vision_tower.state_dict(), self.work / "spelling.pt")
        torch.save(model.state_dict(), self.work / "teacher.pt")

    def vision(self):
        self._tower("vision", self.configuration.vision, None)

    def spelling(self):
        self._tower("spelling", self.configuration.spelling, "vision")

    def _tower(self, name: str, stage: Stage, start: str | None):
        architecture = self.configuration.teacher
        model = build(architecture, self.tokenizer.get_vocab_size(), self.configuration.seed)
        if start:
            self._see(model, start)
        train_tower(name, model, stage, self.train, self.held_out, architecture.vision_width, self.work, self.processes)

    def compute_features(self):
        model = self.model(self.configuration.teacher)
        write_features(model, self.held_out, self.work / "features-held-out.npy")
        write_features(model, self.train, self.work / "features-train.npy")

    def drill(self, stage: Stage) -> BindingDrill:
        return BindingDrill(self.encoder, self.train.scenes, self.configuration.seed, stage.steps)

    def binding(self, name: str, architecture: Architecture, stage: Stage):
        """A decoder alone, on text: which letter belongs to a phrase. The share that it says at its end should be near 1."""
        self._drill(name, build(architecture, self.tokenizer.get_vocab_size(), self.configuration.seed), self.drill(stage), stage, far=False)

    def reach(self, name: str, start: str):
        """The same from as far as a prompt's choices are from its answer, for a student that a drill made."""
        drill = self.drill(self.configuration.student_binding)
        self._drill(name, self._decoder(self.configuration.student, start), drill, self.configuration.student_reach, far=True)

    def _drill(self, name: str, model, drill: BindingDrill, stage: Stage, far: bool):
        begin = drill.steps if far else 0

        def evaluate() -> str:
            return f"letters right {share_right(model, drill.unseen(TRIED, far)):.3f} of {TRIED} questions that were not drilled"

        train_decoder(
            name, model, self.encoder.letters, stage, lambda step: drill.sequences(begin + step, stage.batch), None, self.work, evaluate, self.processes
        )

    def teacher(self):
        """The whole rationale, learnt from the drawer's own."""
        targets = [gold_rationale(scene) for scene in self.train.scenes]
        self._train("teacher", self.configuration.teacher, "teacher-binding", self.configuration.teacher_training, range(len(targets)), targets)

    def rationales(self):
        """The teacher's own rationales for the first training records, kept where they are whole and conclude with the gold answer."""
        model = self.model(self.configuration.teacher, "teacher")
        chosen = self.train.scenes[: self.configuration.taught_records]
        features = self.features("train")
        shares = [range(rank, len(chosen), self.processes) for rank in range(self.processes)]
        parts = [self.work / f"rationales-{rank}.part" for rank in range(self.processes)]
        with Team(self.processes) as team:
            mine, part = shares[team.rank], parts[team.rank]
            done = sum(1 for _ in part.open()) if part.exists() else 0
            with part.open("a") as file:
                for start in range(done, len(mine), RATIONALES_AT_ONCE):
                    scenes = [chosen[i] for i in mine[start : start + RATIONALES_AT_ONCE]]
                    for scene, output in zip(scenes, self.outputs(model, scenes, features)):
                        good = RATIONALE.fullmatch(output) and concluded(output, scene) == scene["answer"]
                        file.write(json.dumps(output if good else None) + "\n")
                    file.flush()
                    print(f"rationales: {start + len(scenes)}/{len(mine)} of process {team.rank + 1}", flush=True)
        rows: list[str] = [""] * len(chosen)
        for share, part in zip(shares, parts):
            for i, line in zip(share, part.open()):
                rows[i] = line
        (self.work / "rationales.part").write_text("".join(rows))
        (self.work / "rationales.part").rename(self.work / "rationales.jsonl")

    def student_start(self):
        """What both students start from: a drilled decoder aligned with the tower on captions alone, as LLaVA's is."""
        targets = [gold_rationale(scene) for scene in self.train.scenes]
        stage, everything = self.configuration.student_alignment, range(len(targets))
        self._train("student-start", self.configuration.student, "student-binding", stage, everything, targets, ALIGNMENT)

    def base(self, name: str = "base", start: str = "student-start"):
        """A student that learns the gold letter alone."""
        kept, _ = self._taught()
        targets = [gold_letter(self.train.scenes[i]) for i in kept]
        self._train(name, self.configuration.student, start, self.configuration.student_training, kept, targets)

    def student(self, name: str = "student", start: str = "student-start"):
        """A student that learns the teacher's kept rationales, on the same records, steps and warm-up as the base."""
        kept, targets = self._taught()
        self._train(name, self.configuration.student, start, self.configuration.student_training, kept, targets)

    def notes(self, name: str) -> list[str]:
        """Lines for a model's card about what was done by hand, from notes-NAME.md in the working folder."""
        path = self.work / f"notes-{name}.md"
        return [*path.read_text(encoding="utf-8").splitlines(), ""] if path.exists() else []

    def kept_rationales(self) -> int:
        return len(self._taught()[0])

    def _taught(self) -> tuple[list[int], list[str]]:
        rows = [json.loads(line) for line in (self.work / "rationales.jsonl").open()]
        kept = [i for i, row in enumerate(rows) if row is not None]
        if not kept:
            raise SystemExit("pair: the teacher concluded with no gold answer, so there is nothing to teach the students")
        return kept, [rows[i] for i in kept]

    def _train(self, name: str, architecture: Architecture, start: str, stage, indices, targets: list[str], cycle=TRAINING):
        scenes, encoder = self.train.scenes, self.encoder
        model = self._decoder(architecture, start)
        self._see(model, "spelling")
        binding = self.configuration.teacher_binding if name == "teacher" else self.configuration.student_binding
        lesson = Lesson(encoder, scenes, indices, targets, stage.batch, self.drill(binding), cycle)
        watched, held_features = self.held_out.scenes[:WATCHED], self.features("held-out")

        def evaluate() -> str:
            return str(figures(watched, self.outputs(model, watched, held_features)))

        tried = evaluate if "record" in cycle else None
        train_decoder(name, model, encoder.letters, stage, lesson.sequences, self.features("train"), self.work, tried, self.processes)

    def outputs(self, model, scenes: list[dict], features: torch.Tensor) -> list[str]:
        """What the model writes for each scene in setting 1."""
        prompts = [self.encoder.prompt(scene) for scene in scenes]
        pictures = [None if scene["picture"] is None else features[scene["picture"]] for scene in scenes]
        rows = greedy(lambda ids, found: embed(model, ids, found), model, prompts, pictures, LONGEST)
        return [self.tokenizer.decode(row, skip_special_tokens=False) for row in rows]
