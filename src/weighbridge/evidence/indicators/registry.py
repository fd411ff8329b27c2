"""Every indicator by id, and the three doors: of a source, of a part, of the molecules.

An indicator is told by the data where they can tell it; the source's card speaks only where they
cannot. What neither knows is missing, with the reason, or an interval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Final

import pandas as pd

from weighbridge.errors import Fault, InputError
from weighbridge.evidence.indicators import (
    agreement,
    bridging,
    cutoff,
    documentation,
    domain,
    matching,
    model,
    quality,
)
from weighbridge.evidence.indicators.pooling import MoleculeReadings, nearest_mean, record_mean
from weighbridge.evidence.indicators.view import NotToldError, RecordQuality, View
from weighbridge.evidence.reading import Reading
from weighbridge.evidence.source import Context, Setting, Source

__all__ = ["INDICATORS", "Indicator", "card_conflicts", "read_molecules", "read_part", "read_source"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """How an indicator is computed.

    Attributes
    ----------
    id
        Its id in the criteria library.
    records
        One number a record: the source's reading is its mean, a molecule's the mean over its
        nearest training records.
    pooled
        The reading of a source or part, where it is not the records' mean.
    molecules
        One value a molecule, where it is not the nearest records' mean.
    compared
        One value a molecule from this and the other sources.
    """

    id: str
    records: Callable[[View], RecordQuality] | None = None
    pooled: Callable[[View], Reading] | None = None
    molecules: Callable[[View], MoleculeReadings] | None = None
    compared: Callable[[View, Sequence[Source]], MoleculeReadings] | None = None

    @property
    def of_sources(self) -> bool:
        """Whether a source has a reading of it."""
        return self.records is not None or self.pooled is not None

    @property
    def of_molecules(self) -> bool:
        """Whether a molecule has a value of it."""
        return self.records is not None or self.molecules is not None or self.compared is not None


def _not_in_tables(words: str, _: View) -> Reading:
    raise NotToldError(words)


_ALL: Final = (
    Indicator("replicate_sd", agreement.sd_by_record, agreement.replicate_sd),
    Indicator("replicate_mad", agreement.mad_by_record, agreement.replicate_mad),
    Indicator("msr", pooled=agreement.msr),
    Indicator("z_prime", pooled=partial(_not_in_tables, "training records do not hold the plate controls")),
    Indicator("measurement_se", quality.measurement_se),
    Indicator("qualifier_share", quality.qualifier_share),
    Indicator("duplicate_conflict", agreement.conflict_by_record, agreement.duplicate_conflict),
    Indicator("label_purity", molecules=domain.label_purity),
    Indicator("inconclusive_share", quality.inconclusive_share),
    Indicator("threshold_documented", quality.threshold_documented),
    Indicator("threshold_gap", pooled=cutoff.threshold_gap),
    Indicator("threshold_margin", molecules=model.threshold_margin),
    Indicator("metadata_completeness", documentation.metadata_completeness),
    Indicator("n_independent_sources", documentation.documents_by_record, documentation.document_count),
    Indicator("inter_source_kappa", pooled=agreement.inter_source_kappa),
    Indicator("chembl_confidence", quality.chembl_confidence),
    Indicator("curation_level", quality.curation_level),
    Indicator("validity_flag_share", quality.validity_flag_share),
    Indicator("curation_class", pooled=documentation.curation_class),
    Indicator("class_balance", pooled=quality.class_balance),
    Indicator("cytotox_artifact", quality.cytotox_artifact),
    Indicator("sample_purity", quality.sample_purity),
    Indicator("record_count", pooled=documentation.record_count),
    Indicator("n_molecules", pooled=documentation.n_molecules),
    Indicator("auroc_scaffold", pooled=model.auroc_scaffold),
    Indicator("brier", pooled=model.brier),
    Indicator("ece", pooled=model.ece),
    Indicator("spearman_cv", pooled=model.spearman_cv),
    Indicator("r2_vs_ceiling", pooled=model.r2_vs_ceiling),
    Indicator("rmse_vs_noise", pooled=model.rmse_vs_noise),
    Indicator("conformal_set", molecules=model.conformal_set),
    Indicator("ensemble_sd", molecules=model.ensemble_sd),
    Indicator("probability_sd", molecules=model.probability_sd),
    Indicator("interval_width", molecules=model.interval_width),
    Indicator("model_disagreement", compared=model.model_disagreement),
    Indicator("ad_knn", molecules=domain.ad_knn),
    Indicator("nearest_similarity", molecules=domain.nearest_similarity),
    Indicator("chem_overlap", pooled=domain.chem_overlap),
    *(Indicator(name, partial(matching.condition_match, condition=name)) for name in matching.CONDITIONS),
    Indicator("context_match", matching.context_match),
    Indicator("bridge_n", pooled=bridging.bridge_n),
    Indicator("bridge_auroc_lcb", pooled=bridging.bridge_auroc_lcb),
    Indicator("bridge_ccc", pooled=bridging.bridge_ccc),
    Indicator("bridge_loa_width", pooled=bridging.bridge_loa_width),
    Indicator("bridge_representativeness", pooled=bridging.bridge_representativeness),
)

INDICATORS: Final[Mapping[str, Indicator]] = MappingProxyType({indicator.id: indicator for indicator in _ALL})
"""Every indicator that is computed, by its id in the criteria library."""


def read_source(name: str, source: Source, setting: Setting) -> Reading:
    """Return what an indicator says of a source.

    Parameters
    ----------
    name
        Id of the criteria library.
    source, setting
        The source, and the decision it is weighed for.

    Raises
    ------
    InputError
        If there is no such indicator, or it has no value for a source.
    """
    indicator = _indicator(name)
    if not indicator.of_sources:
        raise InputError(
            Fault(f"{name!r} has one value a molecule and none for a source", mend="Use it as a criterion")
        )
    told = _told(indicator, View(source, setting))
    return source.card[name] if name in source.card and not _says_something(told) else told


def read_part(name: str, source: Source, part: str, setting: Setting) -> Reading:
    """Return what an indicator says of one part of a pooled source; the card speaks of the whole only.

    Raises
    ------
    InputError
        If there is no such indicator, or it has no value for a source.
    """
    indicator = _indicator(name)
    if not indicator.of_sources:
        raise InputError(Fault(f"{name!r} has one value a molecule and none for a part", mend="Use it as a criterion"))
    return _told(indicator, View(source, setting, part))


def read_molecules(
    name: str,
    source: Source,
    setting: Setting,
    others: Sequence[Source] = (),
) -> MoleculeReadings:
    """Return an indicator's values for the setting's molecules.

    Parameters
    ----------
    name
        Id of the criteria library, of scope molecule or neighbour.
    source, setting
        The source, and the decision with its molecules.
    others
        The study's other sources, for indicators that compare models.

    Raises
    ------
    InputError
        If there is no such indicator, or it is constant over the molecules.
    """
    indicator = _indicator(name)
    if not indicator.of_molecules:
        mend = "Use it among the trust indicators: a constant column moves no rank"
        raise InputError(Fault(f"{name!r} is the same for every molecule", mend=mend))
    view = View(source, setting)
    try:
        if indicator.compared is not None:
            return indicator.compared(view, others)
        if indicator.molecules is not None:
            return indicator.molecules(view)
        return _nearest(indicator, view)
    except NotToldError as error:
        return MoleculeReadings.missing(len(setting.molecules), str(error))


def _nearest(indicator: Indicator, view: View) -> MoleculeReadings:
    assert indicator.records is not None
    if view.source.records is None or not len(view.source.records):
        raise NotToldError("needs training records")
    return nearest_mean(indicator.records(view), view)


def card_conflicts(source: Source, setting: Setting | None = None) -> tuple[str, ...]:
    """Return the card's entries that the source's own tables tell, which a card must not overrule.

    Parameters
    ----------
    source
        The source whose card is checked.
    setting
        The decision; without it, indicators that need its threshold or context tell nothing.
    """
    setting = setting or Setting(Context(), pd.DataFrame({"smiles": [], "key": []}))
    return tuple(
        name for name in source.card if name in INDICATORS and _computable(INDICATORS[name], View(source, setting))
    )


def _computable(indicator: Indicator, view: View) -> bool:
    return indicator.of_sources and _says_something(_told(indicator, view))


def _says_something(reading: Reading) -> bool:
    """Whether a reading narrows anything down: an interval over all that is possible does not."""
    return reading.known and (reading.low, reading.high) != (0.0, 1.0)


def _told(indicator: Indicator, view: View) -> Reading:
    try:
        if indicator.pooled is not None:
            return indicator.pooled(view)
        found = _of_records(indicator, view)
    except NotToldError as error:
        return Reading.missing(str(error))
    without = view.source.records is None
    return replace(found, n=0) if without else found


def _of_records(indicator: Indicator, view: View) -> Reading:
    assert indicator.records is not None
    if not view.experiments:
        raise NotToldError(f"no record belongs to the part {view.part!r}")
    return record_mean(indicator.records(view))


def _indicator(name: str) -> Indicator:
    found = INDICATORS.get(name)
    if found is None:
        raise InputError(Fault(f"there is no indicator {name!r}", mend="See `weighbridge criteria`"))
    return found
