from odoo import models


class KehuDeliveryGate(models.AbstractModel):
    """Holds deliveries to the same rule as orders and invoices, if there are any (R61).

    Deliveries belong to Odoo's Inventory, which the module does not require. When it is
    installed, its one place through which every delivery takes effect is wrapped once
    the registry is complete; without it nothing happens.
    """

    _name = "kehu.delivery.gate"
    _description = "Gate for Deliveries to Customers Without a Filed Archive"

    def _register_hook(self):
        super()._register_hook()
        if "stock.picking" not in self.env:
            return
        picking_class = self.env.registry["stock.picking"]
        original = picking_class._action_done
        if getattr(original, "is_kehu_gate", False):
            return

        def _action_done(self):
            deliveries = self.filtered(
                lambda picking: (
                    picking.partner_id and picking.location_dest_id.usage == "customer"
                )
            )
            self.env["kehu.delivery.gate"]._pass(deliveries)
            return original(self)

        _action_done.is_kehu_gate = True
        picking_class._action_done = _action_done

    def _unregister_hook(self):
        super()._unregister_hook()
        if "stock.picking" not in self.env:
            return
        picking_class = self.env.registry["stock.picking"]
        if getattr(vars(picking_class).get("_action_done"), "is_kehu_gate", False):
            del picking_class._action_done

    def _pass(self, deliveries):
        """:raise UserError: for deliveries that the company's rule blocks"""
        self.env["res.partner"]._kehu_pass_filing_gate(
            deliveries, self._get_delivery_customer
        )

    def _get_delivery_customer(self, delivery):
        """The customer who ordered; without an order, who receives the goods."""
        if "sale_id" in delivery._fields and delivery.sudo().sale_id:
            # sudo: the warehouse need not be able to read orders.
            return delivery.sudo().sale_id.partner_id.sudo(False)
        return delivery.partner_id
