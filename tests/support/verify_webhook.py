"""Verifies webhooks by the reference library of Standard Webhooks: a JSON array of [key, headers, body] comes in, one of
verdicts goes out: null, or what is wrong."""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def verdict(key, headers, body):
    try:
        Webhook(key).verify(body, headers)
    except WebhookVerificationError as error:
        return str(error)


json.dump([verdict(*case) for case in json.load(sys.stdin)], sys.stdout)
