"""The registration form (客户档案登记表) as a pure Python package.

Nothing here imports the ORM: the package knows what the form asks for, how one
answer looks in a cell, and how workbooks are written and read. The ORM layer turns
records into :class:`~.values.FormData` and back.
"""
