"""In a jail: what leads from one genome to another. Trusted code that reads hostile source."""

import meta


def main(_api, before, after):
    """The patch as plain data."""
    return meta.diff(meta.Genome(before), meta.Genome(after)).plain()
