"""The seed of what evolves. To the host these files are data; this one only marks the folder and is not evolved."""
