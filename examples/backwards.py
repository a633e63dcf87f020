"""A domain in fifteen lines: words to be turned round. The seed agent answers each word as it stands."""

import hyperagent as ha

words = ("stressed", "drawer", "lager", "diaper", "reward", "desserts")
tasks = [ha.Task(word, input=word, target=word[::-1]) for word in words]


def score(task: ha.Task, answer: object) -> float:
    """1 for the word backwards, 0 for anything else."""
    return float(answer == task.target)


backwards = ha.Domain("backwards", tasks, score)

if __name__ == "__main__":
    for child in ha.evolve(backwards, run="runs/backwards", generations=50):
        print(f"{child.generation:3}  {child.parent} -> {child.id}  {child.score:.2f}")
