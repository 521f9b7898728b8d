"""The decoder's training step: loss on labelled tokens, with the picture's features computed beforehand."""

from pathlib import Path
from typing import Callable

import torch
from torch.nn.functional import cross_entropy

from .configuration import Stage
from .lessons import Later
from .optimiser import Optimiser
from .progress import Checkpoint, Progress
from .sequences import IGNORED, Batch, Sequence, collate
from .team import Team

# The letter is one token of fifty and the one that counts.
LETTER_WEIGHT = 3.0


def embed(model, ids: torch.Tensor, features: torch.Tensor | None) -> torch.Tensor:
    """Token embeddings [n, length, width] with projected features [pictures, image tokens, vision width] in the image places."""
    embedded = model.model.language_model.embed_tokens(ids)
    if features is None:
        return embedded
    projected = model.model.multi_modal_projector(features.float())
    return embedded.masked_scatter((ids == model.config.image_token_id).unsqueeze(-1), projected)


def labelled_logits(model, batch: Batch, features: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits [labelled tokens, vocabulary] and their targets."""
    embedded = embed(model, batch.ids, features)
    positions = torch.arange(batch.ids.shape[1])[None]
    hidden = model.model.language_model(inputs_embeds=embedded, position_ids=positions, use_cache=False).last_hidden_state
    learnt = batch.labels[:, 1:] != IGNORED
    return model.lm_head(hidden[:, :-1][learnt]), batch.labels[:, 1:][learnt]


@torch.inference_mode()
def share_right(model, sequences: list[Sequence]) -> float:
    """Share of the labelled tokens of text sequences that the model finds likeliest."""
    logits, targets = labelled_logits(model, collate(sequences), None)
    return (logits.argmax(-1) == targets).float().mean().item()


def train_decoder(
    name: str,
    model,
    letters: torch.Tensor,
    stage: Stage,
    sequences_of: Callable[[int], list[Later]],
    features: torch.Tensor | None,
    work: Path,
    evaluate: Callable[[], str] | None = None,
    processes: int = 1,
):
    """Trains everything but the vision tower and writes NAME.pt. `features` [pictures, image tokens, width] are half precision."""
    for parameter in model.model.vision_tower.parameters():
        parameter.requires_grad_(False)
    with Team(processes) as team:
        optimiser = Optimiser([model], stage, team)
        checkpoint = Checkpoint(work / f"{name}.checkpoint", {"model": model, "optimiser": optimiser})
        progress = Progress(name, stage.steps, stage.batch, checkpoint.load())
        model.train()
        for step in range(progress.step, stage.steps):
            batch = collate([sequence() for sequence in team.share(sequences_of(step))])
            logits, targets = labelled_logits(model, batch, features[batch.pictures] if batch.pictures else None)
            losses = cross_entropy(logits, targets, reduction="none")
            is_letter = torch.isin(targets, letters)
            weights = 1 + (LETTER_WEIGHT - 1) * is_letter
            optimiser.step((losses * weights).sum() / weights.sum(), step)
            progress.count(loss=losses.mean().item())
            if is_letter.any():
                progress.count(letter=(logits.argmax(-1) == targets)[is_letter].float().mean().item())
            if team.leads and progress.due(step):
                checkpoint.save(step + 1)
                if evaluate and progress.evaluate(step):
                    model.eval()
                    print(f"{name}: step {step + 1}  {evaluate()}", flush=True)
                    model.train()
    model.eval()
    torch.save(model.state_dict(), work / f"{name}.pt")
