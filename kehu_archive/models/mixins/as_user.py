"""How records look to somebody else than who is at work."""


def as_user(records, user):
    """Return the records as another user has them, in all companies of that user.

    Who is at work may have companies open that the other does not belong to: with
    those, Odoo would refuse whatever is asked.

    :param res.users user: whose eyes are borrowed
    """
    return records.with_user(user).with_context(
        allowed_company_ids=user.sudo().company_ids.ids
    )
