"""What a retailer senses of those who come: their faces. No card gives it, so no card can be put away for it."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulation.scenario.practices import Mode, Scope
from simulation.scenario.timeline import Programme

FacesPurpose = Literal["theft", "marketing"]
AtTheDoor = Literal["none", "sign_at_the_door"]

_CONSENT = {"none": (Mode.NONE, "without_asking"), "sign_at_the_door": (Mode.NOTICE, "with_notice_only")}


class Biometrics(Programme):
    """Let cameras know the faces of all who enter, against theft or for marketing."""

    do: Literal["biometrics"]
    category: ClassVar[Literal["biometrics"]] = "biometrics"
    name: str = Field("biometrics", description="The practice's name, for other actions to refer to.")
    purpose: FacesPurpose = Field(description="theft: to know again who has stolen; marketing: to measure who looks.")
    notice: AtTheDoor = Field("sign_at_the_door", description="What those who enter are told.")
    share_of_stores: float = Field(1.0, ge=0, le=1, description="Share of stores, by their sales, with such cameras.")
    own_levers: ClassVar[Mapping[str, str]] = {
        "cameras": "share of stores with cameras that know faces",
        "faces_against_theft": "share of stores whose cameras know faces again, against theft",
        "faces_for_marketing": "share of stores whose cameras measure faces, for marketing",
    }

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The section of numbers of single policies that it reads."""
        return ("sensing",)

    def practice(self) -> str | None:
        """Return the name of what is sensed."""
        return self.name

    def set_levers(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set in which share of stores it is done, and what for."""
        rows["cameras"] = rows[self._lever] = self.share_of_stores

    def leave_behind(self, rows: NDArray[np.void]) -> None:
        """Switch the cameras off."""
        rows["cameras"] = rows[self._lever] = 0.0

    @property
    def _lever(self) -> str:
        return "faces_against_theft" if self.purpose == "theft" else "faces_for_marketing"

    def set_terms(self, rows: NDArray[np.void], numbers: NDArray[np.void]) -> None:
        """Set how far it departs, how often who enters notices, how it comes out and whom it harms."""
        mode, factor = _CONSENT[self.notice]
        flow = float(numbers[f"departure_of_faces_for_{self.purpose}"]) * self._felt(numbers)
        rows["scope"], rows["consent"] = Scope.SENSED, mode
        rows["flow"] = flow
        rows["departure"] = flow * float(numbers[factor])
        rows["experience"] = float(numbers["noticing_cameras_per_week"]) * self.share_of_stores
        rows["notice"] = self._read(len(rows), numbers) * self.share_of_stores
        rows["discovery"] = float(numbers["stories_about_faces_per_year"]) * self.share_of_stores
        rows["harm"] = float(numbers["harm_by_a_false_match"]) * self.share_of_stores * (self.purpose == "theft")

    def _read(self, weeks: int, numbers: NDArray[np.void]) -> NDArray[np.float64]:
        """Return how often the attentive take in a sign, by week: an old one is hardly seen. Shape (weeks,)."""
        if self.notice == "none":
            return np.zeros(weeks)
        left = np.where(np.arange(weeks) < numbers["asking_lasts_weeks"], 1.0, numbers["noticing_an_old_sign"])
        return np.asarray(numbers["noticing_a_sign_per_week"] * left)

    def _felt(self, numbers: NDArray[np.void]) -> float:
        """Return how much of it is felt, on average over shoppers of stores with cameras and without."""
        if self.share_of_stores == 0.0:
            return 0.0
        elsewhere = float(numbers["felt_where_no_camera_is"])
        return self.share_of_stores + (1.0 - self.share_of_stores) * elsewhere
