"""How low the search of a program gets, over twenty seeds."""

import importlib.util


def evaluate(program_path):
    """Metrics of the program in a file; `combined_score` is what counts."""
    spec = importlib.util.spec_from_file_location("program", program_path)
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    try:
        heights = [program.run_search(seed) for seed in range(20)]
    except (ArithmeticError, LookupError, NameError, TypeError, ValueError) as error:
        return {"combined_score": -10.0, "error": str(error)}
    mean = sum(heights) / len(heights)
    return {"mean_height": mean, "worst_height": max(heights), "combined_score": -mean}
