"""A keyboard with a layout, below the page: each key has its place and gives what the layout has there."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import CDPSession, Page

_ROWS = (
    ("Backquote", *(f"Digit{n}" for n in "1234567890"), "Minus", "Equal"),
    (*(f"Key{letter}" for letter in "QWERTYUIOP"), "BracketLeft", "BracketRight"),
    (*(f"Key{letter}" for letter in "ASDFGHJKL"), "Semicolon", "Quote"),
    (*(f"Key{letter}" for letter in "ZXCVBNM"), "Comma", "Period", "Slash"),
)
LAYOUTS = {
    "en": ("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"),
    "ru": ("ё1234567890-=", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю."),
    "kk": ('("әіңғ,.үұқөһ', "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю№"),
}
# What Shift gives where it is no capital letter.
_SHIFTED = {"ru": {"Digit7": "?", "Slash": ","}, "en": {"Slash": "?"}, "kk": {"Slash": "?"}}
_NAMED = {
    **{f"Arrow{way}": 37 + n for n, way in enumerate(("Left", "Up", "Right", "Down"))},
    "Enter": 13,
    "Escape": 27,
    "Delete": 46,
    "Tab": 9,
    "Backspace": 8,
    "Space": 32,
}
_MODIFIERS = {"Alt": 1, "Control": 2, "Shift": 8}


def signs_of(layout: str) -> dict[str, str]:
    """What each key gives, by the name of its place."""
    return {
        place: sign
        for row, signs in zip(_ROWS, LAYOUTS[layout], strict=True)
        for place, sign in zip(row, signs, strict=True)
    }


@dataclass(slots=True)
class Keyboard:
    """Sends keys to a page as a keyboard does, and counts them."""

    page: Page
    layout: str
    pressed: int = 0
    _session: CDPSession = field(init=False)

    def __post_init__(self) -> None:
        self._session = self.page.context.new_cdp_session(self.page)

    def press(self, *chords: str) -> None:
        """Press keys by their places, one after another: "KeyS", "Control+Shift+ArrowRight"."""
        for chord in chords:
            *held, place = chord.split("+")
            self._send(place, sum(_MODIFIERS[one] for one in held))

    def type(self, words: str) -> None:
        """Press the keys that give these words on this layout."""
        places = {sign: place for place, sign in signs_of(self.layout).items()}
        for sign in words:
            self._send(places.get(sign, "Space"), 0)

    def _send(self, place: str, modifiers: int) -> None:
        sign = signs_of(self.layout).get(place, " " if place == "Space" else "")
        if modifiers & _MODIFIERS["Shift"]:
            sign = _SHIFTED[self.layout].get(place, sign.upper())
        key = sign or place
        code = ord(place[-1]) if place.startswith(("Key", "Digit")) else _NAMED.get(place, 0)
        event: dict[str, object] = {"code": place, "key": key, "modifiers": modifiers, "windowsVirtualKeyCode": code}
        text = sign if not modifiers & ~_MODIFIERS["Shift"] else ""
        if place == "Enter" and not modifiers:
            text = "\r"
        self._session.send(
            "Input.dispatchKeyEvent", {**event, "type": "keyDown" if text else "rawKeyDown", "text": text}
        )
        self._session.send("Input.dispatchKeyEvent", {**event, "type": "keyUp"})
        self.pressed += 1
