"""Keeps hostile and broken files out, before any parser sees them.

``identify`` looks at the bytes, not at the file's name, and either says what a file is
or refuses it with one sentence (:class:`~.messages.RefusedFile`). ``expand`` turns
uploads into workbooks: a .zip of forms becomes its members. Nothing is written to
disk, and no name from inside an archive is ever used as a path.
"""

import io
import posixpath
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass

from xlrd.compdoc import CompDoc, CompDocError

from .messages import Message, RefusedFile

MEGABYTE = 1024 * 1024
MAX_FILE = 20 * MEGABYTE
MAX_UNPACKED = 300 * MEGABYTE
MAX_PART = 60 * MEGABYTE
MAX_RATIO = 150
RATIO_FROM = 4 * MEGABYTE
MAX_ENTRIES = 8000
MAX_SHEETS = 2000
MAX_ZIP_MEMBERS = 1000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz")
_WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".et")
_DECLARATION = re.compile(
    rb"<!(?:DOCTYPE|ENTITY)"
    rb"|<\x00!\x00[DE]\x00[ON]\x00|\x00<\x00!\x00[DE]\x00[ON]",
    re.IGNORECASE,
)
#: What the libraries that read archives and workbooks raise on broken input.
PARSER_FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    CompDocError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,  # also the XML parsers' errors
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
)


@dataclass(frozen=True)
class Limits:
    """How large a file, what it unpacks to, and one part of it may be."""

    file: int = MAX_FILE
    unpacked: int = MAX_UNPACKED
    part: int = MAX_PART
    ratio: int = MAX_RATIO


FORM_LIMITS = Limits()


@dataclass(frozen=True)
class Upload:
    """One workbook to read, or the sentence why there is none.

    :param str name: what people call the file, without any path
    """

    name: str
    data: bytes = b""
    problem: Message = None


@dataclass(frozen=True)
class Source:
    """Where one workbook is to be found among the uploads; not opened yet.

    :param str name: what people call the file, without any path
    :param int member: position in the .zip, -1 for a file that is the workbook itself
    """

    name: str
    member: int = -1
    problem: Message = None


