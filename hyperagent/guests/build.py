"""In a jail: apply a patch, check the result and compile it. Trusted code that reads hostile source."""

import marshal

import meta
from meta.gate import region_violations
from meta.gated import file_imports, kept_violations
from meta.source import decoded, parsed
from sandbox_runner import steps


def main(_api, files, patches, rules, known_files):
    """Return {"error"} or {"files", "units", "violations"} of each child; `known_files` are not compiled again."""
    genome = meta.Genome(files)
    policy = meta.Policy.from_plain(rules)
    return [built(genome, patch, policy, known_files) for patch in patches]


def built(genome, patch, policy, known_files):
    """One child. Without a patch it is a genome of the archive, or its author's seed: what it uses is not asked."""
    try:
        child = genome if patch is None else meta.apply(genome, meta.Patch.from_plain(patch))
    except meta.PatchError as error:
        return {"error": str(error)[:2000]}
    changed = {n: child.raw(n) for n in child if n not in genome or genome.raw(n) != child.raw(n)}
    units, violations = {}, [plain(v) for v in region_violations(genome, child, policy)]
    for name in child:
        if name in changed or name not in known_files:
            broken = kept_violations(name, child.raw(name), policy)
            if patch is None:
                broken = [v for v in broken if v.rule not in ("imports", "names")]
            violations += map(plain, broken[:20])
            if name.endswith(".py") and not broken:
                units[name] = unit(name, child.raw(name))
    gone = {name: None for name in genome if name not in child}
    return {"files": {**changed, **gone}, "units": units, "violations": violations}


def plain(violation):
    """A violation as plain data."""
    return [violation.rule, violation.place, violation.text[:500]]


def unit(name, content):
    """One file compiled, with steps counted."""
    text = decoded(name, content).text
    tree = parsed(name, text)
    code = marshal.dumps(steps.ticking(tree, text, f"genome/{name}"))
    return {"source": text, "code": code, "imports": file_imports(name, content)}
