"""Calls a test issuer by requests_oauthlib: reads what to know in JSON, writes what came of it."""

import base64
import hashlib
import json
import secrets
import sys

import requests
from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error
from requests_oauthlib import OAuth2Session

known = json.load(sys.stdin)
found = requests.get(known["issuer"] + "/.well-known/openid-configuration", timeout=10).json()
authorize, token_url = found["authorization_endpoint"], found["token_endpoint"]
result = {}

service = known["service"]
session = OAuth2Session(client=BackendApplicationClient(client_id=service["id"], scope=["read"]))
result["client_credentials"] = session.fetch_token(
    token_url, client_id=service["id"], client_secret=service["secret"]
)

verifier = secrets.token_urlsafe(48)
challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
app = known["app"]
session = OAuth2Session(app["id"], redirect_uri=app["redirectUri"], scope=["openid", "read"])
url, _ = session.authorization_url(
    authorize, code_challenge=challenge.decode(), code_challenge_method="S256", nonce="n-1"
)
back = requests.get(url, allow_redirects=False, timeout=10).headers["location"]
result["authorization_code"] = session.fetch_token(
    token_url, authorization_response=back, code_verifier=verifier, include_client_id=True
)
result["userinfo"] = session.get(found["userinfo_endpoint"]).json()
result["refresh_token"] = session.refresh_token(token_url, client_id=app["id"])
try:
    session.fetch_token(
        token_url, authorization_response=back, code_verifier=verifier, include_client_id=True
    )
except OAuth2Error as error:
    result["code_again"] = error.error

json.dump(result, sys.stdout)
