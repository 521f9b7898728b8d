"""Greedy decoding in PyTorch over groups of equal prompt length, from precomputed picture features."""

from collections import defaultdict

import torch
from transformers import DynamicCache

from .tokens import EOS, SPECIAL

EOS_ID = SPECIAL.index(EOS)


@torch.inference_mode()
def greedy(embed, model, prompts: list[list[int]], features: list[torch.Tensor | None], longest: int, group: int = 128) -> list[list[int]]:
    """Tokens after each prompt, without the end token. `embed(ids, features)` gives the prompt's embeddings."""
    groups = defaultdict(list)
    for i, (prompt, feature) in enumerate(zip(prompts, features)):
        groups[len(prompt), feature is not None].append(i)
    outputs: list[list[int]] = [[] for _ in prompts]
    for (_, pictured), members in groups.items():
        for start in range(0, len(members), group):
            rows = members[start : start + group]
            ids = torch.tensor([prompts[i] for i in rows])
            pictures = torch.stack([features[i] for i in rows]) if pictured else None
            for i, tokens in zip(rows, _greedy_rows(model, embed(ids, pictures), longest)):
                outputs[i] = tokens
    return outputs


def _greedy_rows(model, embedded: torch.Tensor, longest: int) -> list[list[int]]:
    text, cache = model.model.language_model, DynamicCache()
    hidden = text(inputs_embeds=embedded, past_key_values=cache, use_cache=True).last_hidden_state[:, -1]
    tokens = []
    running = torch.ones(len(embedded), dtype=torch.bool)
    for _ in range(longest):
        following = model.lm_head(hidden).argmax(-1)
        tokens.append(following)
        running &= following != EOS_ID
        if not running.any():
            break
        hidden = text(input_ids=following[:, None], past_key_values=cache, use_cache=True).last_hidden_state[:, -1]
    rows = torch.stack(tokens, 1).tolist()
    return [row[: row.index(EOS_ID)] if EOS_ID in row else row for row in rows]
