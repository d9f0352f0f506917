"""Names in any script are drawn in figures: by a font that has their letters, spelt out where the machine has none."""

import logging
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from simulation.report.figures import pictures
from simulation.report.plotting import plot, save_plot
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.scenario.schema import Scenario
from simulation.show.drawing import STYLE, Picture, label_ends, save
from simulation.show.lettering import make_legible, spelt

SALE = {"week": 2, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}
CHINESE, EMOJI = "\u73fe\u72b6\u7dad\u6301", "\U0001f6d2 vente"


@pytest.fixture
def no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave only matplotlib's own fonts, whatever this machine has."""
    own = [font for font in fontManager.ttflist if font.fname.startswith(mpl.get_data_path())]
    monkeypatch.setattr(fontManager, "ttflist", own)


@pytest.fixture
def a_font(no_font: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Add a font of one Chinese letter, a square, and an empty one: fonts of coloured pictures have no outlines."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 700), (700, 700), (700, 0)):
        pen.lineTo(corner)
    pen.closePath()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "square", "empty"])
    font.setupCharacterMap({ord(CHINESE[0]): "square", ord(EMOJI[0]): "empty"})
    font.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "square": pen.glyph(), "empty": TTGlyphPen(None).glyph()})
    font.setupHorizontalMetrics(dict.fromkeys((".notdef", "square", "empty"), (800, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Squares Sans", "styleName": "Regular", "psName": "SquaresSans"})
    font.setupOS2(usWeightClass=400)
    font.setupPost()
    font.save(tmp_path / "squares.ttf")
    monkeypatch.setattr(fontManager, "ttflist", list(fontManager.ttflist))
    fontManager.addfont(tmp_path / "squares.ttf")
    fontManager._findfont_cached.cache_clear()
    return "Squares Sans"


def drawn(text: str, folder: Path, weight: str = "normal") -> str:
    """Return a figure with one text as SVG."""
    with mpl.rc_context(STYLE):
        figure = Figure()
        figure.text(0.1, 0.5, text, fontweight=weight)
    return save(Picture("one", figure, "", ""), folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (EMOJI, "[shopping trolley] vente"),
        (CHINESE, "[73FE 72B6 7DAD 6301]"),
        ("\u30bd\u30fc\u30b9 2", "[so katakana-hiragana prolonged sound mark su] 2"),
        ("\ud55c\uad6d", "[han gug]"),
        ("\u0915\u093f", "[ka i]"),
        ("\U0001f469\u200d\U0001f527 fits", "[woman wrench] fits"),
        ("\ue000", "[E000]"),
    ],
)
def test_letters_that_no_font_has_are_called_by_their_names(text: str, said: str) -> None:
    assert spelt(text, {letter for letter in text if ord(letter) > 0x300}) == said


def test_two_names_that_no_font_has_stay_apart() -> None:
    one, other = "\u73fe\u72b6", "\u73fe\u72b7"
    assert spelt(one, set(one)) != spelt(other, set(other))


@pytest.mark.usefixtures("no_font")
def test_figures_of_a_run_say_names_of_any_script(
    make_scenario: Callable[..., Scenario], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    scenario = make_scenario({CHINESE: [SALE], EMOJI: [SALE]}, weeks=4, population={"shoppers": 60}, replicates=2)
    outcome = run_scenario(scenario)
    with caplog.at_level(logging.WARNING):
        svgs = {picture.name: save(picture, tmp_path) for picture in pictures(outcome)}
    assert "[shopping trolley] vente" in svgs["churn"] and "[73FE 72B6 7DAD 6301]" in svgs["churn"]
    assert not [name for name, svg in svgs.items() if CHINESE in svg or EMOJI[0] in svg]
    assert not caplog.records
    write_results(outcome, tmp_path / "run")
    save_plot(plot(tmp_path / "run", by="segment"), tmp_path / "plot.svg")
    assert "[73FE 72B6 7DAD 6301]" in (tmp_path / "plot.svg").read_text(encoding="utf-8")


@pytest.mark.usefixtures("no_font")
def test_names_at_ticks_are_spelt_out_as_well(tmp_path: Path) -> None:
    with mpl.rc_context(STYLE):
        figure = Figure()
        axes = figure.subplots()
        axes.set_yticks([0, 1], ["as it is", EMOJI])
    svg = save(Picture("ticks", figure, "", ""), tmp_path)
    assert "<!-- [shopping trolley] vente -->" in svg and "<!-- as it is -->" in svg


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_a_font_that_has_the_letters_draws_them(
    weight: str, a_font: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        svg = drawn(f"{CHINESE[0]} {EMOJI}", tmp_path, weight)
    assert "SquaresSans-" in svg and f"<!-- {CHINESE[0]} [shopping trolley] -->" in svg
    assert not caplog.records


def test_a_text_whose_font_has_its_letters_is_left_alone(a_font: str) -> None:
    with mpl.rc_context(STYLE):
        figure = Figure()
        text = figure.text(0, 0, "Ventes \u2212 \u0395\u03bb\u03bb\u03ac\u03b4\u03b1 \u20ac", fontweight="bold")
        before = text.get_fontproperties().copy()
        make_legible(figure)
    assert text.get_fontproperties() == before and text.get_fontfamily() == ["DejaVu Sans"]


@pytest.mark.usefixtures("no_font")
def test_names_that_grow_when_spelt_out_do_not_overlap() -> None:
    with mpl.rc_context(STYLE):
        axes = Figure().subplots()
        label_ends(axes, [(0.50, f"{CHINESE} 81.5%", "black"), (0.51, f"{CHINESE}2 81.5%", "blue")])
    lower, upper = axes.texts
    assert lower.get_text() == "[73FE 72B6 7DAD 6301]\n81.5%" and upper.get_text() == "[73FE 72B6 7DAD 6301]2\n81.5%"
    assert upper.xy[1] - lower.xy[1] > 0.1  # two lines of a label, each a twentieth of the axis high
