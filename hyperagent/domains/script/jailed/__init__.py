"""What runs in the jail of an evaluator: sent there as source, imported by no host code."""
