"""In the zygote of judging calls, before any job: run an answer, for the reason that `warm` gives."""

import warm_run_function

SAMPLE = '''
def sample(items, wanted, *, limit=3):
    """Words."""
    low, high = 0, len(items) - 1
    seen = {"a": [1, 2.5], "b": (None, True)}
    while low <= high and not seen.get("c"):
        middle = (low + high) // 2
        if items[middle] == wanted:
            return middle
        elif items[middle] < wanted:
            low = middle + 1
        else:
            high = middle - 1
    for index, item in enumerate(sorted(items[1:], key=lambda x: -x)):
        seen[str(index)] = [x * 2 for x in range(index) if x % 2]
    return seen["x"][0]
'''

for _ in range(12):
    warm_run_function.main(None, SAMPLE, "sample", [[[1, 2, 3, 4], wanted] for wanted in range(6)])
