"""What is looked at before a run: its texts, its student, its data, and one real step. Each check is one function.

Checks get the loaded `Learner` and yield findings. An error keeps the run from starting.
"""

from ..events import Events
from ..learner import Learner
from . import data, students, texts
from .batch import write_batch
from .cost import cost
from .finding import Finding

# In the order in which their findings are best read.
CHECKS = (
    students.nothing_trainable,
    students.frozen_part_trained,
    students.module_not_found,
    texts.missing_text,
    texts.not_the_target,
    texts.image_supervised,
    texts.prompt_supervised,
    texts.end_not_supervised,
    texts.too_long,
    texts.target_in_prompt,
    texts.answer_not_in_target,
    texts.template_differs,
    students.image_token_count,
    data.steps_differ,
    data.small_student,
    data.near_duplicates,
)


def preflight(learner: Learner, events: Events) -> list[Finding]:
    """Writes the event and batch.json."""
    findings = [finding for check in CHECKS for finding in check(learner)]
    estimate = None
    if not any(finding.severity == "error" for finding in findings):
        write_batch(learner)
        estimate, more = cost(learner)
        findings += more
    events.write("preflight", findings=[finding.as_json() for finding in findings], cost=estimate)
    return findings
