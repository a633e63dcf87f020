"""What the children of a run may change and use: the gate's policy, as the run's settings and its seed give it."""

from dataclasses import replace

from hyperagent.errors import GenomeError, UsageError
from hyperagent.settings import Settings
from meta import Genome, PatchError, Policy, Region, violations
from meta.gate import seed_policy
from meta.region import check_region


def run_policy(seed: Genome, settings: Settings) -> Policy:
    """The policy that children are held against: the seed's own, with what the settings say of it.

    Raises `UsageError` for a place that is to be closed or open and is not in the seed, and `GenomeError` for a seed
    that is over a limit itself, so that no child of it could live.
    """
    usual = seed_policy(seed)
    allowed, barred = signed(settings.imports)
    usable, unusable = signed(settings.names)
    policy = replace(
        usual,
        imports={*usual.imports, *allowed} - barred,
        forbidden_names={*usual.forbidden_names, *unusable} - usable,
        max_file_bytes=settings.max_file_bytes,
        max_genome_bytes=settings.max_genome_bytes,
        max_files=settings.max_files,
        max_complexity=settings.max_complexity,
        region=region(seed, settings),
    )
    over = [str(v) for v in violations(seed, policy) if v.rule in ("size", "complexity")]
    if over:
        raise GenomeError(f"the seed genome cannot run: {over[0]}")
    return policy


def region(seed: Genome, settings: Settings) -> Region:
    """What children may change."""
    found = Region(open=listed(settings.open) or None, closed=listed(settings.closed))
    try:
        check_region(seed, found)
    except PatchError as error:
        raise UsageError(f"closed or open: {error}") from None
    return found


def signed(text: str) -> tuple[set[str], set[str]]:
    """The entries of a list without and with a "-" in front of them."""
    entries = listed(text)
    barred = {entry.removeprefix("-").strip() for entry in entries if entry.startswith("-")}
    return {entry for entry in entries if not entry.startswith("-")}, barred


def listed(text: str) -> tuple[str, ...]:
    """The entries of a list with commas between them."""
    return tuple(entry for entry in (part.strip() for part in text.split(",")) if entry)
