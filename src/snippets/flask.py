"""POST /api/generate-courier-jwt for Flask: a Courier token for whoever is signed in, and for nobody else.

Save it as courier_token.py, and mount it in your app:
    from courier_token import courier_token
    app.register_blueprint(courier_token)
It needs Flask 2 or 3 with a SECRET_KEY for its session, and COURIER_API_KEY in the environment.
The how-to: https://www.courier.com/docs/tutorials/inbox/how-to-send-jwt
"""

import json
import os
import re
from http import HTTPStatus
from http.client import HTTPException
from time import monotonic
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from flask import Blueprint, current_app, jsonify, request, session

SCOPES = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands'
EXPIRES_IN = '1d'
LONGEST_BODY = 10_000
LONGEST_ANSWER = 100_000
TIMEOUT = 5
NO_STORE = {'Cache-Control': 'no-store'}

courier_token = Blueprint('courier_token', __name__)


class NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


courier = build_opener(NoRedirects)


def signed_in_user():
    # The id that Courier knows the user by. Put your own way here.
    user = session.get('user_id')
    return None if user is None else str(user)


@courier_token.post('/api/generate-courier-jwt')
def generate_courier_jwt():
    user = signed_in_user()
    if not user:
        return refuse(401)
    body = request.stream.read(LONGEST_BODY + 1)
    if len(body) > LONGEST_BODY:
        return refuse(413)
    try:
        named = json.loads(body or '{}').get('userId', user)
    except (ValueError, AttributeError, RecursionError):
        return refuse(400)
    if not isinstance(named, str):
        return refuse(400)
    if named != user:
        return refuse(403)
    if not is_user_id(user):
        return fail(user, 'not a user id', 400)

    key = os.environ.get('COURIER_API_KEY')
    if not key:
        return fail(user, 'COURIER_API_KEY is not set', 502)
    try:
        token = issue_token(user, key)
    except HTTPError as error:
        return fail(user, error.code, 503 if error.code == 429 or error.code >= 500 else 502)
    except (OSError, HTTPException) as error:  # Unreachable, or slow.
        return fail(user, type(error).__name__, 503)
    except (ValueError, KeyError, TypeError, RecursionError) as error:  # Nonsense.
        return fail(user, type(error).__name__, 502)
    current_app.logger.info('courier token: for %r, %s, %s', user, SCOPES, EXPIRES_IN)
    return jsonify(token=token, expiresIn=EXPIRES_IN), 200, NO_STORE


def refuse(status):
    return jsonify(error=HTTPStatus(status).phrase), status, NO_STORE


def fail(user, reason, status):
    current_app.logger.error('courier token: none for %r: %s', user, reason)
    return refuse(status)


def is_user_id(user):
    """A space in it would add scopes; isprintable takes that one alone, and nothing invisible."""
    return isinstance(user, str) and 1 <= len(user) <= 256 and user.isprintable() and ' ' not in user


def issue_token(user, key):
    url = (os.environ.get('COURIER_BASE_URL') or 'https://api.courier.com').rstrip('/') + '/auth/issue-token'
    body = json.dumps({'scope': f'user_id:{user} {SCOPES}', 'expires_in': EXPIRES_IN}).encode()
    headers = {'Authorization': f'Bearer {key}', 'Content-Type': 'application/json'}
    deadline = monotonic() + TIMEOUT
    with courier.open(Request(url, body, headers), timeout=TIMEOUT) as response:
        token = json.loads(text_of(response, deadline))['token']
    # A gateway that echoes what it is sent would give the key away.
    if not re.fullmatch(r'[\w-]+\.[\w-]+\.[\w-]+', token, re.ASCII):
        raise ValueError('no token')
    return token


def text_of(response, deadline):
    """Byte by byte: urllib's timeout is for each wait, and a longer read has many."""
    text = bytearray()
    for byte in iter(lambda: response.read(1), b''):
        text += byte
        if len(text) > LONGEST_ANSWER or monotonic() > deadline:
            raise TimeoutError
    return text
