"""Check digits. Sources: the identification number of Kazakhstan (two rows of weights); Luhn for bank cards."""

from __future__ import annotations

from enum import StrEnum

_WEIGHTS = tuple(range(1, 12))
_SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)


class NumberKind(StrEnum):
    """Whose number twelve digits could be."""

    IIN = "iin"
    BIN = "bin"


def check_digit(eleven: str) -> int | None:
    """The twelfth digit of an IIN or BIN; None where such a number is not issued."""
    digits = [int(c) for c in eleven]
    rest = sum(d * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11
    if rest == 10:
        rest = sum(d * w for d, w in zip(digits, _SECOND_WEIGHTS, strict=True)) % 11
    return None if rest == 10 else rest


def is_checked(twelve: str) -> bool:
    """The last digit agrees with the others."""
    return check_digit(twelve[:11]) == int(twelve[11])


def kind_of(twelve: str) -> NumberKind | None:
    """IIN: YYMMDD and a century digit 0-6. BIN: YYMM, kind 4-6, part 0-4. None for any other twelve digits."""
    month, day = int(twelve[2:4]), int(twelve[4:6])
    if not 1 <= month <= 12:
        return None
    if 1 <= day <= 31 and int(twelve[6]) <= 6:
        return NumberKind.IIN
    if int(twelve[4]) in (4, 5, 6) and int(twelve[5]) <= 4:
        return NumberKind.BIN
    return None


def is_one_slip_away(twelve: str) -> bool:
    """One digit of the date or kind changed would make a valid number: a slip of whoever typed it."""
    for at in range(2, 7):
        for digit in "0123456789":
            changed = twelve[:at] + digit + twelve[at + 1 :]
            if kind_of(changed) and is_checked(changed):
                return True
    return False


def is_luhn(digits: str) -> bool:
    """The check of bank card numbers."""
    doubled = (d if place % 2 == 0 else d * 2 - 9 * (d > 4) for place, d in enumerate(map(int, reversed(digits))))
    return sum(doubled) % 10 == 0
