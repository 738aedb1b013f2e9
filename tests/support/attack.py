"""The attacks themselves, and the three ways in: JSON-RPC, JSON-2, XML-RPC."""

import json
import xmlrpc.client

import requests

#: What nobody outside may read; what an answer must never hold.
SECRET = "绝密标记ZX81"
#: What attackers guess; a refusal that repeats the guess tells nothing.
GUESS = SECRET[:-2]
#: Errors that tell the user what is the matter, and nothing else.
CLEAN = {
    "odoo.exceptions.AccessError",
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.exceptions.MissingError",
    "odoo.exceptions.RedirectWarning",
}
_LOGGED = {"id", "create_uid", "create_date", "write_uid", "write_date"}
# XML-RPC: warning, access denied, access error.
_CLEAN_FAULTS = {2, 3, 4}


class Refused(Exception):
    """The server answered with an error."""

    def __init__(self, clean, text):
        """Keep what tests look at.

        :param bool clean: it is an error meant for the user
        :param str text: all that was answered
        """
        super().__init__(text)
        self.clean = clean
        self.text = text


def _get_positional(ids, named):
    """Return what goes by position; values of new rows must, and leave ``named``."""
    if "vals_list" in named:
        return [named.pop("vals_list")]
    return [] if ids is None else [ids]


class JsonRpc:
    """As the web client asks."""

    def __init__(self, server, login, key):
        """Log in; ``key`` is not needed."""
        self._session = server.http(login)

    def call(self, model, method, ids=None, **named):
        """Call a method; ``ids`` for methods of records."""
        answer = self._session.post(
            f"/web/dataset/call_kw/{model}/{method}",
            json={
                "jsonrpc": "2.0",
                "method": "call",
                "params": {
                    "model": model,
                    "method": method,
                    "args": _get_positional(ids, named),
                    "kwargs": named,
                },
            },
        ).json()
        if "error" in answer:
            data = answer["error"].get("data", {})
            text = json.dumps(answer, ensure_ascii=False)
            raise Refused(data.get("name") in CLEAN, f"{text} {data.get('message')}")
        return answer.get("result")


class JsonTwo:
    """As other programs ask, with a key."""

    def __init__(self, server, login, key):
        """Keep the key of ``login``."""
        self._server = server
        self._session = requests.Session()
        self._session.headers.update(
            {"Authorization": f"bearer {key}", "X-Odoo-Database": server.db}
        )

    def call(self, model, method, ids=None, **named):
        """Call a method; ``ids`` for methods of records."""
        reply = self._session.post(
            f"{self._server.url}/json/2/{model}/{method}",
            json=named if ids is None else {"ids": ids, **named},
            timeout=120,
        )
        answer = reply.json()
        if reply.status_code != 200:
            raise Refused(
                answer.get("name") in CLEAN,
                f"{json.dumps(answer, ensure_ascii=False)} {answer.get('message')}",
            )
        return answer


class XmlRpc:
    """As older programs ask."""

    def __init__(self, server, login, key):
        """Log in with the key."""
        self._proxy = xmlrpc.client.ServerProxy(
            f"{server.url}/xmlrpc/2/object", allow_none=True
        )
        self._who = (
            server.db,
            server.psql("SELECT id FROM res_users WHERE login = %s", [login])[0][0],
            key,
        )

    def call(self, model, method, ids=None, **named):
        """Call a method; ``ids`` for methods of records."""
        try:
            return self._proxy.execute_kw(
                *self._who, model, method, _get_positional(ids, named), named
            )
        except xmlrpc.client.Fault as fault:
            # Odoo cannot send some answers, such as dates' labels, by XML-RPC.
            clean = fault.faultCode in _CLEAN_FAULTS
            raise Refused(clean, str(fault.faultString)) from fault


WAYS = {"JSON-RPC": JsonRpc, "JSON-2": JsonTwo, "XML-RPC": XmlRpc}


