"""Export of any family to the folder that transformers.js and the onnx provider read.

Three graphs: `vision_encoder` (pixels to features), `embed_tokens` (ids to embeddings) and `decoder_model_merged` (the text
model and its head over a key-value cache; a first step is one with an empty cache); Phi-3.5-vision's have other names
(`graphs.py`). The embedded pair's own decoder graph, written by hand, is in ../decoder_graph.py.
"""
