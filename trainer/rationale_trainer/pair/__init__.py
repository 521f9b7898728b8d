"""The embedded pair: a teacher, a base student and a distilled student, trained from nothing on Sketchbook."""
