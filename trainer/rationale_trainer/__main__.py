"""The trainer's command line: python -m rationale_trainer COMMAND (with trainer/ on PYTHONPATH)."""

import argparse

from .commands import COMMANDS


def main():
    parser = argparse.ArgumentParser(prog="rationale_trainer", description="Sketchbook, the embedded pair of models, and their export.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (summary, arguments, run) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        arguments(command)
        command.set_defaults(run=run)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
