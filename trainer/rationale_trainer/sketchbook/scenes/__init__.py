"""One module per family of scenes. A skill is a function Random -> Scene with a line in ../skills.py."""
