"""Talk to a running Odoo as its own web client does."""

import itertools

import requests


class RpcError(Exception):
    """What the server answered instead of a result."""

    def __init__(self, error):
        """Keep the parts that tests look at.

        :param error: the ``error`` member of a JSON-RPC answer.
        """
        data = error.get("data") or {}
        self.name = data.get("name", "")
        self.message = data.get("message") or error.get("message", "")
        self.debug = data.get("debug", "")
        super().__init__(f"{self.name}: {self.message}\n{self.debug}")


class Session(requests.Session):
    """A logged-in session; paths are relative to the server's address."""

    def __init__(self, url, database, login=None, password=None):
        """Log in, unless ``login`` is left out.

        :param url: the server's address.
        :param database: database name.
        :param login: user's login.
        :param password: user's password.
        :raises RpcError: the server does not let the user in.
        """
        super().__init__()
        self.base = url
        self.uid = None
        self.context = {}
        self._numbers = itertools.count(1)
        if login:
            facts = self.json_rpc(
                "/web/session/authenticate",
                db=database,
                login=login,
                password=password,
            )
            self.uid = facts["uid"]
            self.context = facts.get("user_context") or {}

    def request(self, method, url, **options):
        """Send a request; ``url`` may be a path on the server."""
        if url.startswith("/"):
            url = self.base + url
        options.setdefault("timeout", 120)
        return super().request(method, url, **options)

    def json_rpc(self, path, **params):
        """Call a JSON-RPC route and return its result.

        :raises RpcError: the server answered with an error.
        """
        answer = self.post(
            path,
            json={
                "jsonrpc": "2.0",
                "method": "call",
                "id": next(self._numbers),
                "params": params,
            },
        )
        answer.raise_for_status()
        content = answer.json()
        if "error" in content:
            raise RpcError(content["error"])
        return content.get("result")

    def call(self, model, method, *args, **kwargs):
        """Call a public method of a model in the user's language.

        :raises RpcError: the server answered with an error.
        """
        kwargs["context"] = {**self.context, **kwargs.get("context", {})}
        return self.json_rpc(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=list(args),
            kwargs=kwargs,
        )
