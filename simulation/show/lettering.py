"""Letters of any script in figures: from a font that draws them, spelt out where the machine has none."""

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font, weight_dict
from matplotlib.text import Text

_UNSEEN = ("Cc", "Cf", "Mn", "Me")  # line ends, joiners, marks on the letter before: not spelt out alone
_NUMBERED = "IDEOGRAPH-"  # what follows is a letter's number, not its name
_KIND = re.compile(f".* (?:LETTER|SYLLABLE|CHARACTER|SIGN|HIEROGLYPH) |.*{_NUMBERED}")
_BOXES = re.compile(r"\.|last ?resort", flags=re.I)
_WIDEST = 25  # letters in a line that has been spelt out


def make_legible(figure: Figure) -> None:
    """Let every text of a figure be drawn: letters that its font lacks come from another, or are spelt out.

    A text whose font has all its letters is left as it is.
    """
    reworded = {text for text in figure.findobj(Text) if _make_drawable(text)}
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            names = [tick.label1 for tick in axis.get_major_ticks()]
            if reworded.intersection(names):  # or the axis would write its own anew
                axis.set_ticklabels([name.get_text() for name in names])


def spelt(text: str, lacking: set[str]) -> str:
    """Return a text with the letters that are lacking in words: "[shopping trolley] vente", "[73FE 72B6]"."""
    runs = re.split(f"([{re.escape(''.join(lacking))}]+)", text)
    return "".join(_in_words(run) if run[:1] in lacking else run for run in runs)


def in_letters_at_hand(text: str, font: FontProperties) -> str:
    """Return a text as it will be drawn: letters that no font of this machine has are spelt out."""
    _, left = _font_for(text, font)
    return spelt(text, left) if left else text


def _make_drawable(text: Text) -> bool:
    """Give a text the fonts that it needs; return whether it had to be reworded."""
    said, usual = text.get_text(), text.get_fontproperties()
    font, left = _font_for(said, usual)
    if font is not usual:
        text.set_fontproperties(font)
    if left:
        text.set_text(_wrapped(spelt(said, left), said))
    return bool(left)


def _font_for(text: str, font: FontProperties) -> tuple[FontProperties, set[str]]:
    """Return a font for a text, the one given if it has all letters, and the letters that no font has."""
    lacking = {letter for letter in text if not (letter.isascii() or letter.isspace() or _draws(font, letter))}
    if not lacking:
        return font, set()
    fonts = [_like(font, weight=weight) for weight in (font.get_weight(), "normal")]
    return min((_completed(each, lacking) for each in fonts), key=lambda found: len(found[1]))


def _completed(font: FontProperties, letters: Iterable[str]) -> tuple[FontProperties, set[str]]:
    """Return a font with as few further families as draw most of some letters, and the letters that none draws."""
    own = font.get_family()
    left = {letter for letter in letters if not _draws(font, letter)}
    drawn = {name: {each for each in left if _draws(_like(font, family=name), each)} for name in _families(font)}
    chosen = list(own)
    while left:
        best = max(drawn, key=lambda name: len(drawn[name] & left), default="")
        if not drawn.get(best, set()) & left:
            break
        chosen.append(best)
        left -= drawn[best]
    return _like(font, family=chosen), left


def _families(font: FontProperties) -> list[str]:
    """Return the machine's font families of a weight, those without serifs first.

    Matplotlib's own, in which letters stand under other letters' numbers, and fonts of boxes are left out.
    """
    weight, own = _number(font.get_weight()), mpl.get_data_path()
    fonts = (each for each in fontManager.ttflist if _number(each.weight) == weight and each.style == font.get_style())
    names = {each.name for each in fonts if not each.fname.startswith(own)}
    return sorted((name for name in names if not _BOXES.match(name)), key=lambda name: ("Sans" not in name, name))


def _number(weight: str | int) -> int:
    return weight_dict[weight] if isinstance(weight, str) else weight


def _like(
    font: FontProperties, family: str | Sequence[str] | None = None, weight: str | int | None = None
) -> FontProperties:
    """Return a font of another family or weight."""
    other = font.copy()
    other.set_family(family or font.get_family())
    other.set_weight(weight or font.get_weight())
    return other


@cache
def _draws(font: FontProperties, letter: str) -> bool:
    """Return whether a font has a letter, and not as an empty outline, as fonts of coloured pictures do."""
    face = get_font(findfont(font))
    if not face.get_char_index(ord(letter)):
        return False
    face.set_size(font.get_size_in_points(), 72)
    face.load_char(ord(letter))
    return unicodedata.category(letter) in _UNSEEN or len(face.get_path()[0]) > 0


def _in_words(letters: str) -> str:
    words = " ".join(filter(None, map(_word, letters)))
    return f"[{words}]" if words else ""


def _word(letter: str) -> str:
    """Return what a letter is called within its script; its number if it has no name, "" if it is never seen alone."""
    if unicodedata.category(letter) in _UNSEEN:
        return ""
    name = unicodedata.name(letter, f"{_NUMBERED}{ord(letter):04X}")
    kind = _KIND.match(name)
    word = name[kind.end() :] if kind else name
    return word if _NUMBERED in name else word.lower()


def _wrapped(text: str, before: str) -> str:
    """Return a text in lines no longer than its longest was, or than a label's."""
    width = max(_WIDEST, *map(len, before.splitlines()))
    return "\n".join(textwrap.fill(line, width) for line in text.splitlines())
