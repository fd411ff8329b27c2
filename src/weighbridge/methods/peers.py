"""The methods that come through pymcdm: what each is, needs and returns. Data, not code.

Every one was checked against its published definition by an independent loop in the tests. Not
offered, because the implementation or the method itself cannot be relied on: AROMAN (a higher cost
raises the score), sPROBID (divides by 0 at the ideal; reads rows for columns below four molecules),
ERVD and COMET (need reference points or experts beyond the table), Balanced SPOTIS (idem), WSM and
WPM (see `weighbridge.methods.additive`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

__all__ = ["PEERS", "Peer", "PeerParameter"]

Sign = Literal["any", "nonnegative", "positive"]


@dataclass(frozen=True, slots=True)
class PeerParameter:
    """A parameter handed to pymcdm: its name there, its default, range and meaning."""

    keyword: str
    default: float
    meaning: str
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True)
class Peer:
    """One method of pymcdm.

    Attributes
    ----------
    name, title, attribute
        Our name, people's name, and the class in ``pymcdm.methods``.
    citation
        Where the method is defined.
    higher_is_better
        The orientation of its scores.
    sign
        What values it is defined for.
    ratio
        Whether it divides values by one another, so that the criteria must be ratio scales.
    bounds
        How declared ranges are handed over: not at all, as [min, max] rows, or as ideal and
        anti-ideal.
    inside
        Whether a value outside the declared range leaves it undefined.
    zero_columns
        Whether a column of zeros must be left out (0/0); it contributes nothing.
    constant_columns
        Whether a constant column must be left out (0/0 in the definition); it contributes nothing.
    tie
        The score of every molecule where all are equal and the definition gives 0/0; None where the
        definition copes.
    reference
        What a molecule's values are replaced by for contributions: the anti-ideal, or the mean.
    most_rows
        The most molecules it can take, for methods of quadratic cost or that overflow.
    details
        Name to number of the intermediate result in pymcdm's list.
    parameters
        Our name to the parameter.
    point
        The parameter that takes an expected solution point inside the declared ranges, if any.
    remark
        What a reader should know.
    """

    name: str
    title: str
    attribute: str
    citation: str
    higher_is_better: bool = True
    sign: Sign = "positive"
    ratio: bool = True
    bounds: Literal["", "rows", "ideals"] = ""
    inside: bool = False
    zero_columns: bool = False
    constant_columns: bool = False
    tie: float | None = None
    reference: Literal["worst", "mean"] = "worst"
    most_rows: int | None = None
    details: Mapping[str, int] = field(default_factory=dict)
    parameters: Mapping[str, PeerParameter] = field(default_factory=dict)
    point: str = ""
    remark: str = ""


_PAIRWISE_ROWS: Final = 2_000

PEERS: Final = (
    Peer(
        "aras",
        "ARAS",
        "ARAS",
        "Zavadskas and Turskis (2010), Technological and Economic Development of Economy 16(2), 159–172",
    ),
    Peer(
        "cocoso",
        "CoCoSo",
        "COCOSO",
        "Yazdani, Zarate, Zavadskas and Turskis (2019), Management Decision 57(9), 2501–2519",
        sign="any",
        ratio=False,
        constant_columns=True,
        tie=0.0,
        reference="mean",
        details={"S": 1, "P": 2, "ka": 3, "kb": 4, "kc": 5},
        parameters={"balance": PeerParameter("l", 0.5, "weight of the sum against the power sum in k_c (λ)")},
        remark="undefined where a molecule is worst on every criterion; contributions are measured from the mean",
    ),
    Peer(
        "codas",
        "CODAS",
        "CODAS",
        "Keshavarz Ghorabaee, Zavadskas, Turskis and Antucheviciene (2016), Economic Computation 50(3), 25–44",
        most_rows=_PAIRWISE_ROWS,
        remark="threshold τ = 0.02 on the Euclidean distance",
    ),
    Peer(
        "edas",
        "EDAS",
        "EDAS",
        "Keshavarz Ghorabaee, Zavadskas, Olfat and Turskis (2015), Informatica 26(3), 435–451",
        sign="nonnegative",
        zero_columns=True,
        tie=0.5,
        details={"SP": 3, "SN": 4},
    ),
    Peer(
        "lmaw",
        "LMAW",
        "LMAW",
        "Pamučar, Žižović, Biswas and Božanić (2021), Facta Universitatis 19(3), 361–380",
        most_rows=500,
    ),
    Peer(
        "lopm",
        "Limits on Property Method",
        "LoPM",
        "Farag (2020), Materials and Process Selection for Engineering Design, CRC Press",
        higher_is_better=False,
        remark="limits are the best value of each column; pymcdm's own rank() turns the order round",
    ),
    Peer(
        "mairca",
        "MAIRCA",
        "MAIRCA",
        "Pamučar, Vasin and Lukovac (2014), Railcon 16, 89–92",
        higher_is_better=False,
        sign="any",
        ratio=False,
    ),
    Peer(
        "marcos",
        "MARCOS",
        "MARCOS",
        "Stević, Pamučar, Puška and Chatterjee (2020), Computers & Industrial Engineering 140, 106231",
        details={"K_minus": 3, "K_plus": 4},
    ),
    Peer(
        "moora",
        "MOORA",
        "MOORA",
        "Brauers and Zavadskas (2006), Control and Cybernetics 35(2), 445–469",
        sign="any",
        zero_columns=True,
        remark="defined without costs too, where pymcdm refuses",
    ),
    Peer(
        "ocra",
        "OCRA",
        "OCRA",
        "Parkan (1994), Omega 22(2), 201–208; Madić, Petković and Radovanović (2015), Serbian J. Management 10(1)",
    ),
    Peer(
        "probid",
        "PROBID",
        "PROBID",
        "Wang, Rangaiah and Wang (2021), Industrial & Engineering Chemistry Research 60(30), 11216–11230",
        sign="any",
        zero_columns=True,
        tie=0.5,
        most_rows=_PAIRWISE_ROWS,
        remark="rewards distance from the average, so a dominated molecule can come first",
    ),
    Peer(
        "rafsi",
        "RAFSI",
        "RAFSI",
        "Žižović, Pamučar, Albijanić, Chatterjee and Pribićević (2020), Mathematics 8(6), 1015",
        sign="any",
        ratio=False,
        bounds="ideals",
        inside=True,
        parameters={
            "n1": PeerParameter("n1", 1.0, "value of the lower end of the declared range", 1e-9, 1e9),
            "n2k": PeerParameter("n2k", 6.0, "value of the upper end, larger than n1", 1e-9, 1e9),
        },
    ),
    Peer(
        "ram",
        "RAM",
        "RAM",
        "Sotoudeh-Anvari (2023), Journal of Cleaner Production 423, 138695",
    ),
    Peer(
        "rim",
        "RIM",
        "RIM",
        "Cables, Lamata and Verdegay (2016), Information Sciences 337, 1–10",
        sign="any",
        ratio=False,
        bounds="rows",
        inside=True,
        remark="with the declared best as reference ideal it equals TOPSIS with bounds",
    ),
    Peer(
        "spotis",
        "SPOTIS",
        "SPOTIS",
        "Dezert, Tchamova, Han and Tacnet (2020), FUSION 23, 1–8",
        higher_is_better=False,
        sign="any",
        ratio=False,
        bounds="rows",
        inside=True,
        point="esp",
        remark="free of rank reversal: ideal point and scale are declared",
    ),
    Peer(
        "waspas",
        "WASPAS",
        "WASPAS",
        "Zavadskas, Turskis, Antucheviciene and Zakarevicius (2012), Elektronika ir Elektrotechnika 122(6), 3–6",
        details={"sum": 1, "product": 2},
        parameters={"balance": PeerParameter("l", 0.5, "weight of the sum against the product (λ)")},
    ),
)
