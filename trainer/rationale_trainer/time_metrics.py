"""The Python side of test/bench/metrics.bench.ts: `python -m rationale_trainer.time_metrics WORDNET_FOLDER`.

Reads pairs [candidate, reference] as JSON from standard input, scores each with NLTK, rouge and rouge-score, and
writes the seconds of the processor (loading and a first call of each left out) and the mean of every metric as JSON.
"""

import json
import sys
import time
from pathlib import Path

from .reference_metrics import bleu, load_wordnet, meteor, rouge_l_package, rouge_l

METRICS = {
    "bleu-1": lambda candidate, reference: bleu(candidate, reference, 1),
    "bleu-4": lambda candidate, reference: bleu(candidate, reference, 4),
    "rouge-l": rouge_l,
    "rouge-l-package": rouge_l_package,
    "meteor": meteor,
}


def main():
    load_wordnet(Path(sys.argv[1]))
    pairs = json.load(sys.stdin)
    for metric in METRICS.values():
        metric("a first call", "loads what is loaded late")
    seconds, means = {}, {}
    for name, metric in METRICS.items():
        began = time.process_time()
        total = sum(metric(candidate, reference) for candidate, reference in pairs)
        seconds[name] = time.process_time() - began
        means[name] = total / len(pairs)
    json.dump({"seconds": seconds, "means": means}, sys.stdout)


if __name__ == "__main__":
    main()
