"""A study: everything a team put into its folder, read, checked and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from weighbridge.canonical import content_key, file_key
from weighbridge.core.judgement import Expert, Judgement, Panel
from weighbridge.core.tree import Node, ValueTree
from weighbridge.documents import Document
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.evidence.source import Context, Setting, Source
from weighbridge.study.form import read_faulty_study_file
from weighbridge.study.judgement_files import read_judgements
from weighbridge.study.loading import Loading, Notice, OpenTable, Progress
from weighbridge.study.molecules import MOLECULE_COLUMNS, AlignedTable, align, read_molecules
from weighbridge.study.records import read_bridging
from weighbridge.study.schema import SCHEMA_VERSION, StudyFile
from weighbridge.study.sources import read_source
from weighbridge.study.tables import CellColumn, RawTable
from weighbridge.study.trees import GOAL, build_rank_tree, build_trust_tree

if TYPE_CHECKING:
    from weighbridge.study.decision import Decision

__all__ = ["STUDY_FILE", "Notice", "Study"]

STUDY_FILE: Final = "study.yaml"


@dataclass(frozen=True, eq=False, repr=False)
class Study:
    """The input of every command, read from a folder.

    Attributes
    ----------
    folder
        Where it was read.
    file, document
        study.yaml in its typed form, and as parsed, with the line of every value.
    molecules
        Index: ids. Columns ``smiles``, ``inchikey``, ``key``, ``name``, ``series`` (None where
        unknown) and the further columns of the molecule table, as cells.
    sources
        The sources by name, in the study's order.
    setting
        What every source is weighed for: the decision's context, molecules and threshold.
    tree, trust_tree
        The value tree over the criteria, and the tree of reliability indicators if there is one.
    panel, judgements
        The experts and their answers, in the files' order.
    notices
        What a reader should know and is not wrong: rows of no molecule, inconclusive labels.
    inputs
        Every file read → SHA-256 of its bytes.
    molecule_table
        The molecule table as read, with row numbers.
    criterion_cells
        For every criterion of a `column` its cells, in the molecules' order.
    """

    folder: Path
    file: StudyFile
    document: Document
    molecules: pd.DataFrame
    sources: Mapping[str, Source]
    setting: Setting
    tree: ValueTree
    trust_tree: ValueTree | None
    panel: Panel
    judgements: tuple[Judgement, ...]
    notices: tuple[Notice, ...]
    inputs: Mapping[str, str]
    molecule_table: RawTable
    criterion_cells: Mapping[str, CellColumn] = field(default_factory=dict)

    @classmethod
    def load(
        cls, path: str | Path, progress: Progress | None = None, *, cache: bool = True, sample: int | None = None
    ) -> Study:
        """Read a study from its folder.

        Parameters
        ----------
        path
            The folder, or its study.yaml.
        progress
            Called with (what, done, total) while structures are standardised.
        cache
            Whether standardised structures of large tables are kept in ``.weighbridge/cache``.
        sample
            Read only so many molecules, spread evenly over their table, where all of them are a
            library that does not fit in memory; every table with one row a molecule is Parquet then.

        Raises
        ------
        InputError
            With every fault of every file at once.
        """
        return _load(_study_file(Path(path)), progress, cache=cache, sample=sample)

    @property
    def key(self) -> str:
        """The content key: it changes with any byte of any file of the study."""
        return content_key({"inputs": dict(self.inputs), "schema": SCHEMA_VERSION})

    @property
    def title(self) -> str:
        """The study's title."""
        return self.file.title

    def cells(self, column: str) -> CellColumn:
        """Return a column of the molecule table, in the molecules' order, with row numbers.

        Raises
        ------
        InputError
            If there is no such column.
        """
        return self.molecule_table.column(column)

    def decide(self, **options: Any) -> Decision:
        """Weigh the evidence and rank the molecules; see `weighbridge.study.decide.decide`."""
        from weighbridge.study.decide import decide

        return decide(self, **options)

    def __repr__(self) -> str:
        counts = f"{len(self.molecules)} molecules, {len(self.sources)} sources, {len(self.tree.leaves)} criteria"
        return f"Study({self.title!r}: {counts}, {len(self.panel)} experts, {len(self.judgements)} judgements)"

    def _repr_html_(self) -> str:
        rows = {
            "Question": self.file.question,
            "Molecules": str(len(self.molecules)),
            "Sources": ", ".join(source.title or name for name, source in self.sources.items()),
            "Criteria": ", ".join(self.tree.leaves),
            "Experts": ", ".join(expert.name for expert in self.panel),
            "Judgements": str(len(self.judgements)),
            "Notices": "; ".join(notice.text for notice in self.notices) or "none",
        }
        body = "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in rows.items())
        return f"<table><caption>{escape(self.title)}</caption><tbody>{body}</tbody></table>"


