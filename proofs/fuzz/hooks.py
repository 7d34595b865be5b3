"""Hooks of Schemathesis (https://schemathesis.readthedocs.io/en/stable/guides/extending/)."""

import re

import schemathesis
from hypothesis import strategies as st

# The patterns of these components list every code point of Unicode, from which generating takes seconds per value.
TEXTS = ("Text", "TextLine", "PersonName")


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Generates text by a strategy; every value still matches the pattern of its component."""
    components = raw_schema["components"]["schemas"]
    patterns = {name: patterns_of(components, name) for name in TEXTS if name in components}
    for name, expressions in patterns.items():
        characters = st.characters(categories=("L", "M", "N", "P", "S", "Zs"), max_codepoint=0x1FAFF)
        words = st.text(characters, max_size=40)
        valid = (lambda found: lambda text: all(each.search(text) for each in found))(expressions)
        schemathesis.openapi.format(f"shop-{name}", st.one_of(st.just("Ada Lovelace"), words).filter(valid))
        components[name] = {"type": "string", "format": f"shop-{name}"}


def patterns_of(components, name):
    schema = components[name]
    own = [schema["pattern"]] if "pattern" in schema else []
    for part in schema.get("allOf", []):
        own += [part["pattern"]] if "pattern" in part else []
        if "$ref" in part:
            own += [each.pattern for each in patterns_of(components, part["$ref"].rsplit("/", 1)[1])]
    return [re.compile(each) for each in own]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Only a cursor that this list returned is valid, which no schema can say."""
    if isinstance(case.query, dict):
        case.query.pop("cursor", None)
