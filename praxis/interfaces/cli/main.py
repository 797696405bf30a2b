"""praxis: set up, serve, work, load, import, check. `praxis COMMAND --help` explains each."""

import os
import sys

import click
import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "praxis.site.settings")


class Lazy(click.Group):
    """Loads Django and the commands when one is asked for, so that --help is quick."""

    def list_commands(self, ctx):
        return sorted(self._commands())

    def get_command(self, ctx, name):
        return self._commands().get(name)

    def _commands(self):
        django.setup()
        from . import commands

        return commands.COMMANDS


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="praxis-itsm")
def main():
    """Praxis, open IT service management. Settings come from the environment: DATABASE_URL, PRAXIS_HOME, PRAXIS_HOSTS."""


if __name__ == "__main__":
    sys.exit(main())