def _study_file(path: Path) -> Path:
    """Return the study.yaml a user means."""
    try:
        return _found(path)
    except OSError as error:
        raise InputError(Fault("the study cannot be read", str(path), found=error.strerror or str(error))) from error


def _found(path: Path) -> Path:
    if path.is_dir():
        found = path / STUDY_FILE
        if not found.is_file():
            mend = "Name the study's folder, or make one with `weighbridge init`"
            raise InputError(Fault("the folder holds no study", str(path), expected=STUDY_FILE, mend=mend))
        return found
    if not path.exists():
        mend = "Name the study's folder, or make one with `weighbridge init`"
        raise InputError(Fault("there is no such folder", str(path), expected="a folder with a study.yaml", mend=mend))
    if path.suffix.lower() not in {".yaml", ".yml", ".json"}:
        raise InputError(Fault("this is no study", str(path), expected=f"a folder, or the {STUDY_FILE} in it"))
    return path


def _load(path: Path, progress: Progress | None, *, cache: bool, sample: int | None) -> Study:
    faults = Faults()
    file, document = read_faulty_study_file(path, path.name, faults)
    loading = Loading(path.parent, document, progress, cache, sample, faults)
    known = len(faults)
    loading.inputs[path.name] = file_key(path)
    _check_chemistry(loading, file)
    tree, trust_tree = build_rank_tree(loading, file), build_trust_tree(loading, file)
    panel = _panel(loading, file)
    judgements = _judgements(loading, file)
    judged = len(loading.faults) == known
    found = read_molecules(loading, file.molecules)
    molecules, table = found or (_no_molecules(), None)
    sources = _sources(loading, file, molecules)
    cells = _criterion_cells(loading, file, molecules, table)
    if table is not None:
        _check_gates(file, table)
    study = Study(
        folder=path.parent,
        file=file,
        document=document,
        molecules=molecules,
        sources=sources,
        setting=_setting(loading, file, molecules),
        tree=tree or ValueTree(Node(GOAL, children=(Node("nothing"),))),
        trust_tree=trust_tree,
        panel=panel,
        judgements=judgements,
        notices=tuple(loading.notices),
        inputs=dict(sorted(loading.inputs.items())),
        molecule_table=RawTable(file.molecules.file, pd.DataFrame()) if table is None else table.table,
        criterion_cells=cells,
    )
    if loading.faults:
        from weighbridge.study.together import examine

        ids = molecules.index
        examine(study, loading.faults, judged=judged, molecules=ids.is_unique and len(ids) > 0 and "" not in ids)
        loading.faults.raise_if_any()
    return study


def _no_molecules() -> pd.DataFrame:
    """Return the molecules of a table that cannot be read, so that the other tables still are."""
    return pd.DataFrame(columns=list(MOLECULE_COLUMNS), index=pd.Index([], name="id", dtype=object), dtype=object)


