"""Backup while Praxis works, and restore into an empty place: equal counts and hashes, or it says what differs (AD3, T-K1).

A backup is one tar file: `manifest.json` (versions, rows and a hash of every table, the files with their sizes), the
database (`database.sqlite3`, made by SQLite's own online backup, or `database.dump`, made by pg_dump in the snapshot in
which the rows were counted) and `files/`, whose names are their hashes. The secret key is not in it.
"""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from praxis import __version__
from praxis.abilities.conversation.models import File
from praxis.abilities.conversation.store import folder, path_of
from praxis.abilities.search.models import Document
from praxis.kernel import numbers
from praxis.records.jobs import refresh_statistics
from praxis.records.models import Record

FORM = 1


class Unfit(Exception):
    """A backup that cannot be made or restored; the text says why and what to do."""


def backup(target, step=lambda words: None):
    """Write a backup to `target`; returns the manifest. The file appears whole or not at all."""
    target = Path(target).resolve()
    with tempfile.TemporaryDirectory(dir=target.parent) as work:
        step("the database")
        name, tables = _sqlite_copy(work) if connection.vendor == "sqlite" else _postgres_dump(work)
        step("the files")
        files = _stored()
        manifest = {"form": FORM, "version": __version__, "vendor": connection.vendor, "at": timezone.now().isoformat(), "database": name,
                    "database_sha256": _sha(Path(work) / name), "migrations": _migrations(), "tables": tables, "files": files}
        made = Path(work) / "backup.tar"
        with tarfile.open(made, "w") as out:
            _add_text(out, "manifest.json", json.dumps(manifest, indent=1))
            out.add(Path(work) / name, name)
            for digest in files:
                out.add(path_of(digest), f"files/{digest}")
        os.chmod(made, 0o600)
        os.replace(made, target)
    (settings.PRAXIS_HOME / "last-backup").write_text(manifest["at"])
    return manifest


def restore(source, step=lambda words: None):
    """Fill the empty database and file store of this installation; returns (manifest, faults). It is never half done on an error
    before the data is in; faults found after that are sentences."""
    with tempfile.TemporaryDirectory(dir=settings.PRAXIS_HOME) as work, tarfile.open(source) as archive:
        manifest = _manifest(archive)
        if not _is_empty():
            raise Unfit("This database is not empty. Restore into a new one: set DATABASE_URL and PRAXIS_HOME to a fresh place.")
        step("the database")
        dump = Path(work) / manifest["database"]
        with archive.extractfile(manifest["database"]) as inside, dump.open("wb") as out:
            shutil.copyfileobj(inside, out)
        if _sha(dump) != manifest["database_sha256"]:
            raise Unfit("The database in this backup is damaged: its hash differs from the manifest's.")
        (_sqlite_fill if connection.vendor == "sqlite" else _postgres_fill)(dump)
        step("the files")
        faults = [*_compare(manifest["tables"]), *_fill_files(archive, manifest["files"])]
        step("to this version")
        call_command("migrate", verbosity=0, interactive=False)
        numbers.prepare()
        call_command("collectstatic", verbosity=0, interactive=False)
        refresh_statistics()
        faults += verify()
    return manifest, faults


def verify():
    """Sentences on what is wrong with the search and the files of this installation."""
    table = Document._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
        documents = cursor.fetchone()[0]
        if connection.vendor == "sqlite":
            try:
                cursor.execute("INSERT INTO search_fts(search_fts) VALUES ('integrity-check')")
            except Exception as problem:  # the engine says in its own words what is broken
                yield f"The index of the search is broken: {problem}."
    if documents != (n := Record.objects.count()):
        yield f"The search knows {documents} of {n} records."
    for name, digest in File.objects.values_list("name", "sha256").iterator():
        path = path_of(digest)
        if not path.exists():
            yield f"The file {name} is missing: {digest}."


def _stored():
    """{hash: bytes} of the files in the store; one that is just being written has another name."""
    names = ((p.parent.name + p.name, p) for p in folder().glob("??/*"))
    return {digest: path.stat().st_size for digest, path in names if len(digest) == 64}


def _sha(path):
    with open(path, "rb") as file:
        digest = sha256()
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _add_text(out, name, text):
    info = tarfile.TarInfo(name)
    info.size = len(data := text.encode())
    out.addfile(info, io.BytesIO(data))


def _migrations():
    return sorted(f"{m.app}.{m.name}" for m in MigrationRecorder.Migration.objects.all())


def _tables():
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    return sorted(n for n in names if not n.startswith("search_fts"))  # the index's own tables follow from the documents


