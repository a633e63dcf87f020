"""What runs inside a job: load the modules of a call from memory, call the entry, write down how it ended.

A script that nobody imports on the host: its source is handed to the zygote, and it imports nothing of this package
but `steps`. It is the last trusted code before the foreign code and shares an interpreter with it.

Guarded: a module that was not handed over is missing, whatever lies on disk; the answer is plain data of bounded size;
no exception of the foreign code, nor the describing of it, gets past this file.
Not guarded: foreign code can find and change everything here, builtins and counter included, and can write an answer
of its own. So whatever is written is only ever read as hostile data, and limits that must hold are held from outside.
"""

import _thread
import builtins
import errno
import gc
import importlib
import importlib.util
import linecache
import marshal
import os
import random
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.machinery import ModuleSpec
from types import CodeType, FrameType, MappingProxyType, ModuleType
from typing import Any, Never

import msgpack

from sandbox_runner import steps

MESSAGE_CHARS, TRACEBACK_CHARS, DEPTH = 2_000, 4_000, 100
_SCALARS = frozenset((type(None), bool, int, float, str, bytes))

# What a call can be refused in so many words, and what that means for it.
_EXCEEDED = {errno.EFBIG: "file_bytes", errno.EDQUOT: "file_bytes"}

# Packed beforehand: while the exception is handled, the frames that used up the memory are still alive.
OUT_OF_MEMORY: bytes = msgpack.packb(["memory_bytes"])


# A copy for the foreign modules of the one call that there is in a process, made before the process is forked: to
# copy it later would write to the memory page of every single builtin.
_BUILTINS: dict[str, object] = {}

# Foreign modules that calls often bring along: their sources, their code, and those that have been executed already.
_SOURCES: dict[str, str] = {}
_CODE: dict[str, CodeType] = {}
_READY: dict[str, ModuleType] = {}

_REHEARSAL = {
    "harness_": ["import foreign_\ndef run(api, x): return foreign_.solve(x), api.steps_left()", None],
    "foreign_": ["def solve(x):\n    for y in x: pass\n    return x", None],
}
# The interpreter rewrites a function that is called this often, and what it rewrites is copied in every later fork.
_OFTEN = 20
_WARMING_STEPS = 10**9
# Objects before garbage is looked for: most calls live for milliseconds, and make trees of some thousands to use them.
_YOUNG = 10_000


def prepare() -> None:
    """In the process that jobs are forked from: have done with whatever the interpreter does on first use."""
    harness, foreign = ({name: _REHEARSAL[name]} for name in _REHEARSAL)
    payload = msgpack.packb(["harness_:run", harness, foreign, False, [[1]], [], 100, 1000, {}])
    for _ in range(_OFTEN):
        outcome(payload, -1)
        sys.meta_path.pop(0)
        for name in _REHEARSAL:
            del sys.modules[name]


def hold(modules: Mapping[str, tuple[str, bytes]], ready: Iterable[str]) -> object:
    """In the process that jobs are forked from: keep foreign modules, and execute those that are to be ready.

    They can be imported until the finder that is returned is taken away, and what is imported is `put_away`.
    """
    _BUILTINS.update(vars(builtins))
    for name, (source, code) in modules.items():
        _SOURCES[name], _CODE[name] = source, marshal.loads(code)
    finder = Sources({}, dict.fromkeys(modules), _foreign_builtins((), steps.Counter(_WARMING_STEPS)))
    if modules:
        finder.install()
    for name in ready:
        importlib.import_module(name)
    _READY.update((name, sys.modules[name]) for name in {*ready, *(top for name in ready for top in _parents(name))})
    return finder


def put_away() -> list[str]:
    """The names of all that can be imported because it was held, now that nobody is to import it."""
    for name in _READY.keys() - _SOURCES.keys():
        # A package has what was imported of it as attributes.
        parts = [part for part in vars(_READY[name]) if f"{name}.{part}" in _SOURCES.keys() - _READY.keys()]
        for part in parts:
            delattr(_READY[name], part)
    tops = {name.partition(".")[0] for name in _SOURCES}
    return [name for name in sys.modules if name.partition(".")[0] in tops]


def serve(payload: bytes, out: int, channel: int) -> Never:
    """Run the call in `payload`, write its outcome to `out` and end the process."""
    # In this order: the zygote's own threshold, long passed, would have all it made looked through here and now.
    gc.set_threshold(_YOUNG)
    gc.enable()
    random.seed(0)
    for fd in (out, channel):
        # Programs that the call starts get neither.
        os.set_inheritable(fd, False)
    own = os.getpid()
    record = outcome(payload, channel)
    if os.getpid() != own:
        # A child that the call forked has found its way back to here; there is one answer, and it is not the child's.
        os._exit(0)
    written = 0
    while written < len(record):
        written += os.pwrite(out, record[written:], written)
    os._exit(0)


