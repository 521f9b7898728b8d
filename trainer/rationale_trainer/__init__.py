"""Sketchbook, the embedded pair of models, and their export; see trainer/README.md."""
