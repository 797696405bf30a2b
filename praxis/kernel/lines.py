"""Structured values as people write them: YAML without names for repeated parts, so that a short text stays small."""

import yaml


class _Lines(yaml.SafeLoader):
    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("Write each part out: names for repeated parts (& and *) are not read here.")
        return super().compose_node(parent, index)


def read(text):
    """What the text says; yaml.YAMLError where it cannot be read."""
    try:
        loader = _Lines(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except (ValueError, RecursionError) as problem:
        raise yaml.YAMLError(str(problem)) from None