def identify(data, name, limits=FORM_LIMITS):
    """Return what a file is: ``xlsx``, ``xls`` or ``zip`` (of other files).

    :param bytes data: the whole file
    :param str name: for the message only
    :param Limits limits: how large it may be
    :raise RefusedFile: when the file must not, or cannot, be read
    """
    if not data:
        raise RefusedFile("file_empty", file=name)
    if len(data) > limits.file:
        raise RefusedFile("file_too_large", file=name, limit=limits.file // MEGABYTE)
    if data.startswith(_ZIP):
        return _identify_zip(data, name, limits)
    if data.startswith(_OLE):
        return _identify_ole(data, name)
    raise RefusedFile("file_type", file=name)


def expand(uploads):
    """Turn uploaded files into workbooks, one by one.

    :param uploads: iterable of ``(name, bytes)``
    :return: iterator of :class:`Upload`; a refused file is one with a problem
    """
    for name, data in uploads:
        for source in list_sources(name, data):
            try:
                yield Upload(source.name, load_source(data, source), source.problem)
            except RefusedFile as refusal:
                yield Upload(source.name, problem=refusal.message)


def list_sources(name, data):
    """List the workbooks of one uploaded file without opening them.

    :param str name: the file's name
    :param bytes data: the whole file
    :return: list of :class:`Source`, at least one; never raises
    """
    try:
        if len(data) > MAX_FILE:
            raise RefusedFile("file_too_large", file=name, limit=MAX_FILE // MEGABYTE)
        if not data.startswith(_ZIP):
            return [Source(name)]
        _archive, entries = _open_zip(data, name)
        if _is_workbook(entries):
            return [Source(name)]
        return list(_list_members(entries, name))
    except RefusedFile as refusal:
        return [Source(name, problem=refusal.message)]


def load_source(data, source):
    """Return the bytes of a workbook that ``list_sources`` found.

    :param bytes data: the uploaded file
    :param Source source: which of its workbooks; one with a problem has no bytes
    :raise RefusedFile: when the workbook must not, or cannot, be read
    """
    if source.problem:
        return b""
    if source.member < 0:
        identify(data, source.name)
        return data
    archive, entries = _open_zip(data, source.name)
    if source.member >= len(entries):
        raise RefusedFile("file_damaged", file=source.name)
    content = _read_member(archive, entries[source.member], source.name)
    if identify(content, source.name) == "zip":
        raise RefusedFile("zip_nested", file=source.name)
    return content


# === ZIP CONTAINERS === #


def _open_zip(data, name):
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except PARSER_FAILURES as error:
        raise RefusedFile("file_damaged", file=name) from error
    if len(entries) > MAX_ENTRIES:
        raise RefusedFile("file_bomb", file=name)
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedFile("file_encrypted", file=name)
    return archive, entries


def _is_workbook(entries):
    return any(entry.filename == "[Content_Types].xml" for entry in entries)


def _identify_zip(data, name, limits):
    archive, entries = _open_zip(data, name)
    if not _is_workbook(entries):
        return "zip"
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        # Two parts of one name: programs disagree about which one counts.
        raise RefusedFile("file_damaged", file=name)
    _check_parts(archive, entries, name, limits)
    lowered = [part.lower() for part in names]
    if any("vbaproject" in part or "/macrosheets/" in part for part in lowered):
        raise RefusedFile("file_macros", file=name)
    if b"macroenabled" in archive.read("[Content_Types].xml").lower():
        raise RefusedFile("file_macros", file=name)
    if any("externallinks/" in part for part in lowered):
        raise RefusedFile("file_external", file=name)
    if "xl/workbook.xml" not in lowered:
        raise RefusedFile("file_type", file=name)
    sheets = sum(part.startswith("xl/worksheets/sheet") for part in lowered)
    if sheets > MAX_SHEETS:
        raise RefusedFile("file_too_many_sheets", file=name, limit=MAX_SHEETS)
    return "xlsx"


def _check_parts(archive, entries, name, limits):
    """Unpack every part once, counting, because headers can lie about sizes."""
    total = 0
    for entry in entries:
        is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
        for size, seen in _unpack(archive, entry, name, is_xml):
            if is_xml and _DECLARATION.search(seen):
                raise RefusedFile("file_unsafe_xml", file=name)
            if total + size > limits.unpacked or _is_bomb(entry, size, limits):
                raise RefusedFile("file_bomb", file=name)
        total += size


def _unpack(archive, entry, name, keep_tail):
    """Yield ``(size so far, bytes to look at)`` while a part is unpacked."""
    size, tail = 0, b""
    yield size, tail
    try:
        with archive.open(entry) as part:
            while chunk := part.read(1 << 18):
                size += len(chunk)
                yield size, tail + chunk if keep_tail else b""
                tail = chunk[-32:]
    except PARSER_FAILURES as error:
        raise RefusedFile("file_damaged", file=name) from error


def _is_bomb(entry, size, limits):
    if size > limits.part:
        return True
    return size > RATIO_FROM and size > limits.ratio * max(entry.compress_size, 1)


def _list_members(entries, name):
    """Yield the workbooks of a .zip; other files in it are left alone.

    No more is ever unpacked of a member than its header says, so the sum of the
    headers bounds the whole.
    """
    if len(entries) > MAX_ZIP_MEMBERS:
        raise RefusedFile("zip_too_many", file=name, limit=MAX_ZIP_MEMBERS)
    found, total = False, 0
    for number, entry in enumerate(entries):
        inner = _member_name(entry)
        shown = f"{name}: {inner}"
        if inner.lower().endswith(_ARCHIVES):
            found = True
            yield Source(shown, number, Message("zip_nested", {"file": shown}))
        elif inner.lower().endswith(_WORKBOOKS):
            found = True
            total += entry.file_size
            if total > MAX_UNPACKED:
                raise RefusedFile("file_bomb", file=name)
            yield Source(shown, number)
    if not found:
        raise RefusedFile("zip_nothing", file=name)


def _read_member(archive, entry, shown):
    content = io.BytesIO()
    try:
        with archive.open(entry) as part:
            while chunk := part.read(1 << 18):
                content.write(chunk)
                if content.tell() > MAX_FILE:
                    raise RefusedFile(
                        "file_too_large", file=shown, limit=MAX_FILE // MEGABYTE
                    )
    except RefusedFile:
        raise
    except PARSER_FAILURES as error:
        raise RefusedFile("file_damaged", file=shown) from error
    return content.getvalue()


def _member_name(entry):
    """Return the bare name of a member, "" for folders and system leftovers."""
    if entry.is_dir():
        return ""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        # Written without UTF-8: on Chinese Windows the bytes are GBK.
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    name = name.replace("\\", "/")
    bare = posixpath.basename(name)
    if name.startswith("__MACOSX/") or bare.startswith((".", "~$")):
        return ""
    return bare


# === OLE CONTAINERS (.xls, and encrypted .xlsx) === #


def _identify_ole(data, name):
    try:
        document = CompDoc(data, logfile=io.StringIO())
        streams = {entry.name.lower() for entry in document.dirlist}
    except PARSER_FAILURES as error:
        raise RefusedFile("file_damaged", file=name) from error
    if "encryptedpackage" in streams:
        raise RefusedFile("file_encrypted", file=name)
    if streams & {"_vba_project_cur", "vba", "macros"}:
        raise RefusedFile("file_macros", file=name)
    if not streams & {"workbook", "book"}:
        raise RefusedFile("file_type", file=name)
    return "xls"