def outcome(payload: bytes, channel: int) -> bytes:
    """The record of how the call ended; see `messages.outcome_of_record` for its reader."""
    entry, harness, foreign, is_ready, arguments, without, limit, answer_bytes, files = msgpack.unpackb(payload)
    counter = steps.Counter(limit)
    sources = Sources(harness, foreign, _foreign_builtins(without, counter))
    try:
        _put(files)
        sources.install(_READY if is_ready else {})
        value = _call(entry, Api(channel, answer_bytes, counter), arguments)
        record = packed(["returned", plain(value, "answer")])
        if len(record) > answer_bytes:
            record = packed(["answer_bytes"])
    except MemoryError:
        record = OUT_OF_MEMORY
    except Exceeded as error:
        record = packed([error.limit])
    except BaseException as error:  # noqa: BLE001 - whatever foreign code raises is how the call ended
        limit = _exceeded(error)
        record = packed([limit] if limit else ["raised", *_description(error, sources)])
    return packed(["steps"]) if counter.spent else record


class Sources:
    """The finder and loader of the modules of a call: it serves them from memory and denies what is missing."""

    def __init__(
        self,
        harness: Mapping[str, tuple[str, bytes | None]],
        foreign: Mapping[str, tuple[str, bytes | None] | None],
        foreign_builtins: dict[str, object],
    ) -> None:
        self.modules = {**foreign, **harness}
        """None stands for a module that is held."""
        self.foreign = foreign.keys() - harness.keys()
        self.packages = {parent for name in self.modules for parent in _parents(name)}
        self.tops = {name.partition(".")[0] for name in self.modules}
        self.files: dict[str, str] = {}
        self._foreign_builtins = foreign_builtins

    def install(self, ready: Mapping[str, ModuleType] = MappingProxyType({})) -> None:
        """Put this finder before all others, beside what is `ready`; ImportError if a name is the interpreter's."""
        for top in sorted(self.tops):
            if top in sys.modules or top in sys.stdlib_module_names:
                raise ImportError(f"{top}: the name of a module of the interpreter cannot be given to another")
        sys.meta_path.insert(0, self)
        sys.modules.update(ready)
        self.files |= {_CODE[name].co_filename: _SOURCES[name] for name in ready.keys() & _CODE.keys()}

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """The spec of a module handed over, or of a parent of one; never anything from disk below the same name."""
        if name in self.modules or name in self.packages:
            package = name in self.packages
            return importlib.util.spec_from_loader(name, self, origin=f"<{name}>", is_package=package)  # type: ignore[arg-type]
        if name.partition(".")[0] in self.tops:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None

    def create_module(self, _spec: ModuleSpec) -> None:
        """The usual module object will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module; a foreign one sees its own builtins."""
        name = module.__name__
        if name in self.foreign:
            vars(module)["__builtins__"] = self._foreign_builtins
        if name in self.modules:
            exec(self._code(name), vars(module))

    def _code(self, name: str) -> CodeType:
        module = self.modules[name]
        if module is None:
            self.files[_CODE[name].co_filename] = _SOURCES[name]
            return _CODE[name]
        source, marshalled = module
        filename = f"<{name}>"
        self.files[filename] = source
        if marshalled is not None:
            code: CodeType = marshal.loads(marshalled)
            self.files[code.co_filename] = source
            return code
        if name in self.foreign:
            return steps.instrumented(source, filename)
        return compile(source, filename, "exec", dont_inherit=True)


class Exceeded(BaseException):
    """A limit that the guest itself keeps is exceeded."""

    def __init__(self, limit: str) -> None:
        self.limit = limit


