from .common import KehuCommon


class LedgerCommon(KehuCommon):
    """Writes down what a test did, as the end of a request would."""

    def flush(self):
        self.env.cr.flush()

    def events(self, archive, *actions):
        """The events of an archive, oldest first."""
        self.flush()
        domain = [("archive_id", "=", archive.id)]
        if actions:
            domain.append(("action", "in", actions))
        return self.env["kehu.event"].sudo().search(domain, order="sequence")

    def payload(self, event):
        payload, problem = event._get_contents()[event]
        self.assertFalse(problem)
        return payload

    def changes(self, event):
        """{(model, field): (before, after)} of an event."""
        return {
            (item["model"], name): tuple(values)
            for item in self.payload(event)["items"]
            for name, values in item["fields"].items()
        }
