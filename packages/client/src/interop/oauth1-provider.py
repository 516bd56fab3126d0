"""An OAuth 1.0a provider made of Python's oauthlib, which knows nothing of this package.

Reads its settings, JSON, from standard input; prints its port; serves until it is killed.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from oauthlib.oauth1 import RequestValidator, WebApplicationServer

settings = json.loads(sys.stdin.readline())


class Validator(RequestValidator):
    """Everything in memory. The checks of oauthlib stay, those of the lengths of nonces too."""

    allowed_signature_methods = settings["signatureMethods"]
    enforce_ssl = False  # this machine's own network
    dummy_client = "dummy-client"
    dummy_request_token = "dummy-request-token"
    dummy_access_token = "dummy-access-token"

    def __init__(self):
        super().__init__()
        self.request_tokens = {}
        self.access_tokens = {settings["accessToken"]: settings["accessTokenSecret"]}
        self.nonces = set()

    def get_client_secret(self, client_key, request):
        return settings["consumerSecret"]

    def get_rsa_key(self, client_key, request):
        return settings["publicKey"]

    def get_request_token_secret(self, client_key, token, request):
        return self.request_tokens.get(token, {}).get("secret", "")

    def get_access_token_secret(self, client_key, token, request):
        return self.access_tokens.get(token, "")

    def get_default_realms(self, client_key, request):
        return []

    def get_realms(self, token, request):
        return []

    def get_redirect_uri(self, token, request):
        return self.request_tokens[token]["callback"]

    def invalidate_request_token(self, client_key, request_token, request):
        del self.request_tokens[request_token]

    def validate_client_key(self, client_key, request):
        return client_key == settings["consumerKey"]

    def validate_request_token(self, client_key, token, request):
        return token in self.request_tokens

    def validate_access_token(self, client_key, token, request):
        return token in self.access_tokens

    def validate_timestamp_and_nonce(
        self, client_key, timestamp, nonce, request, request_token=None, access_token=None
    ):
        use = (client_key, timestamp, nonce, request_token, access_token)
        if use in self.nonces:
            return False
        self.nonces.add(use)
        return True

    def validate_redirect_uri(self, client_key, redirect_uri, request):
        return True

    def validate_requested_realms(self, client_key, realms, request):
        return True

    def validate_realms(self, client_key, token, request, uri=None, realms=None):
        return True

    def validate_verifier(self, client_key, token, verifier, request):
        return self.request_tokens.get(token, {}).get("verifier") == verifier

    def verify_request_token(self, token, request):
        return token in self.request_tokens

    def verify_realms(self, token, realms, request):
        return True

    def save_request_token(self, token, request):
        self.request_tokens[token["oauth_token"]] = {
            "secret": token["oauth_token_secret"],
            "callback": request.redirect_uri,
        }

    def save_verifier(self, token, verifier, request):
        self.request_tokens[token]["verifier"] = verifier["oauth_verifier"]

    def save_access_token(self, token, request):
        self.access_tokens[token["oauth_token"]] = token["oauth_token_secret"]

    # The consumer's key and the token of the settings are not of oauthlib's making.
    def check_client_key(self, client_key):
        return True

    def check_access_token(self, request_token):
        return True


provider = WebApplicationServer(Validator())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length).decode()
        uri = f"http://{self.headers['Host']}{self.path}"
        headers = dict(self.headers.items())
        path = self.path.split("?")[0]
        if path == "/request-token":
            result = provider.create_request_token_response(uri, self.command, body, headers)
        elif path == "/access-token":
            result = provider.create_access_token_response(uri, self.command, body, headers)
        elif path == "/authorize":  # a user who consents at once
            result = provider.create_authorization_response(uri, self.command, body, headers, [])
        else:
            valid, _ = provider.validate_protected_resource_request(
                uri, self.command, body, headers, []
            )
            result = ({"Content-Type": "text/plain"}, "admitted" if valid else "refused", 200 if valid else 401)
        self.send(*result)

    def send(self, headers, body, status):
        content = (body or "").encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
