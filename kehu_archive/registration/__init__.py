"""The registration form (客户档案登记表) as a pure Python package.

Nothing here imports the ORM: the package knows what the form asks for, how one
answer looks in a cell, and how workbooks are written, read and merged. The ORM layer
turns records into :class:`~.values.FormData` and back.

What to use::

    definition.FIELDS, SECTIONS, ROW_SECTIONS   what the form asks, once for everybody
    definition.required_keys(customer_nature)   what completeness counts
    values.Value, FormData                      one answer, all answers of a customer

    form_sheet.write_forms(stream, forms, PrintContext(printed_by, printed_at))
    blank_form.write_blank(stream, context)
        -> number of printed A4 pages

    reader.read_uploads([(filename, bytes), …])  files and .zip archives, never raises
    reader.read_forms(bytes, filename)           one workbook, raises RefusedFile
        -> ReadForm: data (FormData), errors (CellError), base, cells, problem

    safety.list_sources(filename, bytes)         the workbooks of an upload, unopened
    safety.load_source(bytes, source)            one of them, raises RefusedFile
    store.dump(read_form), store.load(bytes)     keeps a form between two steps

    merge.merge(read_form, current_form_data)    what the sheet changes, fact by fact
        -> Merge: changes, lines, takes, conflicts
    questions.ask(read_form, verdict)            the same, in words, to be decided upon
    questions.settle(verdict, taken)             what is to be written after that

    message.render(translate)                    the sentence of an error

Values go in as ``Value.filled(text, raw)``: words need ``text`` only; dates
(``2026-08-03``), months (``1980-05``), numbers (``1200.5``) and options (their code)
need ``raw`` only; coded records need both (name and code). They come back the same
way, with ``text`` filled in.

What the ORM layer decides, not this package: whether the person may see a fact
(``WITHHELD``) and whether consent was given (``NO_CONSENT``), which record a code
means, how wide a name may be, and what to do with a :class:`~.merge.Change`.
"""