class Api:
    """What an entry is given as its first argument."""

    def __init__(self, channel: int, question_bytes: int, counter: steps.Counter) -> None:
        self._channel, self._question_bytes, self._counter = channel, question_bytes, counter
        self._lock = _thread.allocate_lock()

    def ask(self, question: object) -> object:
        """Put plain data to the host and wait for its reply, which is plain data too."""
        data = packed(plain(question, "question"))
        if len(data) > self._question_bytes:
            raise ValueError(f"question: {len(data)} bytes, more than the {self._question_bytes} allowed")
        with self._lock:
            self._send(len(data).to_bytes(4, "little") + data)
            return msgpack.unpackb(self._receive(int.from_bytes(self._receive(4), "little")))

    def steps_left(self) -> int:
        """Ticks that foreign modules may still use."""
        return self._counter.left

    def exceed(self, limit: str) -> Never:
        """End the call, for it has gone beyond "answer_bytes", "files" or another of the limits by name."""
        raise Exceeded(limit)

    def _send(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._channel, data) :]

    def _receive(self, size: int) -> bytes:
        chunks = bytearray()
        while len(chunks) < size:
            chunk = os.read(self._channel, min(size - len(chunks), 1 << 20))
            if not chunk:
                raise ConnectionError("the host has gone")
            chunks += chunk
        return bytes(chunks)


def plain(value: Any, where: str, depth: int = 0) -> Any:
    """`value` with tuples as lists; TypeError that names the first thing that is not plain data."""
    kind = type(value)
    if kind in _SCALARS:
        return value
    if depth > DEPTH:
        raise TypeError(f"{where[:200]}: nested more than {DEPTH} deep")
    if kind is list or kind is tuple:
        return [_item(item, where, at, depth) for at, item in enumerate(value)]
    if kind is dict and all(type(key) is str for key in value):
        return {key: _item(item, where, key, depth) for key, item in value.items()}
    what = "dict with keys other than str" if kind is dict else _text(lambda: kind.__name__, "object")
    raise TypeError(f"{where[:200]}: {what[:100]} is not plain data")


def _item(value: Any, where: str, at: int | str, depth: int) -> Any:
    return value if type(value) in _SCALARS else plain(value, f"{where}[{at!r}]", depth + 1)


def packed(value: object) -> bytes:
    """Bytes of plain data; TypeError for a str that is no Unicode text and an int beyond 64 bits."""
    try:
        data: bytes = msgpack.packb(value)
        return data
    except UnicodeEncodeError:
        raise TypeError("str with a lone surrogate is not plain data") from None
    except OverflowError:
        raise TypeError("int beyond 64 bits is not plain data") from None


def _call(entry: str, api: Api, arguments: Iterable[object]) -> object:
    module, _, function = entry.partition(":")
    call: Callable[..., object] = getattr(importlib.import_module(module), function)
    return call(api, *arguments)


def _put(files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)  # noqa: PTH103, PTH120 - pathlib is not at hand here
        with open(name, "wb") as file:  # noqa: PTH123
            file.write(content)
        os.chmod(name, 0o755 if content.startswith(b"#!") else 0o644)  # noqa: PTH101


def _exceeded(error: BaseException) -> str:
    """The limit that the kernel meant with its refusal, if it was one."""
    try:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return "file_bytes" if os.statvfs(".").f_ffree else "files"
        if isinstance(error, BlockingIOError | RuntimeError) and not _can_start_a_thread():
            return "processes"
        return _EXCEEDED.get(error.errno or 0, "") if isinstance(error, OSError) else ""
    except BaseException:  # noqa: BLE001 - an exception of foreign make may do anything when it is looked at
        return ""


def _can_start_a_thread() -> bool:
    try:
        _thread.start_new_thread(os.getpid, ())
    except RuntimeError:
        return False
    return True


def _foreign_builtins(without: Iterable[str], counter: steps.Counter) -> dict[str, object]:
    names = _BUILTINS or dict(vars(builtins))
    for name in without:
        names.pop(name, None)
    names[steps.TICK] = counter.tick
    return names


def _parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts)))


def _description(error: BaseException, sources: Sources) -> tuple[str, str, str]:
    name = _text(lambda: type(error).__name__, "Exception")
    message = _text(lambda: str(error), "an exception that cannot be printed")
    return name[:200], message[:MESSAGE_CHARS], _text(lambda: _traceback(error, sources), "")[-TRACEBACK_CHARS:]


def _text(read: Callable[[], object], otherwise: str) -> str:
    """What `read` gives as clean text: it calls methods of foreign objects, which may do anything but must return."""
    try:
        return str.encode(read(), errors="backslashreplace").decode()  # type: ignore[arg-type]
    except BaseException:  # noqa: BLE001 - an exception that cannot be described is described as that
        return otherwise


def _traceback(error: BaseException, sources: Sources) -> str:
    for filename, source in sources.files.items():
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    frames: list[tuple[FrameType, Any]] = [
        (frame, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename in sources.files
    ]
    return "".join(traceback.StackSummary.extract(iter(frames)).format())
