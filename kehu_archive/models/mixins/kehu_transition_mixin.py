from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...wording import comma

# Whoever moves a record holds this very object. A remote call can send any text or
# number in its context, but never this object: ``state`` cannot be forged.
_TRANSITION = object()


class KehuTransitionMixin(models.AbstractModel):
    """A status with one writer.

    The concrete model declares ``state`` and says in :meth:`_get_state_sources` from
    which states each state can be reached. Only :meth:`_set_state` writes it.
    """

    _name = "kehu.transition.mixin"
    _description = "Status With One Writer"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self._in_transition():
            vals_list = [
                {name: value for name, value in vals.items() if name != "state"}
                for vals in vals_list
            ]
            self = self._without_forged_defaults()
        return super().create(vals_list)

    def write(self, vals):
        if "state" in vals and not self._in_transition():
            raise AccessError(
                self.env._("The status is changed by its actions only, not by hand.")
            )
        return super().write(vals)

    # === BUSINESS METHODS === #

    @api.model
    def _get_protected_fields(self):
        """Fields that only the model's own methods write; extensions add theirs."""
        return set()

    @api.model
    def _without_forged_defaults(self):
        """Return the model without defaults of the context for what only steps write:
        a remote call can send them, and they would come in where its values may not.
        """
        kept = {f"default_{name}" for name in {"state"} | self._get_protected_fields()}
        context = self.env.context
        if kept.isdisjoint(context):
            return self
        rest = {name: value for name, value in context.items() if name not in kept}
        # What is left is the whole context: the others have to go.
        return self.with_context(rest)  # pylint: disable=context-overridden

    @api.model
    def _get_state_sources(self):
        """Say from which states each state can be reached.

        :return: {target: set of sources}; extensions add to ``super()``'s
        :rtype: dict[str, set[str]]
        """
        return {}

    def _check_can_move(self, target):
        """Refuse the move of the whole set when one record cannot move.

        :param str target: the state to reach
        :raise UserError: naming the records that are not in a source state
        """
        self._check_in_states(self._get_state_sources().get(target, set()))

    def _check_in_states(self, states):
        """Refuse the whole set when one record is in none of ``states``.

        :param set states: keys of the ``state`` selection
        :raise UserError: naming the records and their states
        """
        if blocked := self.filtered(lambda record: record.state not in states):
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Not possible in the present status: %(records)s",
                    records=comma(self.env).join(
                        f"{record.display_name} ({labels.get(record.state)})"
                        for record in blocked
                    ),
                )
            )

    def _set_state(self, target, extra_vals=None):
        """Move the records to ``target``: all of them or none.

        :param str target: the state to reach
        :param dict extra_vals: values written with the state, in the same write
        :raise UserError: when one of them is not in a source state
        """
        self._check_can_move(target)
        self._write_protected({**(extra_vals or {}), "state": target})

    def _write_protected(self, vals):
        """Write what only the model's own methods may write."""
        self.with_context(kehu_transition=_TRANSITION).write(vals)

    def _in_transition(self):
        return self.env.context.get("kehu_transition") is _TRANSITION
