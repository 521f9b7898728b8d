"""Training of a student in a run folder: `train.py` is the line from the folder to the finished model, read downward."""
