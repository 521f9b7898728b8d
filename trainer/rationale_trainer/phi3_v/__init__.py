"""Phi-3-vision and Phi-3.5-vision, composed from transformers' own parts: they can be trained and exported without remote code."""
