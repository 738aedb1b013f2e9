"""Writes a minimal .xls (BIFF8 in an OLE file), as old lists of companies are."""

import struct

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def write_xls(rows, title="客户"):
    """Return the bytes of a workbook with one sheet.

    :param rows: lists of texts, numbers and None
    :param str title: name of the sheet
    """
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0x0600))
    for number, row in enumerate(rows):
        for col, content in enumerate(row):
            if isinstance(content, str):
                # LABEL with uncompressed UTF-16.
                head = struct.pack("<HHHHB", number, col, 0, len(content), 1)
                sheet += _record(0x0204, head + content.encode("utf-16-le"))
            elif content is not None:
                body = struct.pack("<HHHd", number, col, 0, float(content))
                sheet += _record(0x0203, body)
    sheet += _record(0x000A, b"")
    bof = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0x0600))
    name = struct.pack("<BB", len(title), 1) + title.encode("utf-16-le")
    codepage = _record(0x0042, struct.pack("<H", 1200))
    size = len(bof) + len(codepage) + 4 + 6 + len(name) + 4
    bound = _record(0x0085, struct.pack("<IBB", size, 0, 0) + name)
    return _compound(bof + codepage + bound + _record(0x000A, b"") + sheet)


def _record(kind, body):
    return struct.pack("<HH", kind, len(body)) + body


def _compound(stream):
    """Wrap the stream "Workbook" as an OLE file with plain sectors only."""
    stream += b"\0" * (max(4096 - len(stream), -len(stream) % _SECTOR))
    count = len(stream) // _SECTOR
    # Sectors: FAT first, then the directory, then the stream.
    fats = 1
    while fats * 128 < fats + 1 + count:
        fats += 1
    first = fats + 1
    chain = [_FAT] * fats + [_END]
    chain += [first + i + 1 for i in range(count - 1)] + [_END]
    chain += [_FREE] * (fats * 128 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, fats, fats, 0, 4096, _END, 0, _END, 0)
    heads = list(range(fats)) + [_FREE] * (109 - fats)
    header += struct.pack("<109I", *heads)
    directory = _entry("Root Entry", 5, 1, _END, 0)
    directory += _entry("Workbook", 2, _FREE, first, len(stream))
    directory += _entry("", 0, _FREE, 0, 0) * 2
    return header + struct.pack(f"<{len(chain)}I", *chain) + directory + stream


def _entry(name, kind, child, start, size):
    encoded = (name + "\0").encode("utf-16-le") if name else b""
    entry = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded), kind, 1)
    entry += struct.pack("<III", _FREE, _FREE, child) + b"\0" * 36
    return entry + struct.pack("<III", start, size, 0)
