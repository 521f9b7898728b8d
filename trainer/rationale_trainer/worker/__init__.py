"""The worker of the transformers provider: a process that holds one Hugging Face model and answers requests for it.

It speaks in JSON lines over its standard streams; the other end is `server/src/inference/transformers/`.
"""
