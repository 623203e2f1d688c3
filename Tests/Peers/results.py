"""Where comparisons write when they are told to: a section of RESULTS.md for each, and marked places elsewhere."""
from pathlib import Path

FILE = Path(__file__).resolve().parent / "RESULTS.md"


def write_section(title, text):
    """Puts `text` under the heading `title`: in the place of the section that is there, else at the end."""
    sections = ("\n" + FILE.read_text()).split("\n## ") if FILE.exists() else [""]
    head, sections = sections[0].strip("\n") or "# Agreement with other engines", sections[1:]
    named = {section.split("\n", 1)[0]: section.strip("\n") for section in sections}
    named[title] = f"{title}\n\n{text.strip()}"
    FILE.write_text("\n\n## ".join([head, *named.values()]) + "\n")


def write_between(file, name, text):
    """Puts `text` between the lines `<!-- name -->` and `<!-- /name -->` of a file."""
    opening, closing = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    head, found, rest = file.read_text().partition(opening)
    _, ended, tail = rest.partition(closing)
    if not found or not ended:
        raise ValueError(f"{file.name} has no place marked {name!r}")
    file.write_text(head + opening + "\n" + text.strip() + "\n\n" + closing + tail)
