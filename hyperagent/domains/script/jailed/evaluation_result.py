"""`openevolve.evaluation_result` for evaluators that import it: metrics, and artifacts beside them."""

from dataclasses import dataclass, field


@dataclass
class EvaluationResult:
    """What an evaluator found: numbers by name, and texts by name that explain them."""

    metrics: dict
    artifacts: dict = field(default_factory=dict)

    @classmethod
    def from_dict(cls, metrics):
        """A result without artifacts."""
        return cls(metrics)

    def to_dict(self):
        """The metrics."""
        return self.metrics

    def has_artifacts(self):
        """Whether there are any."""
        return bool(self.artifacts)
