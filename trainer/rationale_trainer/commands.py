"""The table of commands: what it does, its arguments, the function that runs it. Heavy imports wait until then."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path


def _sketchbook_arguments(parser: ArgumentParser):
    parser.add_argument("--out", type=Path, required=True, help="folder for problems.json, pid_splits.json, faults.json and images/")
    parser.add_argument("--records", type=int, default=400, help="how many records (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="default: %(default)s, the repository's sample")


def _sketchbook(options: Namespace):
    from .sketchbook.dataset import write_sample
    from .sketchbook.faults import write_faults

    write_sample(options.out, options.records, options.seed)
    write_faults(options.out)


def _pair_arguments(parser: ArgumentParser):
    parser.add_argument("--out", type=Path, required=True, help="folder for the models teacher/, base/ and student/")
    parser.add_argument("--work", type=Path, required=True, help="folder for draws and checkpoints (4 GB); started again, it goes on")
    parser.add_argument("--short", action="store_true", help="a version of minutes that shows the stages work, not good models")
    parser.add_argument("--golden", type=Path, help="also write golden prompts and outputs to this folder")
    parser.add_argument("--stage", help="run one stage only, in this process")
    parser.add_argument("--processes", type=int, default=2, help="processes of a single training stage (default: %(default)s)")


def _pair(options: Namespace):
    from .pair.run import run_pair, run_stage

    if options.stage:
        run_stage(options.stage, options.out, options.work, options.short, options.processes, options.golden)
    else:
        run_pair(options.out, options.work, options.short, options.golden)


def _students_arguments(parser: ArgumentParser):
    parser.add_argument("--teacher", type=Path, required=True, help="folder of the teacher, as `pair` writes it")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="default: 1 2 3")
    parser.add_argument("--out", type=Path, required=True, help="folder for the models seed-N-base/ and seed-N-student/")
    parser.add_argument("--work", type=Path, required=True, help="folder for draws and checkpoints (1 GB); started again, it goes on")
    parser.add_argument("--short", action="store_true", help="the same for a teacher of `pair --short`")


def _students(options: Namespace):
    from .pair.students import run_students

    run_students(options.teacher, options.seeds, options.out, options.work, options.short)


def _untrained_arguments(parser: ArgumentParser):
    parser.add_argument("--out", type=Path, required=True, help="folder for the model")
    parser.add_argument("--seed", type=int, default=0)


def _untrained(options: Namespace):
    from .untrained import write_untrained

    write_untrained(options.out, options.seed)


def _tiny_arguments(parser: ArgumentParser):
    parser.add_argument("architecture", help="llava, llava-next, llava-onevision, pixtral, qwen2-vl, paligemma, idefics3, smolvlm, mllama, moondream, kosmos-2 or vilt")
    parser.add_argument("--out", type=Path, required=True, help="folder for the model")
    parser.add_argument("--seed", type=int, default=0)


def _tiny(options: Namespace):
    from .tiny import TINY, write_tiny

    if options.architecture not in TINY:
        raise SystemExit(f"There is no architecture {options.architecture}; there are {', '.join(TINY)}.")
    write_tiny(options.architecture, options.out, options.seed)


def _hundred_arguments(parser: ArgumentParser):
    parser.add_argument("folder", type=Path, help="folder of the model and its exports")
    parser.add_argument("--dataset", type=Path, help="run Hugging Face generate on this problems.json, with images/ beside it; without it, the models are made")
    parser.add_argument("--split", default="test")
    parser.add_argument("--limit", type=int, default=16, help="default: %(default)s records")
    parser.add_argument("--batch", type=int, default=8, help="default: %(default)s")
    parser.add_argument("--new-tokens", type=int, default=48, help="default: %(default)s")
    parser.add_argument("--decoder", help="run the decoder of this export, onnx or onnx-int8, in ONNX Runtime's Python: as many rows as --limit says")
    parser.add_argument("--prompt", type=int, default=128, help="tokens of such a row's prompt (default: %(default)s)")


def _hundred(options: Namespace):
    from .hundred import time_decoder, time_hundred, write_hundred

    if options.decoder:
        time_decoder(options.folder / options.decoder, options.limit, options.prompt, options.new_tokens)
    elif options.dataset:
        time_hundred(options.folder / "model", options.dataset, options.split, options.limit, options.batch, options.new_tokens)
    else:
        write_hundred(options.folder)


def _generate_arguments(parser: ArgumentParser):
    parser.add_argument("--model", type=Path, required=True, help="exported model folder")
    parser.add_argument("--dataset", type=Path, required=True, help="problems.json, with images/ beside it")
    parser.add_argument("--split", help="records of this split only")
    parser.add_argument("--limit", type=int, help="at most this many records")
    parser.add_argument("--setting", type=int, default=1, choices=(1, 2, 3, 4))
    parser.add_argument("--batch", type=int, default=16, help="records of equal prompt length run together (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="PyTorch threads (default: %(default)s)")


def _generate(options: Namespace):
    from .generate import generate

    generate(options.model, options.dataset, options.split, options.limit, options.setting, options.batch, options.threads)


def _sentences_arguments(parser: ArgumentParser):
    parser.add_argument("--model", type=Path, required=True, help="Hugging Face folder of a BERT-like sentence-embedding model, such as all-MiniLM-L6-v2")
    parser.add_argument("--out", type=Path, required=True, help="folder for the model in ONNX")


def _sentences(options: Namespace):
    from .sentences import export_sentences

    export_sentences(options.model, options.out)


def _train_arguments(parser: ArgumentParser):
    parser.add_argument("folder", type=Path, help="run folder, as `rationale train` writes it")
    parser.add_argument("--check", action="store_true", help="only look at what would be trained, what is wrong with it and what it costs")


def _train(options: Namespace):
    from .training.command import train_command

    sys.exit(train_command(options.folder, options.check))


def _export_arguments(parser: ArgumentParser):
    parser.add_argument("source", type=Path, help="run folder, one of its checkpoints, or any model folder")
    parser.add_argument("folder", type=Path, help="folder for the exported model")
    parser.add_argument("--quantise", default="", help="smaller copies to write beside it, FOLDER-KIND each: fp16, int8, q4, with commas between")
    parser.add_argument("--verify", type=int, help="on so many records the export must give PyTorch's tokens (default: the recipe's, else 32)")
    parser.add_argument("--examples", type=Path, help="examples to verify on, as in a run's examples/ (default: the run's evaluation examples)")


def _export(options: Namespace):
    from .exporting.command import export_command

    kinds = [kind.strip() for kind in options.quantise.split(",") if kind.strip()]
    sys.exit(export_command(options.source, options.folder, kinds, options.verify, options.examples))


def _worker_arguments(parser: ArgumentParser):
    pass


def _worker(options: Namespace):
    from .worker.command import work

    work()


COMMANDS = {
    "sketchbook": ("Draw the sample dataset, byte for byte as it is in the repository.", _sketchbook_arguments, _sketchbook),
    "pair": ("Make teacher, base student and distilled student from nothing; resumes.", _pair_arguments, _pair),
    "students": ("Make base student and distilled student from other seeds, with a teacher that is there; resumes.", _students_arguments, _students),
    "untrained": ("Write a tiny random model in the layout of an export.", _untrained_arguments, _untrained),
    "tiny": ("Write a tiny random model of an architecture, in the layout of a model repository.", _tiny_arguments, _tiny),
    "train": ("Train the student of a run folder; started again, it goes on from its last checkpoint.", _train_arguments, _train),
    "export": ("Export a student for the onnx provider; it is only there when it writes PyTorch's tokens.", _export_arguments, _export),
    "generate": ("Run an exported model with Hugging Face generate; JSON lines with timing.", _generate_arguments, _generate),
    "worker": ("Run a Hugging Face model for the server: JSON lines on the standard streams.", _worker_arguments, _worker),
    "hundred": ("Make a random LLaVA of a hundred million parameters with its exports, or time others on it: Hugging Face generate, ONNX Runtime's Python.", _hundred_arguments, _hundred),
    "sentences": ("Export a sentence-embedding model to ONNX, for the cosine of texts.", _sentences_arguments, _sentences),
}
