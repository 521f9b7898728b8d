"""Moondream 2 of 2024, composed from transformers' own parts: it can be trained and exported without remote code."""
