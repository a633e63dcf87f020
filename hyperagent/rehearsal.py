"""How a patch that is being written does on a few train tasks: asked by its author, under the limits of any trial."""

from collections.abc import Awaitable, Callable

from hyperagent.evaluate import Evaluator
from hyperagent.program import Program
from hyperagent.questions import BadQuestion
from meta import Patch, PatchError
from sandbox_runner import Plain

MOST_TASKS = 5
MOST_REHEARSALS = 10


class Rehearsal:
    """Answers the question "try" of one proposal, a bounded number of times. Train tasks alone can be named.

    `may_pay` says of each time whether there is money for it.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        program: Callable[[Patch], Awaitable[Program | str]],
        may_pay: Callable[[int], bool] = lambda _: True,
    ) -> None:
        self._evaluator = evaluator
        self._program = program
        self._may_pay = may_pay
        self._left = MOST_REHEARSALS

    async def __call__(self, question: dict[str, Plain], put_aside: Callable[[], None]) -> Plain:
        """{"trials": [...]}, or {"error": ...} where the patch gives no child."""
        patch, tasks = read(question)
        if self._left == 0:
            return {"error": f"{MOST_REHEARSALS} patches were tried, expected no more"}
        self._left -= 1
        if not self._may_pay(self._left):
            return {"error": "what is left to spend is held back for evaluations, expected no more trials"}
        put_aside()
        program = await self._program(patch)
        if isinstance(program, str):
            return {"error": program}
        trials: list[Plain] = [
            {"task": trial.task, "outcome": trial.outcome, "score": trial.score, "feedback": trial.feedback}
            for trial in await self._evaluator.train_trials(program, tasks)
        ]
        return {"trials": trials}


def read(question: dict[str, Plain]) -> tuple[Patch, list[str]]:
    """The patch and the names of tasks in a question."""
    tasks = question.get("tasks")
    if question.get("ask") != "try" or not isinstance(tasks, list) or not 0 < len(tasks) <= MOST_TASKS:
        raise BadQuestion(f"asked {question.get('ask')!r:.80} with tasks {tasks!r:.80}, expected 1 to {MOST_TASKS}")
    try:
        return Patch.from_plain({"edits": question.get("edits")}), [str(task) for task in tasks]
    except PatchError as error:
        raise BadQuestion(str(error)) from None
