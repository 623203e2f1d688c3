"""RESULTS.md: a section for each comparison, which the comparison replaces when it is told to."""
from pathlib import Path

FILE = Path(__file__).resolve().parent / "RESULTS.md"


def write_section(title, text):
    """Puts `text` under the heading `title`: in the place of the section that is there, else at the end."""
    sections = ("\n" + FILE.read_text()).split("\n## ") if FILE.exists() else [""]
    head, sections = sections[0].strip("\n") or "# Agreement with other engines", sections[1:]
    named = {section.split("\n", 1)[0]: section.strip("\n") for section in sections}
    named[title] = f"{title}\n\n{text.strip()}"
    FILE.write_text("\n\n## ".join([head, *named.values()]) + "\n")
