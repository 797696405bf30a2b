"""Files by content: written before the row that names them, removed by a job when nothing names them."""

import os
import re
from hashlib import sha256
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def folder():
    return settings.PRAXIS_HOME / "files"


def path_of(digest):
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError(digest)
    return folder() / digest[:2] / digest[2:]


def keep(upload):
    """Store the chunks of an upload; returns (sha256, size). ValidationError when it is too large or empty."""
    folder().mkdir(parents=True, exist_ok=True)
    digest, size = sha256(), 0
    with NamedTemporaryFile(dir=folder(), delete=False) as out:
        try:
            for chunk in upload.chunks():
                size += len(chunk)
                if size > settings.FILE_MOST:
                    most = settings.FILE_MOST // 2**20
                    raise ValidationError({"files": _("%(name)s is larger than %(most)s MB.") % {"name": upload.name, "most": most}})
                digest.update(chunk)
                out.write(chunk)
        except BaseException:
            os.unlink(out.name)
            raise
    target = path_of(digest.hexdigest())
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(out.name, target)
    return digest.hexdigest(), size


def clean_name(name):
    """A file name without path and control characters, at most 200 letters."""
    name = re.sub(r"[\x00-\x1f\x7f]", "", name.replace("\\", "/").rsplit("/", 1)[-1]).strip() or "file"
    return name[-200:]
