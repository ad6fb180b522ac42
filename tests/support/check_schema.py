"""Validates JSON by a JSON Schema in which no object may have a property that is not described: {"schema", "bodies"}
comes in, an array of complaints goes out."""

import json
import sys

from jsonschema import Draft202012Validator


def close(schema):
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            schema["additionalProperties"] = False
        for value in schema.values():
            close(value)
    elif isinstance(schema, list):
        for value in schema:
            close(value)


told = json.load(sys.stdin)
Draft202012Validator.check_schema(told["schema"])
close(told["schema"])
validator = Draft202012Validator(told["schema"])
complaints = [f"{n}: {error.json_path}: {error.message}" for n, body in enumerate(told["bodies"]) for error in validator.iter_errors(body)]
json.dump(complaints, sys.stdout)
