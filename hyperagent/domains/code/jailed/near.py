"""The tests' side: hidden tests run here, the answer in another process, with values between them and no objects.

For each test there is a fresh process of the answer and a fresh copy of the test module, in which the answer's modules
are stand-ins. So nothing of the answer runs in the process that judges it, and the tests are on no disk.

Guarded: the verdict, the tests and what they expect; an object of the answer is never equal to data. Not guarded: what
a comparison of two objects of the answer means is the answer's business, as are its `__bool__` and `__contains__`.
"""

import builtins
import os
import select
import subprocess
import sys
import time
import traceback
import types
import unittest

import values

MOST_LATE = 3
TEXT = 300


def main(_api, modules, files, tests, names, far, seconds):
    """For each named test "" if it holds, else why it does not. `modules` are those of the answer."""
    for name, content in files.items():
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(content)
    codes = {name: compile(source, name, "exec", dont_inherit=True) for name, source in tests.items()}
    helpers = {file: codes[file] for file in sorted(codes.keys() - {file for file, _ in names})}
    verdicts, late = [], 0
    for file, test in names:
        verdict = "not run: too many tests took too long" if late >= MOST_LATE else ""
        verdict = verdict or verdict_of(codes[file], test, modules, helpers, far, seconds)
        late += verdict.startswith("more than ")
        verdicts.append(verdict)
    return verdicts


def verdict_of(code, test, modules, helpers, far, seconds):
    """Why a test does not hold, or "". Helpers are what tests import of each other."""
    line = Line(far, seconds)
    try:
        sys.modules.update({name: StandIn(name, line) for name in modules})
        try:
            for file, helper in helpers.items():
                loaded(os.path.basename(file).removesuffix(".py"), helper)
            module = loaded("hidden_tests", code)
        except Exception as error:
            return line.fault or described(error)
        verdict = outcome(case_of(module, test))
        return line.fault or verdict
    except Cut:
        return line.fault
    finally:
        line.close()
        for name in modules:
            sys.modules.pop(name, None)


def loaded(name, code):
    """A module of the tests."""
    module = sys.modules[name] = types.ModuleType(name)
    exec(code, vars(module))
    return module


def case_of(module, test):
    """A test as a case: `Class.method`, or a function."""
    group, _, method = test.rpartition(".")
    return getattr(module, group)(method) if group else unittest.FunctionTestCase(getattr(module, method))


def outcome(case):
    """Why a case does not hold, or ""."""
    result = unittest.TestResult()
    case.run(result)
    faults = [text for _, text in result.failures + result.errors]
    if faults:
        return faults[0].strip().splitlines()[-1][:TEXT]
    unusual = result.skipped or result.expectedFailures or result.unexpectedSuccesses or result.testsRun != 1
    return "did not run as a test that holds" if unusual else ""


def described(error):
    return traceback.format_exception_only(error)[-1].strip()[:TEXT]


class Cut(BaseException):
    """Nothing more can be heard of the answer, and a test that is under way cannot hold."""


