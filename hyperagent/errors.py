"""What can go wrong on the host, as a tree.

HyperagentError
├── UsageError          the caller asked for something that is not there (exit code 2)
├── DomainError         a domain, its tasks or its score function are not what they must be
├── GenomeError         a seed genome that cannot be run: it does not parse, or a contract function is missing
├── RunError            a run folder that is not one, is in use, or was made with other settings
├── ApprovalNeeded      children wait for a person's yes or no; ends the run cleanly
├── BudgetExhausted     the money or the tokens of a run are spent; ends it cleanly
└── LLMError            the language model could not be asked, after every retry

`archive.ArchiveError`, `meta.PatchError` and `sandbox_runner.SandboxUnavailable` belong to the packages below this
one and share no base with these, because those packages import nothing from here.

A failing genome is none of these: it is a value (`sandbox_runner.Outcome`, or a stillborn `Individual`).
"""


class HyperagentError(Exception):
    """Anything this package raises on purpose; the message is one line that says what was found and expected."""


class UsageError(HyperagentError):
    """The caller asked for something that is not there, such as an unknown domain or `--workers 0`."""


class DomainError(HyperagentError):
    """A domain, its tasks or its score function are not what they must be."""


class GenomeError(HyperagentError):
    """A seed genome that cannot be run."""


class RunError(HyperagentError):
    """A run folder that is not one, is in use by another process, or was made with other settings."""


class ApprovalNeeded(HyperagentError):
    """Children wait for a person's yes or no; the run ends cleanly and goes on once they have been decided on."""


class BudgetExhausted(HyperagentError):
    """The money or the tokens of a run are spent; the run ends cleanly and keeps what was paid for."""


class LLMError(HyperagentError):
    """The language model could not be asked, after every retry."""
