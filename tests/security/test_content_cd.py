"""Abuse tests of files and of what could run: uploads, restore, code that loads or starts something."""

import ast
import io
import json
import os
import tarfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

import praxis
from praxis.abilities.conversation import store
from praxis.abilities.conversation.models import File
from praxis.interfaces.cli import safekeeping
from praxis.kernel.settings import declared
from praxis.records import write

pytestmark = pytest.mark.django_db
SOURCES = sorted(p for p in Path(praxis.__file__).parent.rglob("*.py") if "migrations" not in p.parts)
EVIL = b"<script>alert(1)</script>"


def kept(make, company, name, data=b"x", type_="text/plain"):
    """The File of an upload whose name reaches the store as it was sent; Django's own form would cut it first."""
    upload = SimpleUploadedFile("a", data, content_type=type_)
    upload._name = name
    write.act(make(), company.actor("agent"), "reply", text="x", files=[upload])
    return File.objects.latest("pk")


@pytest.mark.parametrize(("name", "type_", "data"), [
    ("a.html", "text/html", EVIL), ("a.svg", "image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    ("a.xml", "application/xml", b'<?xml version="1.0"?><?xml-stylesheet href="javascript:alert(1)"?><a/>'), ("a.pdf", "application/pdf", b"%PDF-1.4 /JS (app.alert(1))"),
    ("a.xhtml", "application/xhtml+xml", EVIL), ("a.js", "text/javascript", b"alert(1)"), ("a.png", "image/png", b"\x89PNG\r\n" + EVIL), ("a.mht", "multipart/related", EVIL),
    ('a"; filename="b.html', "text/html", EVIL), ("a\r\nContent-Type: text/html\r\n\r\n.html", "text/html", EVIL), ("ä‮gpj.html", "text/html\r\nX: y", EVIL)])
def test_t_c5_an_upload_is_a_download_that_runs_nowhere(name, type_, data, company, make):
    """T-C5: on the same host, as an attachment of no type, never sniffed, in a sandbox without sources; the name breaks no header."""
    file = kept(make, company, name, data, type_)
    for client in (company.client("agent"), company.client("requester")):
        for more in ("", "?inline=1", "?type=text/html", "?download=0"):
            answer = client.get(f"/files/{file.pk}{more}")
            assert answer.status_code == 200 and b"".join(answer.streaming_content) == data
            assert answer["Content-Type"] == "application/octet-stream" and answer["X-Content-Type-Options"] == "nosniff"
            assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''") and not set(answer["Content-Disposition"]) & set('\r\n"<>')
            assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox" and "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\win.ini", "/etc/passwd", "C:\\boot.ini", "a/../../b", "..", ".", "", "a\x00.txt", "\x00", "x" * 5000, "%2e%2e%2fb", "nul/"])
def test_t_d4_a_name_leads_nowhere(name, company, make):
    """T-D4: the name of an upload is words beside the bytes, which lie under their hash and nowhere else."""
    before = {p for p in settings.PRAXIS_HOME.rglob("*") if p.is_file()}
    file = kept(make, company, name, f"{name}".encode())
    new = {p for p in settings.PRAXIS_HOME.rglob("*") if p.is_file()} - before
    assert not set(file.name) & set("/\\\x00") and 0 < len(file.name) <= 200
    assert new <= {store.path_of(file.sha256)} and store.path_of(file.sha256).read_bytes() == name.encode()
    with pytest.raises(ValueError):
        store.path_of(f"../{file.sha256[3:]}")


@pytest.mark.parametrize("where", ["absolute", "upwards"])
def test_t_d4_a_backup_writes_nothing_outside(where, db, tmp_path, settings):
    """T-D4: a made-up backup whose database has a path for a name is refused before a byte of it is written (TarSlip)."""
    home = settings.PRAXIS_HOME = tmp_path / "home"
    home.mkdir()
    target = tmp_path / "taken"
    name = str(target) if where == "absolute" else "../../taken"
    manifest = {"form": 1, "version": "x", "vendor": connection.vendor, "at": "x", "database": name, "database_sha256": "0", "migrations": [], "tables": {}, "files": {}}
    with tarfile.open(tmp_path / "evil.tar", "w") as out:
        for member, data in (("manifest.json", json.dumps(manifest).encode()), (name, EVIL)):
            info = tarfile.TarInfo(member)
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
    with pytest.raises((safekeeping.Unfit, ValueError, KeyError)):
        safekeeping.restore(tmp_path / "evil.tar")
    assert not target.exists()


@pytest.mark.parametrize("name", ["shell.php", "a.phtml", "a.pht", "a.phar", "a.jsp", "a.py", ".htaccess", "a.cgi", "a.php.png", "a.so", "a.sh", "web.config"])
def test_t_d5_what_could_run_lies_where_nothing_runs_it(name, company, make):
    """T-D5: outside every static tree, without its name or ending, not executable, and at no address but the view that asks."""
    file = kept(make, company, name, b"GIF89a<?php system($_GET[0]); ?>#!/bin/sh\n" + name.encode())
    path = store.path_of(file.sha256)
    roots = [Path(settings.STATIC_ROOT), *map(Path, settings.STATICFILES_DIRS), Path(praxis.__file__).parent]
    assert path.exists() and not any(path.is_relative_to(r) for r in roots) and path.suffix == "" and name not in str(path)
    assert not path.stat().st_mode & 0o111 and not getattr(settings, "MEDIA_ROOT", "")
    inside = path.relative_to(settings.PRAXIS_HOME)
    for url in (f"/{inside}", f"/static/{inside}", f"/static/../{inside}", f"/files/{file.sha256}", f"/files/{name}", f"/files/{file.pk}/{name}", f"/media/{name}"):
        assert company.client("agent").get(url).status_code == 404, url


LOADERS = {"pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle", "joblib"}
SAFE_YAML = {"safe_load", "safe_dump", "SafeLoader", "SafeDumper", "YAMLError", "AliasEvent", "nodes", "events"}


def loads_code(tree):
    """What in a module loads objects or runs text."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names) if (bad := {n.name.split(".")[0] for n in names} & LOADERS):
                yield f"imports {bad}"
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] in LOADERS or module == "yaml" and {n.name for n in names} - SAFE_YAML:
                yield f"imports from {module}"
            case ast.Attribute(value=ast.Name(id="yaml"), attr=attr) if attr not in SAFE_YAML:
                yield f"yaml.{attr}"
            case ast.Call(func=ast.Name(id=("eval" | "exec" | "compile" | "__import__") as name)):
                yield name


def starts_program(tree):
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names) if {n.name for n in names} & {"subprocess", "pty", "commands"}:
                yield "subprocess"
            case ast.ImportFrom(module="subprocess" | "pty"):
                yield "subprocess"
            case ast.Attribute(value=ast.Name(id="os"), attr=attr) if attr in ("system", "popen", "posix_spawn", "startfile") or attr.startswith(("exec", "spawn")):
                yield f"os.{attr}"
            case ast.keyword(arg="shell", value=ast.Constant(value=True)):
                yield "shell=True"


def found(rule, *texts):
    trees = [(str(p), ast.parse(p.read_text(encoding="utf-8"))) for p in SOURCES] if not texts else [("", ast.parse(t)) for t in texts]
    return [f"{path}: {what}" for path, tree in trees for what in rule(tree)]


def test_t_d6_nothing_that_came_in_becomes_an_object():
    """T-D6: no module unpickles, loads YAML unsafely or runs text; the rule itself is shown to catch each form."""
    assert len(SOURCES) > 100 and found(loads_code) == []
    forms = ("import pickle", "from marshal import loads", "import yaml\nyaml.unsafe_load(x)", "import yaml\nyaml.load(x, Loader=yaml.Loader)", "from yaml import load", "eval(x)", "import shelve")
    assert all(found(loads_code, text) for text in forms)
    assert settings.SESSION_ENGINE == "praxis.people.sessions" and "PickleSerializer" not in str(getattr(settings, "SESSION_SERIALIZER", ""))


@pytest.mark.parametrize("text", ["!!python/object/apply:os.mkdir ['{path}']", "a: !!python/object/new:os.mkdir ['{path}']", "!!python/name:os.system", "a: !<tag:yaml.org,2002:python/object/apply:os.mkdir> ['{path}']"])
def test_t_d6_structured_text_makes_no_object(text, company, tmp_path):
    """T-D6: the tags by which YAML names Python's own objects are refused by every form that takes structured text."""
    company.people["root"] = company.person("root@acme.example", "administrator", everywhere=True)
    root, text = company.client("root"), text.format(path=tmp_path / "made")
    for url, form in (("/admin/settings", {"clocks.levels": text}), ("/admin/promises/new", {"label": "P", "key": "p", "levels": text}),
                      ("/admin/roles/new", {"label": "R", "key": "r", "permissions": text})):
        assert root.post(url, form).status_code == 422, url
    assert not os.listdir(tmp_path)


def test_t_d11_no_setting_names_a_program(company):
    """T-D11: programs are started by the command line alone, from names fixed in code or found beside Python, never through a shell, and no setting reaches them."""
    starters = {line.partition(":")[0] for line in found(starts_program)}
    assert starters and all("/interfaces/cli/" in path for path in starters) and not any("shell" in line for line in found(starts_program))
    for path in starters:
        text = Path(path).read_text(encoding="utf-8")
        assert "kernel.settings" not in text and "kernel import settings" not in text and "models import Setting" not in text, path
    assert [k for k in declared if any(w in k for w in ("path", "command", "program", "binary", "executable", "script", "shell"))] == []
    assert all(found(starts_program, text) for text in ("import subprocess", "import os\nos.system(x)", "run(x, shell=True)", "import os\nos.execv(a, b)"))
    company.people["root"] = company.person("root@acme.example", "administrator", everywhere=True)
    assert company.client("root").post("/admin/settings", {"backup.command": "/bin/sh"}).status_code == 404
