"""Labels with a QR code that leads to the asset from any phone's camera (AST-04)."""

import segno
from django.conf import settings
from markupsafe import Markup

from praxis.kernel.settings import Setting


def _address(text):
    if text and not text.startswith(("http://", "https://")):
        raise ValueError("Write an address such as https://desk.example.com.")


BASE = Setting("asset.label_address", str, "", "The address that labels of assets lead to, such as https://desk.example.com; empty: the first host of this installation", valid=_address)


def address(asset):
    """Where the code of this asset leads."""
    host = settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS[0] else "localhost"
    base = BASE(asset.organisation_id) or f"{'https' if settings.HTTPS else 'http'}://{host}"
    return f"{base.rstrip('/')}/t/{asset.number}"


def code(asset):
    """The QR code as SVG of ours, in the colour of the text; drawn from digits alone, nothing typed goes in unescaped."""
    return Markup(segno.make(address(asset), error="m", micro=False).svg_inline(scale=3, border=2, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None))
