"""What databases say when they refuse, in words an operator can act on."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from oitcheck.errors import RecordError, StoreError

_FREE_SPACE = "Free some space or move storage.data_dir to a larger disk; what was written before is kept."
_OWNER = "Give the user who runs oitcheck the right to write there, or set storage.data_dir to another folder."

# What the message of the driver holds (lower case), what we say, what to do.
_KNOWN: tuple[tuple[str, str, str], ...] = (
    ("not a database", "the file is not a database", "Move it away; a new one is made in its place."),
    ("malformed", "the database file is damaged", "Restore it from a backup; the kept captures are not touched."),
    ("disk is full", "the disk is full", _FREE_SPACE),
    ("no space left", "the disk is full", _FREE_SPACE),
    ("disk i/o error", "the disk refused to read or write", "Check the disk, then try again."),
    ("readonly", "the database may not be written", _OWNER),
    ("read-only", "the database may not be written", _OWNER),
    ("unable to open", "the database cannot be opened", _OWNER),
    ("locked", "another program holds the database", "Wait until it has finished, or end it, then try again."),
    ("foreign key", "it belongs to a run or an agency that is not kept", "Start the run, or import the agency, first."),
    ("password", "the database server refused the sign-in", "Check user and password in database.url."),
    ("does not exist", "the database server lacks it", "Create the database or user named in database.url."),
    ("connection", "the database server does not answer", "Start it, or correct host and port in database.url."),
)


@contextmanager
def refusals(where: str) -> Iterator[None]:
    """Turns errors of the database and of the file system into StoreError; `where` names database or folder.

    RecordError where what was to be kept is at fault, not the database.
    """
    try:
        yield
    except SQLAlchemyError as error:
        refused = _refusal(error, where)
        if _is_of_values(error):
            raise RecordError(refused.what, where=where, remedy=refused.remedy) from error
        raise refused from error
    except OSError as error:
        raise folder_refusal(error, where) from error


def folder_refusal(error: OSError, where: str) -> StoreError:
    """A StoreError for trouble with a file or folder."""
    place = str(error.filename or where)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError("the disk is full", where=place, remedy=_FREE_SPACE)
    if isinstance(error, FileExistsError | NotADirectoryError):
        remedy = "Move the file away, or set storage.data_dir to another folder."
        return StoreError("there is a file where a folder belongs", where=place, remedy=remedy)
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return StoreError("the folder may not be written", where=place, remedy=_OWNER)
    return StoreError(f"cannot be used: {error.strerror}", where=place, remedy=_OWNER)


def _is_of_values(error: SQLAlchemyError) -> bool:
    """Whether the values of one statement were refused, not the database."""
    is_before_the_driver = isinstance(error, StatementError) and not isinstance(error, DBAPIError)
    return is_before_the_driver or isinstance(error, DataError | IntegrityError)


def _refusal(error: SQLAlchemyError, where: str) -> StoreError:
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    for sign, what, remedy in _KNOWN:
        if sign in said.lower():
            return StoreError(what, where=where, remedy=remedy)
    first_line = said.splitlines()[0] if said else type(error).__name__
    return StoreError(f"the database refused: {first_line}", where=where, remedy="Try `oitcheck doctor`.")
