"""Choices scored by a masked language model: ViLT writes no text.

svrd, section 4.3, has ViLT score the choices "using masked language modeling techniques" and says no more. Here a
choice's score is its pseudo-log-likelihood (Salazar et al., 2020, "Masked Language Model Scoring"): it stands behind the
prompt, each of its tokens is masked in turn, and the logarithms of the probabilities of the masked tokens, given the
picture and all other tokens, are averaged, so that long choices are not at a disadvantage.
"""

import torch

from .generate import Held, failed
from .placing import Place
from .prompts import Refused, opened

# Masked texts that run together.
ROWS = 32
# Begin and end of a text.
FRAME = 2


class ChoiceScorer(Held):
    def __init__(self, model, processor, where: Place):
        super().__init__(model, where)
        self.tokenizer, self.images = processor.tokenizer, processor.image_processor
        self.context = model.config.max_position_embeddings
        self._cut = False

    @torch.inference_mode()
    def generate(self, requests: list[dict], decoding: dict, channel, is_watched: bool, grammars: list[dict]):
        for request in requests:
            channel.send("working", keys=[request["key"]])
            try:
                prediction = self._answer(request, channel)
            except Refused as error:
                prediction = failed(request["key"], str(error))
            except torch.OutOfMemoryError:
                prediction = failed(request["key"], "There is not enough memory on the GPU for this prompt.")
            channel.send("predictions", predictions=[prediction])

    def _answer(self, request: dict, channel) -> dict:
        parts = [part for message in request["messages"] for part in message["content"]]
        paths, choices = [part["path"] for part in parts if part["type"] == "image"], request.get("choices") or []
        if not choices:
            raise Refused("ViLT writes no text and scores choices, and this prompt comes with none.")
        if len(paths) != 1:
            raise Refused(f"ViLT sees one picture, and this prompt has {len(paths) or 'none'}.")
        prompt = self._ids("\n".join(part["text"] for part in parts if part["type"] == "text"))
        pixels = self.images(opened(paths[0]), return_tensors="pt")
        pictures = {name: pixels[name].to(self.model.device) for name in ("pixel_values", "pixel_mask")}
        logarithms = [self._logarithms(prompt, self._ids(choice), pictures, channel) for choice in choices]
        means = [sum(one) / len(one) for one in logarithms]
        best = max(range(len(means)), key=means.__getitem__)
        scores = ", ".join(f"{mean:.4f}" for mean in means)
        places = int(pixels["pixel_mask"].shape[-2] // self.model.config.patch_size) * int(pixels["pixel_mask"].shape[-1] // self.model.config.patch_size)
        length = min(self.context, FRAME + len(prompt) + max(map(len, logarithms)))
        return {
            "key": request["key"], "output": f"The answer is ({chr(ord('A') + best)}).\nMean log-probability of each choice: {scores}",
            "finishReason": "stop", "usage": {"promptTokens": length + places, "imageTokens": places, "outputTokens": len(logarithms[best])},
            "logProbability": sum(logarithms[best]),
        }  # fmt: skip

    def _logarithms(self, prompt: list[int], choice: list[int], pictures: dict[str, torch.Tensor], channel) -> list[float]:
        """Of the choice's tokens, each masked by itself behind the prompt."""
        room = self.context - FRAME
        if not choice or len(choice) >= room:
            raise Refused(f"A choice is {len(choice)} tokens long, and ViLT takes {room} together with the question.")
        if len(prompt) + len(choice) > room and not self._cut:
            self._cut = True
            channel.send("notice", sentence=f"ViLT reads {self.context} tokens: of longer prompts it is shown the beginning, with each choice behind it.")
        before = [self.tokenizer.cls_token_id, *prompt[: room - len(choice)]]
        ids = torch.tensor([*before, *choice, self.tokenizer.sep_token_id], device=self.model.device)
        places = torch.arange(len(before), len(before) + len(choice), device=self.model.device)
        rows = ids.repeat(len(choice), 1)
        rows[torch.arange(len(choice)), places] = self.tokenizer.mask_token_id
        found = []
        for some, at in zip(rows.split(ROWS), places.split(ROWS)):
            channel.send("alive")
            repeated = {name: tensor.expand(len(some), *tensor.shape[1:]) for name, tensor in pictures.items()}
            repeated["pixel_values"] = repeated["pixel_values"].to(self.where.dtype)
            logits = self.model(input_ids=some, attention_mask=torch.ones_like(some), **repeated).logits[torch.arange(len(some)), at]
            found += logits.float().log_softmax(-1).gather(-1, ids[at][:, None])[:, 0].tolist()
        return found

    def _ids(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False)
