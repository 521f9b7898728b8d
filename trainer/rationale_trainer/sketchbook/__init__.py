"""Sketchbook: drawn school-science questions in ScienceQA's shape, deterministic by seed."""
