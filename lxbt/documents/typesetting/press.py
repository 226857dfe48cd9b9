"""Typesets one document in a process of its own, within bounds of time and memory. Started by file, so that nothing
else is loaded.

Reads JSON from the standard input: `files` (name -> base64, `main.typ` among them), `fonts` (folders), `system_fonts`,
`moment` (seconds since 1970), `memory` (bytes), `seconds`. Writes the PDF to the standard output, or what is wrong to
the standard error with a code that is not zero.
"""

from __future__ import annotations

import base64
import json
import resource
import sys

import typst

NOWHERE = "/nonexistent/packages"  # none are installed, none are fetched


def main() -> int:
    """Typeset what the standard input holds."""
    job = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it has nothing to write anywhere
    files = {name: base64.b64decode(content) for name, content in job["files"].items()}
    try:
        fonts = typst.Fonts(
            include_system_fonts=job["system_fonts"], include_embedded_fonts=True, font_paths=job["fonts"]
        )
        made = typst.compile(  # type: ignore[call-overload]  # several files as a dictionary: its stub does not know it yet
            files,
            format="pdf",
            font_paths=fonts,
            ignore_system_fonts=True,
            timestamp=job["moment"],
            package_path=NOWHERE,
            package_cache_path=NOWHERE,
        )
    except (typst.TypstError, RuntimeError) as error:
        sys.stderr.write(str(error)[:2000])
        return 1
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
