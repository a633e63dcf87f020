"""What the site needs beyond the pages: what was measured as a page of its own, and marks that GitHub does not need."""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

MEASURED = "benchmarks/README.md"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the page that lies with the benchmarks."""
    text = (Path(config.docs_dir).parent / MEASURED).read_text("utf-8")
    files.append(File.generated(config, "benchmarks.md", content=text))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Links to that page as they are on the site, and an empty line between a comment and the table below it."""
    return re.sub(r"^(<!-- \w+ -->)\n", r"\1\n\n", markdown.replace(f"../{MEASURED}", "benchmarks.md"), flags=re.M)