def counted(cursor, tables, quote):
    """{table: [rows, hash]} as the cursor sees them: the same on both sides of a restore."""
    found = {}
    for table in tables:
        cursor.execute(f"SELECT * FROM {quote(table)} ORDER BY 1")
        digest, rows = sha256(), 0
        while batch := cursor.fetchmany(2000):
            rows += len(batch)
            digest.update("\n".join(map(repr, batch)).encode())
        found[table] = [rows, digest.hexdigest()]
    return found


def _sqlite_copy(work):
    copy = Path(work) / "database.sqlite3"
    with closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as live, closing(sqlite3.connect(copy)) as out:
        live.backup(out)  # in one step: cut into several it begins anew with each write of somebody else, and never ends on a busy desk
        out.execute("PRAGMA journal_mode = DELETE")
        tables = counted(out.cursor(), _tables(), connection.ops.quote_name)
    return copy.name, tables


def _sqlite_fill(dump):
    target = Path(settings.DATABASES["default"]["NAME"])
    connection.close()
    for name in (target, Path(f"{target}-wal"), Path(f"{target}-shm")):
        name.unlink(missing_ok=True)
    shutil.copyfile(dump, target)
    os.chmod(target, 0o640)


def _postgres(tool):
    """The tool and the environment that leads it to our database, its password not on the command line."""
    if not (path := shutil.which(tool)):
        raise Unfit(f"{tool} is missing. Install it: sudo apt-get install postgresql-client")
    one = settings.DATABASES["default"]
    env = os.environ | {"PGDATABASE": connection.settings_dict["NAME"], "PGUSER": one["USER"], "PGPASSWORD": one["PASSWORD"], "PGHOST": one["HOST"] or "127.0.0.1",
                        "PGPORT": one["PORT"] or "5432"}
    return path, {k: v for k, v in env.items() if v}


def _run(command, env):
    run = subprocess.run(command, env=env, capture_output=True, text=True)
    if run.returncode:
        raise Unfit(f"{Path(command[0]).name}: {run.stderr.strip()[-500:]}")


def _postgres_dump(work):
    tool, env = _postgres("pg_dump")
    copy = Path(work) / "database.dump"
    connection.close()
    connection.ensure_connection()
    raw = connection.connection
    tables = _tables()
    raw.autocommit = False
    try:
        with raw.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            _run([tool, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={copy}"], env)
            counts = counted(cursor, tables, connection.ops.quote_name)
    finally:
        raw.rollback()
        connection.close()
    return copy.name, counts


def _postgres_fill(dump):
    tool, env = _postgres("pg_restore")
    connection.close()
    _run([tool, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname={env['PGDATABASE']}", str(dump)], env)


def _manifest(archive):
    try:
        with archive.extractfile("manifest.json") as file:
            manifest = json.load(file)
    except (KeyError, ValueError):
        raise Unfit("This is no backup of Praxis: it has no manifest.") from None
    if manifest["form"] > FORM:
        raise Unfit(f"This backup was made by a newer Praxis ({manifest['version']}). Restore it with that version.")
    if manifest["database"] not in ("database.sqlite3", "database.dump"):  # never a path: what is in an archive is not to be believed
        raise Unfit("This is no backup of Praxis: its manifest names no database.")
    if manifest["vendor"] != connection.vendor:
        raise Unfit(f"This backup is of {manifest['vendor']}, and DATABASE_URL names {connection.vendor}. Restore into the same kind of database.")
    return manifest


def _is_empty():
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        if connection.vendor == "sqlite" and "records_record" in names:
            cursor.execute("SELECT (SELECT count(*) FROM records_record) + (SELECT count(*) FROM people_organisation)")
            return cursor.fetchone()[0] == 0
    return connection.vendor == "sqlite" or not names


def _compare(tables):
    """What differs from the manifest, with values read as they were when it was made: as the database itself gives them."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as plain:
            found = counted(plain.cursor(), tables, connection.ops.quote_name)
    else:
        with connection.cursor() as cursor:
            found = counted(cursor, tables, connection.ops.quote_name)
    for table, (rows, digest) in tables.items():
        if found[table][0] != rows:
            yield f"{table} has {found[table][0]} rows, and the backup {rows}."
        elif found[table][1] != digest:
            yield f"{table} differs from the backup in its content."


def _fill_files(archive, files):
    for digest in files:
        path = path_of(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.extractfile(f"files/{digest}") as inside, path.open("wb") as out:
            shutil.copyfileobj(inside, out)
        if _sha(path) != digest:
            path.unlink()
            yield f"The file {digest} is damaged in the backup and was left out."
