"""The answer's side: a fresh process for one hidden test, which does what it is asked with the modules of the answer.

The answer can change everything here. All that it can reach by that is what it could return anyway.
"""

import builtins
import importlib
import operator
import os
import sys

import values

OPERATORS = {
    "import": importlib.import_module,
    "call": lambda function, *args, **options: function(*args, **options),
    "contains": operator.contains,
    "enter": lambda thing: type(thing).__enter__(thing),
    "exit": lambda thing: type(thing).__exit__(thing, None, None, None),
}


class Far:
    """Objects of the answer under numbers, and the line to the tests."""

    def __init__(self, questions, answers):
        self.questions = questions
        self.answers = answers
        self.objects = []

    def serve(self, until):
        """Do what is asked until a message has the key `until`, which is then returned."""
        for line in self.questions:
            message = values.read(line)
            if until in message:
                return message
            self.say(self.outcome(message))
        sys.exit()

    def say(self, message):
        self.answers.write(values.written(message))
        self.answers.flush()

    def outcome(self, message):
        """What an operation gives or raises."""
        try:
            name = message["do"]
            act = OPERATORS.get(name) or getattr(operator, name, None) or getattr(builtins, name)
            arguments = [self.decoded(item) for item in message["args"]]
            options = {key: self.decoded(item) for key, item in message.get("options", {}).items()}
            return {"value": self.encoded(act(*arguments, **options))}
        except Exception as error:
            return {"raised": self.lineage(type(error)), "args": self.safe(error), "text": str(error)}

    def safe(self, error):
        """The arguments of an exception."""
        try:
            return self.encoded(tuple(error.args))
        except Exception:
            return ["tuple", []]

    def lineage(self, kind):
        """The exception classes above and with a class: numbers and names."""
        return [[self.number(base), base.__name__] for base in kind.__mro__ if issubclass(base, BaseException)]

    def encoded(self, value):
        return values.encoded(value, self.reference)

    def decoded(self, data):
        return values.decoded(data, self.referred)

    def reference(self, value):
        if isinstance(value, type) and issubclass(value, BaseException):
            return ["exception", self.lineage(value)]
        return ["object", self.number(value)]

    def number(self, value):
        found = [at for at, known in enumerate(self.objects) if known is value]
        if not found:
            self.objects.append(value)
        return found[0] if found else len(self.objects) - 1

    def referred(self, data):
        """An object by its number, or a stand-in for a function of the tests."""
        if data[0] == "object":
            return self.objects[data[1]]
        return lambda *args: self.asked(data[1], args)

    def asked(self, number, args):
        """What a function of the tests gives."""
        self.say({"callback": number, "args": [self.encoded(item) for item in args]})
        reply = self.serve("reply")
        if "fault" in reply:
            raise RuntimeError(reply["fault"])
        return self.decoded(reply["reply"])


def main():
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    sys.path.insert(0, os.getcwd())
    Far(questions, answers).serve("end")
