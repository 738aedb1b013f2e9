"""Reads what files say: plain text, office files, PDF, old workbooks. No ORM here."""

import io
import lzma
import zipfile
import zlib

from odoo.tools.pdf import DependencyError, PdfReader, PdfReadError

_ENTRY_BYTES = 50 * 1024 * 1024
_PDF_BYTES = 30 * 1024 * 1024
_PDF_PAGES = 500
_DEPTH = 3
_OLE = b"\xd0\xcf\x11\xe0"
# Nobody reads a text out of these; the proof says so.
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*")


class Unreadable(Exception):
    """A file that should hold text and could not be opened."""


def read_texts(content, unread, depth=0):
    """Return the texts in a file, in every way in which it may be written.

    :param bytes content: the file
    :param list unread: what could not be opened is added, by its name inside the file
    :param int depth: how many packed files it lies in
    :rtype: list[str]
    """
    texts = [content.decode("utf-8", "ignore")]
    if content.startswith(_PICTURES):
        return texts
    try:
        if content[:2] == b"PK":
            texts += _read_zip(content, unread, depth)
        elif content[:5] == b"%PDF-":
            texts += _read_pdf(content)
        elif content[:4] == _OLE:
            # Old workbooks and documents write two bytes for a letter, anywhere.
            texts += [content[at:].decode("utf-16-le", "ignore") for at in (0, 1)]
        elif content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            texts.append(content.decode("utf-16", "ignore"))
        elif not _is_utf8(content):
            texts.append(content.decode("gb18030", "ignore"))
    except Unreadable as error:
        unread.append(str(error))
    return texts


def _is_utf8(content):
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read_zip(content, unread, depth):
    texts = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for entry in packed.infolist():
                texts.append(entry.filename)
                if entry.file_size > _ENTRY_BYTES or depth >= _DEPTH:
                    unread.append(entry.filename)
                    continue
                texts += read_texts(packed.read(entry), unread, depth + 1)
    # Damaged, locked, or packed in a way that this Python does not know.
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        ValueError,
        EOFError,
        OSError,
        lzma.LZMAError,
        zlib.error,
    ) as error:
        raise Unreadable(f"ZIP: {error}") from error
    return texts


def _read_pdf(content):
    """Return the text of the pages, as it stands and without its line breaks."""
    if len(content) > _PDF_BYTES:
        raise Unreadable(f"PDF: {len(content)} bytes")
    try:
        pages = PdfReader(io.BytesIO(content), strict=False).pages
        if len(pages) > _PDF_PAGES:
            raise Unreadable(f"PDF: {len(pages)} pages")
        text = "\n".join(page.extract_text() for page in pages)
    except Unreadable:
        raise
    # Damaged PDF files make the library fail in any way; the proof names them.
    except (
        PdfReadError,
        DependencyError,
        NotImplementedError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        RecursionError,
        OSError,
        zlib.error,
    ) as error:
        raise Unreadable(f"PDF: {type(error).__name__}") from error
    return [text, text.replace("\n", "")]