class Target:
    """One model, and the rows of it that are attacked."""

    def __init__(self, model, fields, ids, archive, partner):
        """Keep what the attacks need.

        :param str model: technical name
        :param dict fields: {name: facts of the field}
        :param list ids: rows of other people
        :param int archive: the archive that is after all
        :param int partner: its customer
        """
        self.model = model
        self.ids = ids
        self.archive = archive
        self.partner = partner
        self.fields = fields
        self.texts = [
            name
            for name, facts in fields.items()
            if facts["store"] and facts["type"] in ("char", "text", "html")
        ]
        self.grouped = [
            name
            for name, facts in fields.items()
            if facts["store"]
            and facts["type"] in ("char", "selection", "many2one", "boolean")
        ][:5]

    @property
    def these(self):
        """Domain of the rows."""
        return [("id", "in", self.ids)]

    def _has_facts(self):
        """Tell whether there is anything in a row that a copy could give away."""
        return any(
            facts["store"] and name not in _LOGGED
            for name, facts in self.fields.items()
        )

    def get_written(self):
        """Return values that change a row."""
        if self.texts:
            return {self.texts[0]: "attacked"}
        for name, facts in self.fields.items():
            if facts["store"] and facts["type"] not in ("one2many", "many2many"):
                return {name: False}
        return {}

    def get_made(self):
        """Return values for a new row of the archive."""
        vals = {}
        for name, facts in self.fields.items():
            if facts["relation"] == "kehu.archive" and facts["type"] == "many2one":
                vals[name] = self.archive
            elif facts["relation"] == "res.partner" and facts["type"] == "many2one":
                vals[name] = self.partner
            elif facts["required"] and facts["type"] in ("char", "text"):
                vals[name] = "attacked"
        return vals

    def get_readings(self):
        """Ways to read the rows by guessed ids: (name, method, has ids, arguments)."""
        nested = {
            name: {"fields": {"display_name": {}}} if facts["relation"] else {}
            for name, facts in self.fields.items()
        }
        return [
            ("read", "read", True, {}),
            ("read by name", "read", True, {"fields": self.texts or ["id"]}),
            ("web_read", "web_read", True, {"specification": {"display_name": {}}}),
            ("web_read with all", "web_read", True, {"specification": nested}),
            (
                "export_data",
                "export_data",
                True,
                {"fields_to_export": self.texts or ["display_name"]},
            ),
            *([("copy", "copy", True, {})] if self._has_facts() else []),
        ]

    def get_searches(self, thorough):
        """Ways to find them: (name, method, has ids, arguments).

        :param bool thorough: by several fields, not by the first ones only
        """
        these = self.these
        searches = [
            ("search", "search", {"domain": these}),
            ("search_read", "search_read", {"domain": these}),
            (
                "web_search_read",
                "web_search_read",
                {"domain": these, "specification": {"display_name": {}}},
            ),
            ("search_count", "search_count", {"domain": these}),
            ("name_search", "name_search", {"name": "", "domain": these}),
            (
                "web_name_search",
                "web_name_search",
                {
                    "name": "",
                    "specification": {"display_name": {}},
                    "domain": these,
                },
            ),
        ]
        searches += [
            (f"guessing {name}", "search_count", {"domain": [(name, "ilike", GUESS)]})
            for name in self.texts[: None if thorough else 2]
        ]
        for name in self.grouped[: None if thorough else 1]:
            grouped = {"domain": these, "groupby": [name], "aggregates": ["__count"]}
            searches += [
                (f"formatted_read_group {name}", "formatted_read_group", grouped),
                (f"web_read_group {name}", "web_read_group", grouped),
                (
                    f"read_group {name}",
                    "read_group",
                    {"domain": these, "fields": [name], "groupby": [name]},
                ),
            ]
        return [(name, method, False, named) for name, method, named in searches]

    def get_changes(self):
        """Ways to change or remove them: (name, method, has ids, arguments)."""
        vals = self.get_written()
        return [
            ("write", "write", True, {"vals": vals}),
            ("web_save", "web_save", True, {"vals": vals, "specification": {}}),
            ("unlink", "unlink", True, {}),
        ]

    def get_additions(self):
        """Ways to add a row, or to see what a new one would hold."""
        vals = self.get_made()
        names = list(self.fields)
        context = {
            "active_model": "kehu.archive",
            "active_id": self.archive,
            "active_ids": [self.archive],
            **{f"default_{name}": value for name, value in vals.items()},
        }
        return [
            (
                "default_get",
                "default_get",
                False,
                {"fields": names, "context": context},
            ),
            (
                "onchange",
                "onchange",
                "one",
                {
                    "values": vals,
                    "field_names": list(vals),
                    "fields_spec": {name: {} for name in names},
                },
            ),
            ("create", "create", False, {"vals_list": [vals]}),
        ]


def count_found(answer):
    """Say how many rows an answer of a search or a grouping speaks of."""
    if isinstance(answer, dict):
        if "length" in answer and "records" in answer:
            return answer["length"]
        answer = answer.get("groups", answer)
    if isinstance(answer, list):
        counts = [
            row.get("__count", row.get("length", 1)) if isinstance(row, dict) else 1
            for row in answer
        ]
        return sum(count for count in counts if isinstance(count, int))
    return int(answer or 0)
