"""Reads mails as Python's own library does: a JSON array of mails as bytes in Latin-1 comes in, one of facts goes out."""

import email
import email.policy
import json
import sys


def read(text):
    mail = email.message_from_bytes(text.encode("latin-1"), policy=email.policy.default)
    return {
        "headers": [[name.lower(), str(value)] for name, value in mail.items()],
        "type": mail.get_content_type(),
        "parts": [[part.get_content_type(), part.get_content()] for part in mail.iter_parts()],
        "to": [[address.display_name, address.addr_spec] for address in mail["to"].addresses],
        "from": [[address.display_name, address.addr_spec] for address in mail["from"].addresses],
        "defects": [repr(defect) for part in mail.walk() for defect in part.defects]
        + [repr(defect) for value in mail.values() for defect in getattr(value, "defects", [])],
    }


json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
