"""Look for words in a dump of a database, however they may be written there."""

import base64
import binascii
import contextlib
import gzip
import re
import zlib

# Bytes in PostgreSQL's writing, and what may be base64.
_HEX = re.compile(rb"\\x([0-9a-fA-F]{16,})")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")


def find_word(dump, word):
    """Say how a word is written in a dump, if it is there at all.

    :param bytes dump: the dump, as plain SQL
    :param str word: what is looked for
    :return: the ways it was found in
    :rtype: set[str]
    """
    found = {way for way, text in _write(word) if text in dump}
    lowered = dump.lower()
    if word.encode().hex().encode() in lowered:
        found.add("hex")
    wanted = [text for _way, text in _write(word)]
    for part in _unpack(dump):
        if any(text in part for text in wanted):
            found.add("packed")
    return found


def _write(word):
    """Give the word as it may stand in a text."""
    plain = word.encode()
    yield "plain", plain
    yield "UTF-16", word.encode("utf-16-le")
    yield "JSON", word.encode("unicode_escape")
    # PostgreSQL doubles backslashes in a dump.
    yield "JSON", word.encode("unicode_escape").replace(b"\\", b"\\\\")
    yield "reversed", word[::-1].encode()
    for shift in range(3):
        # Of the letters that the neighbours decide on nothing is known.
        text = base64.b64encode(b"\0" * shift + plain)
        middle = text[(0, 2, 3)[shift] :].rstrip(b"=")[:-1]
        yield "base64", middle
        yield "base64", middle.replace(b"+", b"-").replace(b"/", b"_")


def _unpack(dump):
    """Give what bytes and base64 in the dump hold, unpacked where they are packed."""
    parts = [bytes.fromhex(text.decode()) for text in _HEX.findall(dump) if _even(text)]
    for text in _BASE64.findall(dump):
        with contextlib.suppress(binascii.Error):
            parts.append(base64.b64decode(text + b"=" * (-len(text) % 4), b"-_"))
    for part in parts:
        yield part
        with contextlib.suppress(zlib.error, EOFError, OSError):
            yield gzip.decompress(part)
        for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
            with contextlib.suppress(zlib.error):
                yield zlib.decompressobj(window).decompress(part)


def _even(text):
    return not len(text) % 2
