"""Which generations are under way, from which state of the archive each is chosen, and the order in which they end.

Generations come in blocks of `lag`. The parents of block b are chosen together, from the archive as it stood when
block b - 2 was complete; so two blocks can be under way, and no choice depends on how they are timed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from archive import Archive, Columns, Individual
from hyperagent.flow import Future
from hyperagent.honesty import note_noise, note_watch
from hyperagent.nursery import Draft, Litter, Nursery, duplicate
from hyperagent.review import REFUSED, Ask, Reviews
from hyperagent.run import Run
from hyperagent.settings import Settings
from hyperagent.streams import stream_seed
from meta import Genome


@dataclass(frozen=True)
class Block:
    """Generations that are chosen together: which, from the columns of the first `count` individuals, by which seeds.

    There is a seed for each generation of a whole block, also where the run ends within it.
    """

    generations: range
    count: int
    columns: Columns
    seeds: tuple[int, ...]

    def litters(self, picks: Sequence[int]) -> list[Litter]:
        """The litter of each generation of the whole block, also of those that the run does not reach.

        They are proposed together, so where a run is cut short its children must be proposed in the same company.
        """
        ids: dict[int, list[int]] = {}
        for generation, parent in enumerate(picks, self.generations.start):
            ids.setdefault(parent, []).append(generation)
        found = {parent: Litter(parent, those) for parent, those in ids.items()}
        return [found[parent] for parent in picks]


def block_of(number: int, archive: Archive, settings: Settings) -> Block:
    """What block `number` of a run is chosen from."""
    first, count = number * settings.lag + 1, visible(number, settings.lag)
    whole = range(first, first + settings.lag)
    return Block(
        generations=range(first, min(whole.stop, settings.generations + 1)),
        count=count,
        columns=archive.candidates(count),
        seeds=tuple(stream_seed(settings.seed, "select", generation) for generation in whole),
    )


def visible(block: int, lag: int) -> int:
    """How many individuals the choice of a block may see."""
    return 1 + max(0, block - 1) * lag


class Population:
    """Starts generations and commits them in order."""

    def __init__(self, run: Run, nursery: Nursery, born: Callable[[Individual], None], ask: Ask | None = None) -> None:
        self._archive = run.archive
        self._settings = run.settings
        self._work = run.work
        self._nursery = nursery
        self._born = born
        self._reviews = Reviews(run.archive, run.settings.approve, ask)
        self._turns: dict[int, Future[None]] = {}
        self._under_way: list[Future[None]] = []
        self.waiting: list[int] = []
        self._begun = False
        self._block = max(0, len(self._archive) - 1) // run.settings.lag

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._under_way

    def start(self) -> None:
        """Begin the seed, or every block that may begin."""
        if not self._begun:
            self._begun = True
            self._spawn(self._begin())
            return
        lag = self._settings.lag
        while len(self._archive) and self._block * lag < self._settings.generations:
            if len(self._archive) < visible(self._block, lag):
                return
            self._spawn(self._run_block(self._block))
            self._block += 1

    def check(self) -> None:
        """Raise what went wrong in what has ended."""
        for future in [future for future in self._under_way if future.done]:
            self._under_way.remove(future)
            future.result()

    def _spawn(self, coroutine: object) -> None:
        self._under_way.append(self._nursery.flow.spawn(coroutine))  # type: ignore[arg-type]

    async def _begin(self) -> None:
        if not len(self._archive):
            self._work.begin([0])
            seed = await self._nursery.firstborn()
            note_noise(self._archive.store, await self._nursery.noise(seed))
            self._commit(seed)

    async def _run_block(self, number: int) -> None:
        block = block_of(number, self._archive, self._settings)
        self._work.begin(id for id in block.generations if id >= len(self._archive))
        picks, steward, fallbacks = await self._nursery.choose(block.columns, block.count, block.seeds)
        for generation, litter in zip(block.generations, block.litters(picks), strict=False):
            if generation >= len(self._archive):
                chosen = Individual(generation, self._nursery.individual(0).genome, (litter.parent,), steward=steward)
                chosen = replace(chosen, fallbacks=tuple(fallbacks))
                self._spawn(self._generation(chosen, litter, block))

    async def _generation(self, chosen: Individual, litter: Litter, block: Block) -> None:
        await self._nursery.begin(chosen.id)
        try:
            await self._to_its_end(chosen, litter, block)
        finally:
            self._nursery.end(chosen.id)

    async def _to_its_end(self, chosen: Individual, litter: Litter, block: Block) -> None:
        draft = await self._nursery.draft(chosen.id, litter, block.columns, block.count)
        draft = await self._reviewed(draft)
        child = await self._nursery.tried(draft)
        if child.stillborn or child.culled:
            self._nursery.end(child.id)
        else:
            self._nursery.wait(child.id)
        await self._turn(child.id)
        # Whether its twin was there when it was drafted is a matter of time, and so is what it came to since.
        other = self._archive.id_of(child.digest)
        if draft.program is not None and other is not None:
            child = duplicate(child, other)
        if child.score > self._archive.best_score:
            child, seen = await self._nursery.watched(await self._nursery.tested(child))
            note_watch(self._archive.store, seen)
        self._commit(replace(child, steward=chosen.steward, fallbacks=chosen.fallbacks))

    async def _reviewed(self, draft: Draft) -> Draft:
        """The draft, refused if a person says so. Where nobody says anything it waits for ever, and the run ends."""
        child = draft.individual
        verdict = self._reviews.verdict(child, self._nursery.individual(child.parents[0]))
        if isinstance(verdict, Genome):
            return await self._nursery.edited(draft, verdict)
        if verdict is None:
            self.waiting.append(child.id)
            self._nursery.wait(child.id)
            await Future[None]()
        return draft if not verdict else Draft(replace(child, stillborn=(f"{REFUSED}{verdict}",)))

    def _turn(self, id: int) -> Future[None]:
        turn = self._turns.setdefault(id, Future())
        if len(self._archive) == id and not turn.done:
            turn.resolve()
        return turn

    def _commit(self, individual: Individual) -> None:
        self._work.settle(individual.id)
        self._archive.add(individual)
        self._nursery.keep(individual)
        self._born(individual)
        self._turns.pop(individual.id, None)
        waiting = self._turns.get(len(self._archive))
        if waiting is not None and not waiting.done:
            waiting.resolve()
