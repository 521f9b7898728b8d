"""batch.json: one real batch, token by token, as the editor colours it."""

import json
import os

from ...families.sequences import KIND_NAMES, TARGET
from ..learner import Learner

# Examples shown: enough to see every kind, few enough to read.
SHOWN = 4


def write_batch(learner: Learner):
    if not learner.accelerator.is_main_process:
        return
    chosen = learner.plan.step(0)[0][:SHOWN]
    batch = learner.family.collate([text for i in chosen for text in learner.texts[i]])
    parts = [(learner.run.train[i].id, part) for i in chosen for part in learner.objective.parts]
    rows = [
        {
            "id": identifier,
            "part": part,
            "tokens": [
                {"text": learner.family.decode([token]), "kind": KIND_NAMES[kind], "supervised": kind == TARGET}
                for token, kind in zip(ids, kinds)
            ],
        }
        for (identifier, part), ids, kinds in zip(parts, batch.ids.tolist(), batch.kinds.tolist())
    ]  # fmt: skip
    file, partial = learner.run.path / "batch.json", learner.run.path / ".batch.json.partial"
    partial.write_text(json.dumps({"rows": rows}, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(partial, file)
