"""Backup while it works, restore into an empty place, on both databases; the log lines; the bundle for support."""

import json
import logging
import os
import subprocess
import sys
import tarfile
import threading
import uuid
import zipfile
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from praxis.kernel.logs import Lines, masked

PRAXIS = str(Path(sys.executable).parent / "praxis")
ON_POSTGRES = "postgresql" in settings.DATABASES["default"]["ENGINE"]
WRITER = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "praxis.site.settings"
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from praxis.kernel.actors import system
from praxis.kernel.kinds import registry
from praxis.people.models import Organisation
from praxis.records import write
home = Organisation.objects.get(key="nordwind").pk
for n in range(int(sys.argv[1])):
    made = write.open_record(registry["incident"], system(), title=f"Written {n}", organisation=home)
    write.act(made, system(), "reply", text=f"word{n}", files=[SimpleUploadedFile("a.txt", f"file {n}".encode())])
"""


@pytest.fixture
def place(tmp_path):
    """place("one") -> environment of an installation of its own, on the kind of database under test."""
    made, admin = [], "postgresql://postgres@127.0.0.1:5432/postgres"

    def place(name):
        home = tmp_path / name
        home.mkdir()
        env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "PRAXIS_NOW")} | {"PRAXIS_HOME": str(home)}
        if ON_POSTGRES:
            database = f"praxis_{name}_{uuid.uuid4().hex[:8]}"
            with psycopg.connect(admin, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {database}")
            made.append(database)
            env["DATABASE_URL"] = f"postgresql://postgres@127.0.0.1:5432/{database}"
        return env

    yield place
    for database in made:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)")


def praxis(env, *words, code=0):
    run = subprocess.run([PRAXIS, *words], env=env, capture_output=True, text=True, timeout=240)
    assert run.returncode == code, run.stdout + run.stderr
    return run.stdout + run.stderr


def test_a_backup_made_while_writing_is_restored_whole(place, tmp_path):
    """T-K1, AD3: counts and hashes equal, the search works, files are verified; what is not empty or not ours is refused."""
    one, two = place("one"), place("two")
    praxis(one, "setup")
    praxis(one, "demo", "load", "--incidents", "60")
    subprocess.run([sys.executable, "-c", WRITER, "3"], env=one, check=True)
    writer = threading.Thread(target=lambda: subprocess.run([sys.executable, "-c", WRITER, "60"], env=one, check=True))
    writer.start()
    file = str(tmp_path / "kept.tar")
    said = praxis(one, "backup", file)
    writer.join()
    assert "tables" in said and os.stat(file).st_mode & 0o077 == 0
    with tarfile.open(file) as kept:
        manifest = json.load(kept.extractfile("manifest.json"))
        assert not any("secret" in n for n in kept.getnames()) and len(manifest["files"]) >= 3
    assert "equal to the backup in counts and hashes; the search is whole." in praxis(two, "restore", file)
    assert "Nothing found." in praxis(two, "check") and "whole" in praxis(two, "verify-log")
    assert "not empty" in praxis(two, "restore", file, code=1)
    three = place("three")
    broken = tmp_path / "broken.tar"
    broken.write_bytes(b"x" * 2000)
    assert "Traceback" not in praxis(three, "restore", str(broken), code=1)


def test_configuration_goes_to_a_fresh_instance(place, tmp_path):
    """PO5 by command: export, a change, diff, apply on a fresh instance, diff empty."""
    one, two = place("one"), place("two")
    for env in (one, two):
        praxis(env, "setup")
    file = tmp_path / "config.yaml"
    praxis(one, "config", "export", str(file))
    changed = file.read_text().replace("length: 2d", "length: 3d")
    changed_file = tmp_path / "changed.yaml"
    changed_file.write_text(changed)
    assert "'2d' -> '3d'" in praxis(two, "config", "diff", str(changed_file), code=1)
    assert "would change" in praxis(two, "config", "apply", str(changed_file), "--dry-run")
    praxis(two, "config", "apply", str(changed_file))
    assert "Equal." in praxis(two, "config", "diff", str(changed_file))
    assert "Error" in praxis(two, "config", "apply", str(_bad(tmp_path)), code=1)


def _bad(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("nonsense: {}")
    return path


def test_t_k6_the_bundle_holds_nothing_personal(place, tmp_path):
    env = place("one")
    praxis(env, "setup")
    praxis(env, "demo", "load", "--incidents", "5")
    file = tmp_path / "bundle.zip"
    praxis(env, "support-bundle", str(file))
    with zipfile.ZipFile(file) as kept:
        text = kept.read("facts.json").decode()
    secret = (Path(env["PRAXIS_HOME"]) / "secret.key").read_text()
    assert json.loads(text)["records"]["incident"] >= 5, "the history's five, and the story's own"
    for hidden in (secret, "nordwind.example", "Birgit", "Hansen", str(tmp_path), "postgres@"):
        assert hidden not in text, hidden


@pytest.mark.parametrize("text", [
    "GET /in/AbCdEf123456789 failed", "Authorization: Bearer px_AbCdEf123456789", "password=AbCdEf123456789&x=1", "'sessionid': 'AbCdEf123456789'",
    "postgresql://praxis:AbCdEf123456789@host/name", "token: px_AbCdEf123456789"])
def test_log_lines_hide_secrets(text):
    assert "AbCdEf123456789" not in masked(text) and "***" in masked(text)
    line = Lines().format(logging.LogRecord("x", logging.WARNING, "f", 1, text, (), None))
    assert "AbCdEf123456789" not in line and json.loads(line)["level"] == "WARNING"
