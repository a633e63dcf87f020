"""What a language model can do to a copy of the genome: tools that speak in definitions and statements.

They change the files on the desk and nothing else, whatever they are asked for.
"""

import ast

from genome import notes
from genome.dialogue import tool

LONGEST = 20_000
MOST_LINES = 60
AT = "module:definition, or module:definition/body[0] for a statement in it, as in task_agent:solve/body[1]"

TOOLS = [
    tool("outline", "The files of the genome with their definitions and what each is for."),
    tool("read", "The text of a file, a definition or a statement.", at=f"a file's name, or {AT}"),
    tool("search", "The lines of the genome that contain some text.", text="what to look for"),
    tool("trials", "How the parent did on the train tasks, the worst first, with feedback."),
    tool("past", "Patches that were tried before, what they changed and how they fared, the best and the last."),
    tool("replace", "Put a new text in the place of a definition or statement.", at=AT, source="its whole new text"),
    tool("insert", "Put a new definition or statement before another, or at the end of a module.",
         at=f"{AT}; or the name of a module, for its end", source="the text"),
    tool("delete", "Remove a definition or statement.", at=AT),
    tool("write_file", "Add a file, or rewrite one that is not Python.", name="its name", source="its whole text"),
    tool("check", "Whether the copy parses and the gate would let it run."),
    tool("try_out", "Run the copy on some train tasks.", tasks="list of the names of up to 5 train tasks"),
    tool("note", "Keep a lesson for those who come after you.", text="one sentence, with its evidence"),
    tool("submit", "Hand in the copy as your patch.", title="the change in one line",
         hypothesis="why it should score higher on tasks that nobody has seen"),
]  # fmt: skip


class Desk:
    """The working copy, what is known of the parent, and the words that go with the patch."""

    def __init__(self, parent, history, tools):
        self.parent = parent
        self.history = history
        self.tools = tools
        self.bench = tools.bench
        self.files = dict(parent["files"])
        self.notes = notes.NOTES
        self.title = ""
        self.hypothesis = ""


def used(desk, name, arguments):
    """What a tool says. ValueError, TypeError or KeyError if it cannot do what is asked, with the reason."""
    if name not in USES:
        raise ValueError(f"no tool {name}, expected one of {', '.join(USES)}")
    return USES[name](desk, **arguments)[:LONGEST]


def edits(desk):
    """The edits that lead from the parent to the copy."""
    return desk.bench.between(desk.parent["files"], desk.files)


def checked(desk):
    """Why the copy could not be a child, or ""."""
    if desk.files == desk.parent["files"]:
        return "nothing is changed"
    return "\n".join(desk.bench.violations(desk.files))


def outline(desk):
    """Files, definitions and the first lines of their docstrings."""
    return "\n".join(line for name in sorted(desk.files) for line in [name, *entries(name, desk.files[name])])


def entries(name, text):
    """A line for each definition of a Python file."""
    body = ast.parse(text).body if name.endswith(".py") else []
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield f"    {node.name}: {(ast.get_docstring(node) or '').partition(chr(10))[0]}"
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield f"    {node.targets[0].id}"


def read(desk, at):
    """The text of a file or of a place in one."""
    return desk.files[at] if at in desk.files else desk.bench.text_at(desk.files, at)


def search(desk, text):
    """Lines with their places."""
    found = (
        f"{name}:{number}: {line}"
        for name, content in sorted(desk.files.items())
        for number, line in enumerate(content.splitlines(), 1)
        if text in line
    )
    return "\n".join(line for line, _ in zip(found, range(MOST_LINES), strict=False)) or f"no line contains {text!r}"


def trials(desk):
    """The trials of the parent, the worst first."""
    return "\n\n".join(map(trial_text, sorted(desk.parent["trials"], key=lambda trial: trial["score"])))


def trial_text(trial):
    """One trial in words."""
    head = f"task {trial['task']}: score {trial['score']}, {trial['outcome']}"
    return f"{head}\ninput: {trial['input']}\nanswer: {trial['answer']}\n{trial['feedback']}"


def past(desk):
    """Patches of the run: the best ones, then the last ones."""
    best = sorted(desk.history, key=lambda child: -child["gain"])[: MOST_LINES // 3]
    chosen = {child["id"]: child for child in [*best, *desk.history[-MOST_LINES // 2 :]]}
    lines = [
        f"{c['id']} from {c['parent']}: {c['status']}, {c['gain']:+.3f}, {', '.join(c['operators'][:4])}: {told(c)}"
        for c in chosen.values()
        if c["parent"] is not None
    ]
    return "\n".join(lines) or "nothing was tried yet"


def told(child):
    """The title of a patch, and what a person said who did not let it run."""
    return f"{child['title']} ({child['refused']})" if "refused" in child else child["title"]


def replace(desk, at, source):
    """Put a text in the place of another."""
    return changed(desk, {"kind": "replace", "at": at, "expect": desk.bench.text_at(desk.files, at), "new": source})


def insert(desk, at, source):
    """Put a text before another, or at the end of a module."""
    if ":" not in at:
        module = at.removesuffix(".py")
        end = f"{module}:/body[{len(ast.parse(desk.files[f'{module}.py']).body)}]"
        return changed(desk, {"kind": "insert", "at": end, "expect": "", "new": source})
    return changed(desk, {"kind": "insert", "at": at, "expect": desk.bench.text_at(desk.files, at), "new": source})


def delete(desk, at):
    """Remove a text."""
    return changed(desk, {"kind": "delete", "at": at, "expect": desk.bench.text_at(desk.files, at)})


def write_file(desk, name, source):
    """Add or rewrite a file."""
    if name in desk.files and name.endswith(".py"):
        raise ValueError(f"{name} is there: edit its definitions with replace, insert and delete")
    desk.files = desk.bench.edited(
        {other: text for other, text in desk.files.items() if other != name},
        [{"kind": "write_file", "name": name, "expect": "", "content": source}],
    )
    return f"written: {name}"


def changed(desk, edit):
    """Make one edit on the copy."""
    desk.files = desk.bench.edited(desk.files, [edit])
    return f"done: {edit['kind']} at {edit['at']}"


def check(desk):
    """What the gate would say."""
    return checked(desk) or "it parses, and the gate would let it run"


def try_out(desk, tasks):
    """How the copy does on some train tasks, beside how the parent did."""
    before = {trial["task"]: trial["score"] for trial in desk.parent["trials"]}
    unknown = [task for task in tasks if task not in before]
    if unknown:
        raise ValueError(f"no train task {unknown[0]}, expected some of {', '.join(before)}")
    return "\n".join(
        f"{t['task']}: score {t['score']} (parent {before[t['task']]}), {t['outcome']} {t['feedback']}"
        for t in desk.bench.tried(edits(desk), tasks)
    )


def note(desk, text):
    """Write a lesson into the memory of the copy."""
    now = desk.history[-1]["id"] if desk.history else 0
    desk.notes = notes.forgotten(notes.added(desk.notes, text, [desk.parent["id"]], now), now)
    replace(desk, "notes:NOTES", notes.source(desk.notes))
    return "kept"


def submit(desk, title, hypothesis):
    """Say what the patch is."""
    desk.title, desk.hypothesis = title, hypothesis
    return "submitted"


USES = {
    "outline": outline, "read": read, "search": search, "trials": trials, "past": past, "replace": replace,
    "insert": insert, "delete": delete, "write_file": write_file, "check": check, "try_out": try_out, "note": note,
    "submit": submit,
}  # fmt: skip
