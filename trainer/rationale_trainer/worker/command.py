"""Messages in, messages out: one thing after the other, while a thread listens for the end of the server."""

import json
import os
import sys
import threading
from queue import Queue

from ..failure import Unusable

# Seconds between two signs of life.
SIGN_EVERY = 1.0


class Channel:
    """Standard input and output as lines of JSON. Whatever else prints goes to standard error."""

    def __init__(self):
        self._lines = open(os.dup(1), "w", encoding="utf-8", newline="\n")
        os.dup2(2, 1)
        self._writing = threading.Lock()
        self.arrived: Queue[dict] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, kind: str, **content):
        line = json.dumps({"type": kind, **content}, allow_nan=False)
        with self._writing:
            self._lines.write(line + "\n")
            self._lines.flush()

    def _listen(self):
        for line in sys.stdin.buffer:
            self.arrived.put(json.loads(line))
        # Without its server the worker has nobody to answer, and what it computes is for nobody.
        os._exit(0)


class SignsOfLife:
    """Says that the worker lives while something runs that cannot say so itself."""

    def __init__(self, channel: Channel):
        self._channel, self._over = channel, threading.Event()

    def __enter__(self):
        threading.Thread(target=self._sign, daemon=True).start()

    def __exit__(self, *_):
        self._over.set()

    def _sign(self):
        while not self._over.wait(SIGN_EVERY):
            self._channel.send("alive")


def work():
    """Answers messages until the server is gone."""
    channel, held = Channel(), None
    while True:
        message = channel.arrived.get()
        try:
            if message["type"] == "load-weights":
                held = _load(channel, message)
            elif held is None:
                raise Unusable("No model is loaded.")
            elif message["type"] == "score":
                held.score(message["requests"], channel)
                channel.send("done", memory=held.memory)
            else:
                held.generate(message["requests"], message["decoding"], channel, message["isWatched"], message.get("compiled", []))
                channel.send("done", memory=held.memory)
        except Exception as error:  # The server is to hear of anything that goes wrong; the worker stays.
            channel.send("refused", reason=sentence(error))


def _load(channel: Channel, message: dict):
    with SignsOfLife(channel):
        try:
            # Only now: importing PyTorch takes seconds, in which the worker is alive already.
            from .load import load
        except ImportError as error:
            raise Unusable(f"The Python {sys.executable} cannot run models: {error}.") from error
        held = load(message["folder"], message["device"], message["stop"], message["remoteCode"])
    if held.where.notice:
        channel.send("notice", sentence=held.where.notice)
    channel.send("loaded", device=held.device_words)
    return held


def sentence(error: Exception) -> str:
    """One sentence of an error; of transformers' paragraphs the first line."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0] if isinstance(error, Unusable) else f"{lines[0].rstrip('.')}."
