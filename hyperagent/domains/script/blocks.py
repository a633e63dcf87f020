"""The parts of a program that may change, as the task agent of a genome, and back.

The agent holds those parts alone, each between two marks; whatever stands outside of them is kept on the host, so that
no edit of a genome can reach it. A file with `EVOLVE-BLOCK-START` and `EVOLVE-BLOCK-END` marks changes between these,
one without them as a whole.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hyperagent.errors import DomainError

START, END = "EVOLVE-BLOCK-START", "EVOLVE-BLOCK-END"
HEAD = "# What stands between two marks is put into its file; the rest of the program is kept elsewhere.\n"
SOLVE = '''

def solve(task, tools):
    """Not called: the program is the answer, and is run where it is judged."""
'''
WRAPPERS = ("", "def {}():", "async def {}():", "class {}:")
STEP = "    "


@dataclass(frozen=True)
class Block:
    """Text that may change, and how it stands in the agent: in a wrapper if it is no module of its own."""

    name: str
    text: str
    wrapper: str = ""
    indent: str = ""

    @property
    def opening(self) -> str:
        """The line before the block."""
        return f"# >>> {self.name}"

    @property
    def closing(self) -> str:
        """The line after the block."""
        return f"# <<< {self.name}"

    def shown(self) -> str:
        """The block as it stands in the agent."""
        lines = "".join(self.indent + line for line in self.text.splitlines(keepends=True))
        head = f"{self.wrapper}\n" if self.wrapper else ""
        return f"{self.opening}\n{head}{lines}{self.closing}\n"

    def read(self, shown: str) -> str | None:
        """The text of the block as an agent has it now, None if its wrapper is gone."""
        if self.wrapper:
            head, _, shown = shown.partition("\n")
            if head != self.wrapper:
                return None
        return "".join(line.removeprefix(self.indent) for line in shown.splitlines(keepends=True))


Part = str | Block


class Program:
    """The files of a program that may change, cut into what may and what may not."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._parts = {name: list(parts(name, text)) for name, text in files.items()}
        self._parts = fitted(self._parts)
        self.blocks = [part for found in self._parts.values() for part in found if isinstance(part, Block)]

    def agent(self) -> str:
        """The source of the task agent that stands for the program."""
        return HEAD + "\n" + "\n".join(block.shown() for block in self.blocks) + SOLVE

    def kept(self) -> str:
        """What never changes, with the place of each block, for whoever writes a change to see."""
        shown = [
            (name, "".join(p if isinstance(p, str) else f"{p.opening}\n" for p in ps))
            for name, ps in self._parts.items()
        ]
        return "\n".join(f"--- {name}\n{text}" for name, text in shown)

    def files(self, agent: str) -> dict[str, str] | str:
        """The files as an agent has them now, or why there are none."""
        found: dict[str, str] = {}
        rest = agent
        for block in self.blocks:
            _, opening, rest = rest.partition(f"{block.opening}\n")
            text, closing, rest = rest.partition(f"{block.closing}\n")
            now = block.read(text) if opening and closing else None
            if now is None:
                return f"the marks of {block.name} are gone from the task agent"
            found[block.name] = now
        return {name: "".join(part if isinstance(part, str) else found[part.name] for part in ps)
                for name, ps in self._parts.items()}  # fmt: skip


def parts(name: str, text: str) -> Iterator[Part]:
    """A file as text that stays and blocks that change, in order; their marks stay."""
    lines = text.splitlines(keepends=True)
    if not any(START in line for line in lines):
        yield Block(f"{name} 1", text if text.endswith("\n") else f"{text}\n")
        return
    kept, inside, count = "", None, 0
    for line in lines:
        if inside is not None and END in line:
            count += 1
            yield kept
            yield Block(f"{name} {count}", inside)
            kept, inside = "", None
        if inside is not None:
            inside += line
        else:
            kept += line
        if START in line:
            if inside is not None:
                raise DomainError(f"{name}: {START} inside a block, expected {END} before")
            inside = ""
    if inside is not None:
        raise DomainError(f"{name}: {START} without {END}")
    yield kept


def fitted(found: Mapping[str, Sequence[Part]]) -> dict[str, list[Part]]:
    """The parts, with a wrapper around each block that would not stand beside the others as it is."""
    taken = {"solve"}
    result: dict[str, list[Part]] = {}
    for name, ps in found.items():
        result[name] = []
        for part in ps:
            fit = part if isinstance(part, str) else wrapped(part, taken)
            if isinstance(fit, Block):
                taken |= top_names(fit)
            result[name].append(fit)
    return result


def wrapped(block: Block, taken: set[str]) -> Block:
    """The block in the first wrapper in which it compiles and defines no name that is taken."""
    name = re.sub(r"\W+", "_", f"block_{block.name}")
    first = next((line for line in block.text.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    inner = "" if first[:1].isspace() else STEP
    for wrapper in WRAPPERS:
        fit = Block(block.name, block.text, wrapper.format(name), inner if wrapper else "")
        if top_names(fit) and not top_names(fit) & taken:
            return fit
    raise DomainError(f"{block.name}: the block is no Python code that can be edited by itself")


def top_names(block: Block) -> set[str]:
    """The functions, classes and variables at the top of a block as it is shown; none if it does not compile."""
    try:
        tree = ast.parse(block.shown())
        compile(tree, block.name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return set()
    targets = [
        t
        for node in tree.body
        for t in getattr(node, "targets", [node.target] if isinstance(node, ast.AnnAssign) else [node])
    ]
    return {str(getattr(target, "name", getattr(target, "id", None))) for target in targets} - {"None"}
