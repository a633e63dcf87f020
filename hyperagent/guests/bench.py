"""In a jail: what a meta agent with a language model works with. It changes copies of files in memory, nothing else.

Not guarded: it shares its process with the genome. Whatever comes out of here is checked again where it counts.
"""

import meta
from meta.address import follow, parse_address
from meta.gate import file_violations, genome_violations
from meta.index import indexed, place
from meta.tree import at_end, code_of, parse_chunk, way_along
from meta.unified import to_unified


class Bench:
    """Files are {name: text}; edits are those of a patch, as plain data."""

    def __init__(self, api, rules):
        self._api = api
        self._policy = meta.Policy.from_plain(rules)

    def edited(self, files, edits):
        """The files with the edits made; ValueError that says which place holds what, or does not parse."""
        changed = meta.apply(meta.Genome(files), meta.Patch.from_plain({"edits": edits}))
        return {name: changed[name] for name in changed}

    def between(self, before, after):
        """The edits that lead from some files to others."""
        return meta.diff(meta.Genome(before), meta.Genome(after)).plain()["edits"]

    def shown(self, files, edits):
        """What edits do to files, as a unified diff."""
        return to_unified(meta.Genome(files), meta.Patch.from_plain({"edits": edits}))

    def text_at(self, files, at):
        """What stands at an address, a definition or a statement in one; ValueError if nothing does."""
        address = parse_address(at)
        if address.file not in files:
            raise meta.PatchError(f"{at}: no file {address.file} in the genome")
        index = indexed(address.file, files[address.file].encode())
        number, steps = place(address, index)
        text = index.chunk(number)
        if not steps:
            return text.strip("\r\n")
        module = parse_chunk(at, text)
        return code_of(at_end(way_along(module, follow(address, module.body[0], steps))))

    def violations(self, files):
        """Why the gate would refuse these files, as far as it can be known here, a line each."""
        genome = meta.Genome(files)
        found = genome_violations(genome, self._policy)
        for name in genome:
            found += file_violations(name, genome.raw(name), self._policy)
        return [str(violation) for violation in found]

    def tried(self, edits, tasks):
        """Trials of the parent with these edits on named train tasks; ValueError if there can be none."""
        reply = self._api.ask({"ask": "try", "edits": edits, "tasks": tasks})
        if "error" in reply:
            raise ValueError(reply["error"])
        return reply["trials"]
