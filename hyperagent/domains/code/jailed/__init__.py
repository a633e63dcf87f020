"""What runs in a jail beside an answer: sent in as source, imported by no host code."""
