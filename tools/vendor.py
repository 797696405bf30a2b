"""Builds what browsers get: one stylesheet a surface, subset fonts, and the manifest of vendored files.

    python tools/vendor.py            concatenate the stylesheets, renew the manifest
    python tools/vendor.py --check    fail if the committed files differ from what this would write
    python tools/vendor.py --fonts DIR   subset Inter's variable fonts found in DIR (needs fonttools and brotli)
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

SCREENS = Path(__file__).resolve().parents[1] / "praxis" / "screens"
STATIC = SCREENS / "static"
SURFACES = {
    "agent.css": ("tokens", "base", "layout", "components", "draw", "views", "praxis"),
    "portal.css": ("tokens", "base", "layout", "components", "portal", "praxis"),
    "status.css": ("tokens", "base", "layout", "components", "draw", "portal", "praxis"),
}
VENDORED = {
    "vendor/htmx-4.0.1.min.js": ("htmx", "4.0.1", "0BSD", "vendor/htmx-LICENSE.txt"),
    "icons.svg": ("Lucide icons and our own signs", "0.4", "ISC", "vendor/lucide-LICENSE.txt"),
    "fonts/inter-latin.woff2": ("Inter variable, subset", "4", "OFL-1.1", "fonts/INTER-LICENSE.txt"),
    "fonts/inter-latin-ext.woff2": ("Inter variable, subset", "4", "OFL-1.1", "fonts/INTER-LICENSE.txt"),
}
LETTERS = {
    "latin": "U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+02C6,U+02DA,U+02DC,U+2010-2015,U+2018-201A,U+201C-201E,"
             "U+2020-2022,U+2026,U+2030,U+2039-203A,U+20AC,U+2122,U+2190-2193,U+21B5,U+2212",
    "latin-ext": "U+0100-0130,U+0132-0151,U+0154-017F,U+0218-021B,U+1E9E",
}


def outputs():
    """{file below static: its bytes} of everything that is made here."""
    made = {name: "\n".join((SCREENS / "css" / f"{p}.css").read_text() for p in parts).encode() for name, parts in SURFACES.items()}
    rows = [
        {"file": file, "name": name, "version": version, "licence": licence, "licence_file": text,
         "sha384": hashlib.sha384((STATIC / file).read_bytes()).hexdigest()}
        for file, (name, version, licence, text) in VENDORED.items()
    ]
    made["vendor/manifest.json"] = (json.dumps(rows, indent=1) + "\n").encode()
    return made


def fonts(folder):
    for name, letters in LETTERS.items():
        with tempfile.NamedTemporaryFile(suffix=".woff2") as narrow:
            run("fontTools.varLib.instancer", f"{folder}/inter-{name}-opsz-normal.woff2", "wght=400:600", "opsz=14:28", "-o", narrow.name)
            run("fontTools.subset", narrow.name, f"--unicodes={letters}", "--flavor=woff2", "--layout-features=kern,liga,calt,tnum,ccmp,mark",
                f"--output-file={STATIC}/fonts/inter-{name}.woff2")


def run(module, *arguments):
    subprocess.run([sys.executable, "-m", module, *arguments], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--fonts")
    asked = parser.parse_args()
    if asked.fonts:
        fonts(asked.fonts)
    stale = [name for name, content in outputs().items() if not (STATIC / name).exists() or (STATIC / name).read_bytes() != content]
    if asked.check:
        if stale:
            raise SystemExit(f"Run python tools/vendor.py: {', '.join(stale)} differ from their sources.")
        return
    for name, content in outputs().items():
        (STATIC / name).write_bytes(content)


if __name__ == "__main__":
    main()