def _check_chemistry(loading: Loading, file: StudyFile) -> None:
    """Refuse to match by structure where nothing can standardise structures."""
    from weighbridge.evidence.chemistry import have_rdkit

    if file.match == "structure" and file.molecules.inchikey is None and not have_rdkit():
        place = loading.document.place(("match",))
        what = "RDKit is not installed, and matching by structure needs it"
        mend = "pip install 'weighbridge[chem]'"
        raise InputError(Fault(what, loading.document.file, place, "match: structure", "", mend))


def _panel(loading: Loading, file: StudyFile) -> Panel:
    for index, expert in enumerate(file.panel):
        if expert.weight != 1 and not expert.reason:
            what = f"the weight of {expert.name!r} is stated without a reason"
            loading.fault(("panel", index), what, found=f"{expert.weight:g}", expected="reason: why")
    try:
        return Panel(tuple(Expert(expert.name, expert.role, expert.weight) for expert in file.panel))
    except InputError as error:
        loading.at(("panel",), error)
        return Panel(())


def _judgements(loading: Loading, file: StudyFile) -> tuple[Judgement, ...]:
    found: list[Judgement] = []
    for index, name in enumerate(file.judgements):
        path = loading.path(name, ("judgements", index))
        try:
            if path is not None:
                found.extend(read_judgements(path, name=name, faults=loading.faults))
        except InputError as error:
            loading.faults.extend(error)
    return tuple(found)


def _sources(loading: Loading, file: StudyFile, molecules: pd.DataFrame) -> dict[str, Source]:
    sources = {
        name: read_source(loading, name, spec, file.molecules, file.match, molecules, file.criteria)
        for name, spec in file.sources.items()
    }
    if file.bridging is not None:
        for name, pairs in read_bridging(loading, file.bridging, file.molecules, sources).items():
            sources[name] = replace(sources[name], bridging=pairs)
    return sources


def _criterion_cells(
    loading: Loading, file: StudyFile, molecules: pd.DataFrame, main: OpenTable | None
) -> dict[str, CellColumn]:
    """Return the cells of every criterion that is a column, in the molecules' order."""
    own = None if main is None else AlignedTable(main, tuple(range(len(molecules))))
    found: dict[str, CellColumn] = {}
    for name, criterion in file.criteria.items():
        if criterion.column is None:
            continue
        path = ("criteria", name)
        aligned = None if own is None else replace(own, table=replace(own.table, path=path))
        if criterion.file is not None:
            table = loading.table(criterion.file, (*path, "file"))
            aligned = None
            if table is not None:
                aligned = align(loading, table, criterion.file, file.molecules, file.match, molecules)
            if aligned is not None:
                aligned = replace(aligned, table=replace(aligned.table, path=path))
        column = None if aligned is None else aligned.column(criterion.column, "column")
        if column is not None:
            found[name] = column
    return found


def _check_gates(file: StudyFile, table: OpenTable) -> None:
    for index, gate in enumerate(file.gates):
        replace(table, path=("gates", index)).column(gate.column, "column")


def _setting(loading: Loading, file: StudyFile, molecules: pd.DataFrame) -> Setting:
    return Setting(
        context=Context(dict(file.context)),
        molecules=molecules,
        threshold=None if file.threshold is None else file.threshold.value,
        threshold_unit="" if file.threshold is None else file.threshold.unit,
        year=file.year,
        similarities=_similarities(loading, file),
    )


def _similarities(loading: Loading, file: StudyFile) -> dict[str, dict[tuple[str, str], float]]:
    found: dict[str, dict[tuple[str, str], float]] = {}
    for condition, entries in file.trust.similarities.items():
        pairs = found.setdefault(condition, {})
        for index, entry in enumerate(entries):
            first, second = entry.between
            path = ("trust", "similarities", condition, index)
            if first == second:
                what = "a value is wholly like itself, and its score would not be used"
                loading.fault(path, what, found=repr(first), expected="two different values")
            if (first, second) in pairs or (second, first) in pairs:
                loading.fault(path, "two scores for one pair of values", found=f"{first!r} and {second!r}")
            pairs[first, second] = entry.score
    return found