class Line:
    """A process of the answer, and what is said to it. No word of it is believed to be more than data."""

    def __init__(self, far, seconds):
        self.deadline = time.monotonic() + seconds
        self.late = f"more than {seconds:g} seconds"
        self.fault = ""
        self.functions = []
        self.exceptions = {}
        self.things = {}
        self.heard = b""
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [sys.executable, "-s", "-S", "-P", "-c", far],
            stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, bufsize=0,
        )  # fmt: skip

    def close(self):
        self.process.kill()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def ask(self, act, *args, **options):
        """What an operation on the answer gives, or the exception that it raises."""
        question = {"do": act, "args": [self.encoded(item) for item in args]}
        self.say(question | {"options": {key: self.encoded(item) for key, item in options.items()}})
        while True:
            message = self.message()
            if "callback" in message:
                self.say(self.called(message))
            elif "raised" in message:
                raise self.exception(message["raised"])(*self.decoded(message["args"]))
            else:
                return self.decoded(message["value"])

    def called(self, message):
        """What a function of the tests gives to the answer."""
        try:
            arguments = [self.decoded(item) for item in message["args"]]
            return {"reply": self.encoded(self.functions[message["callback"]](*arguments))}
        except Exception as error:
            return {"reply": None, "fault": described(error)}

    def say(self, message):
        data = values.written(message)
        while data:
            if not select.select([], [self.process.stdin], [], max(0.0, self.deadline - time.monotonic()))[1]:
                self.cut(self.late)
            try:
                data = data[os.write(self.process.stdin.fileno(), data[: select.PIPE_BUF]) :]
            except BrokenPipeError:
                self.cut("the answer has ended its process")

    def message(self):
        """The next message, a mapping."""
        while b"\n" not in self.heard:
            if not select.select([self.process.stdout], [], [], max(0.0, self.deadline - time.monotonic()))[0]:
                self.cut(self.late)
            chunk = os.read(self.process.stdout.fileno(), 1 << 16)
            if not chunk:
                self.cut("the answer has ended its process")
            self.heard += chunk
            if len(self.heard) > values.LONGEST:
                self.cut("the answer says too much")
        line, _, self.heard = self.heard.partition(b"\n")
        try:
            message = values.read(line + b"\n")
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            self.cut("the answer says what is no message")
        return message

    def cut(self, fault):
        """Hear no more."""
        self.fault = self.fault or fault
        raise Cut

    def encoded(self, value):
        return values.encoded(value, self.reference)

    def decoded(self, data):
        return values.decoded(data, self.referred)

    def reference(self, value):
        """A thing of the answer by its number, a function of the tests by another."""
        number = getattr(value, "far_number", None)
        if number is not None:
            return ["object", number]
        if not isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)):
            raise TypeError(f"a {type(value).__name__} of the tests cannot be handed to the answer")
        self.functions.append(value)
        return ["function", len(self.functions) - 1]

    def referred(self, data):
        if data[0] == "exception":
            return self.exception(data[1])
        return self.things.setdefault(int(data[1]), Thing(self, int(data[1])))

    def exception(self, lineage):
        """The class of an exception: a builtin one, or one of our own below that for one of the answer's."""
        (number, name), *above = lineage
        builtin = getattr(builtins, name, None)
        if isinstance(builtin, type) and issubclass(builtin, BaseException):
            return builtin if issubclass(builtin, Exception) else RuntimeError
        if number not in self.exceptions:
            base = self.exception(above) if above else Exception
            self.exceptions[number] = type(str(name), (base,), {"far_number": int(number)})
        return self.exceptions[number]


class StandIn(types.ModuleType):
    """A module of the answer, as the tests import it."""

    def __init__(self, name, line):
        super().__init__(name)
        self.__dict__["line"] = line

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self.line.ask("getattr", self.line.ask("import", self.__name__), name)
        except AttributeError as error:
            raise AttributeError(f"the answer has no {self.__name__}.{name}") from error


class Thing:
    """An object of the answer, of which the tests hold the number."""

    def __init__(self, line, number):
        self.__dict__.update(far_line=line, far_number=number, far_apart=False)

    def __getattr__(self, name):
        return self.far_line.ask("getattr", self, name)

    def __setattr__(self, name, value):
        self.far_line.ask("setattr", self, name, value)

    def __call__(self, *args, **options):
        return self.far_line.ask("call", self, *args, **options)

    def __eq__(self, other):
        return isinstance(other, Thing) and self.far_line.ask("eq", self, other) is True

    def __ne__(self, other):
        return not isinstance(other, Thing) or self.far_line.ask("ne", self, other) is True

    def __instancecheck__(self, other):
        return isinstance(other, Thing) and self.far_line.ask("isinstance", other, self) is True

    def __exit__(self, *_error):
        return self.far_line.ask("exit", self)


def operation(name, *, turned=False):
    """A special method that is carried out on the other side."""

    def method(self, *args):
        number = name == "sub" and not isinstance(args[0], Thing)
        if self.far_apart and name not in WORDS:
            raise TypeError(DISTANCE)
        found = self.far_line.ask(name, *([*args, self] if turned else [self, *args]))
        if number and not isinstance(found, Thing):
            raise TypeError(DISTANCE)
        if number:
            found.__dict__["far_apart"] = True
        return found

    return method


WORDS = ("repr", "str", "hash")
DISTANCE = "how far an object is from a number is not for the object to say"
ALONE = "bool len iter next repr str hash int float index neg pos abs invert round reversed enter contains".split()
ITEMS = "getitem setitem delitem lt le gt ge".split()
PAIRS = "add sub mul truediv floordiv mod pow matmul lshift rshift and or xor".split()
for _name in ALONE + ITEMS:
    setattr(Thing, f"__{_name}__", operation(_name))
for _name in PAIRS:
    _act = f"{_name}_" if _name in ("and", "or") else _name
    setattr(Thing, f"__{_name}__", operation(_act))
    setattr(Thing, f"__r{_name}__", operation(_act, turned=True))
