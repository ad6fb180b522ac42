"""A real mail server for one journey: aiosmtpd with STARTTLS and AUTH, both required.

Usage: smtp_journey_server.py CERTIFICATE KEY USER PASSWORD

Prints {"port": N}, then each mail that it takes as one line of JSON. Ends when its standard input does, so that it
never outlives the test that started it.
"""

import asyncio
import base64
import json
import logging
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


# It warns of a use of its own of something that it deprecates.
logging.getLogger("mail.log").setLevel(logging.ERROR)


def tell(fact):
    print(json.dumps(fact), flush=True)


class Printer:
    async def handle_DATA(self, server, session, envelope):
        tell({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "data": base64.b64encode(envelope.original_content).decode(),
            "tls": session.ssl is not None,
            "user": session.auth_data,
        })
        return "250 taken"


async def main(certificate, key, user, password):
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)

    def authenticate(server, session, envelope, mechanism, login):
        given = (login.login, login.password)
        known = given == (user.encode(), password.encode())
        return AuthResult(success=known, handled=False, auth_data=user)

    def session():
        return SMTP(
            Printer(),
            tls_context=tls,
            require_starttls=True,
            authenticator=authenticate,
            auth_required=True,
            enable_SMTPUTF8=True,
            hostname="journey.test",
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0)
    tell({"port": server.sockets[0].getsockname()[1]})
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
