"""Results as files: JSON, CSV, Parquet, xlsx and SDF, chosen by the file's suffix.

Every file is written whole or not at all. A cell of text can never become a formula in a
spreadsheet (OWASP ASVS 1.2.10):

* **xlsx**: text cells are written with the type *text*, whatever they begin with, so nothing is
  changed and nothing runs.
* **CSV**: has no types, so text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage
  return gets a leading apostrophe, unless it is a number. Read with pandas, strip that apostrophe;
  or use JSON, Parquet or xlsx, which keep names such as ``-OH`` as they are. A carriage return in
  text becomes a line feed, because outside quotes some readers take it for the end of the row.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeAlias

import pandas as pd

from weighbridge.errors import Fault, InputError
from weighbridge.files import write_bytes
from weighbridge.report.plain import contributions_frame, decision_to_dict, trust_frame, weights_frame
from weighbridge.study.decision import Decision
from weighbridge.study.explain import Explanation

__all__ = ["SUFFIXES", "Exportable", "decision_to_dict", "export", "export_all", "to_csv", "workbook"]

Exportable: TypeAlias = Decision | Explanation | pd.DataFrame

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_ILLEGAL_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SHEET_NAMES: Final = ("ranking", "weights", "trust", "matrix", "contributions")


def export(result: Exportable, path: str | Path) -> Path:
    """Write a decision, an explanation or a table to a file, in the form its suffix names.

    Parameters
    ----------
    result
        JSON holds a decision whole; CSV and Parquet its ranking; xlsx the sheets ranking, weights,
        trust, matrix and contributions; SDF the ranked structures with names and scores.
    path
        Ends in one of `SUFFIXES`.

    Raises
    ------
    InputError
        Unknown suffix, a missing extra (named), a result that has no such form, or a place that
        cannot be written.
    """
    return export_all(result, [path])[0]


def export_all(result: Exportable, paths: Iterable[str | Path]) -> list[Path]:
    """Write a result to several files; nothing is written before all of them are ready.

    Raises
    ------
    InputError
        As for `export`.
    """
    targets = [Path(path) for path in paths]
    contents = [_writer(target)(result) for target in targets]
    return [write_bytes(target, content) for target, content in zip(targets, contents, strict=True)]


def _writer(target: Path) -> Callable[[Exportable], bytes]:
    writer = SUFFIXES.get(target.suffix.lower())
    if writer is None:
        expected = f"one of {list(SUFFIXES)}"
        raise InputError(Fault("unknown kind of file", str(target), found=repr(target.suffix), expected=expected))
    return writer


def to_csv(result: Exportable) -> str:
    """Return the main table of a result as CSV that no spreadsheet runs."""
    frame = _with_index(_table(result))
    safe = frame.map(_guarded)
    safe.columns = [str(_guarded(str(column))) for column in frame.columns]
    return safe.to_csv(index=False, lineterminator="\n")


def _guarded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = re.sub("\r\n?", "\n", value)
    if not value.startswith(_FORMULA_STARTS):
        return text
    try:
        float(value)
    except ValueError:
        return "'" + text
    return text


def _table(result: Exportable) -> pd.DataFrame:
    if isinstance(result, pd.DataFrame):
        return result
    if isinstance(result, Decision):
        return result.to_frame()
    if len(result.table):
        return result.table
    if result.provenance is not None:
        rows = [
            {"depth": depth, "label": line.label, "value": line.value, "how": line.how}
            for depth, line in result.provenance.walk()
        ]
        return pd.DataFrame(rows).set_index("label")
    return pd.DataFrame({"subject": [result.subject] * len(result.sentences), "sentence": result.sentences}).set_index(
        "subject"
    )


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Put the labels into columns; a plain numbering is left out."""
    if isinstance(frame.index, pd.RangeIndex) and frame.index.name is None:
        return frame
    return frame.reset_index(names=frame.index.name or "id") if frame.index.nlevels == 1 else frame.reset_index()


def _as_csv(result: Exportable) -> bytes:
    return to_csv(result).encode("utf-8")


def _as_json(result: Exportable) -> bytes:
    if isinstance(result, Decision):
        value: Any = decision_to_dict(result)
    elif isinstance(result, Explanation):
        value = result.to_dict()
    else:
        value = json.loads(_with_index(result).to_json(orient="records", double_precision=15))
    return (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")


def _as_parquet(result: Exportable) -> bytes:
    if find_spec("pyarrow") is None:
        raise InputError(Fault("Parquet needs the extra 'parquet'", mend="pip install 'weighbridge[parquet]'"))
    stream = io.BytesIO()
    frame = _with_index(_table(result))
    frame.columns = [str(column) for column in frame.columns]
    frame.to_parquet(stream, index=False, engine="pyarrow")
    return stream.getvalue()


def _sheets(result: Exportable) -> dict[str, pd.DataFrame]:
    if not isinstance(result, Decision):
        return {"table": _table(result)}
    matrix = result.matrix.to_frame()
    matrix.index.name = "id"
    frames = (result.to_frame(), weights_frame(result), trust_frame(result), matrix, contributions_frame(result))
    return dict(zip(_SHEET_NAMES, frames, strict=True))


def _as_xlsx(result: Exportable) -> bytes:
    return workbook(_sheets(result))


def workbook(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """Return tables as the bytes of a workbook, a sheet a table; the same tables give the same bytes.

    Parameters
    ----------
    sheets
        Name of the sheet, at most 31 characters, to its table.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook(write_only=False)
    book.remove(book.worksheets[0])
    for name, frame in sheets.items():
        sheet = book.create_sheet(name)
        table = _with_index(frame)
        for column, title in enumerate(table.columns, 1):
            _write_cell(sheet.cell(1, column), str(title))
            sheet.cell(1, column).font = Font(bold=True)
        for number, row in enumerate(table.itertuples(index=False), 2):
            for column, value in enumerate(row, 1):
                _write_cell(sheet.cell(number, column), value)
        sheet.freeze_panes = "B2"
    stream = io.BytesIO()
    book.save(stream)
    return _without_clock(stream.getvalue())


def _write_cell(cell: Any, value: Any) -> None:
    """Write numbers as numbers and everything else as text that is never a formula."""
    if value is None or (not isinstance(value, str) and bool(pd.isna(value))):
        return
    if isinstance(value, str) or not hasattr(value, "__float__"):
        cell.value = _ILLEGAL_IN_XML.sub("�", str(value))
        cell.data_type = "s"
    else:
        cell.value = value.item() if hasattr(value, "item") else value


def _without_clock(content: bytes) -> bytes:
    """Return the workbook without the time it was written, so that the same table has the same bytes."""
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    stream = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(stream, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "docProps/core.xml":
                body = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2000-01-01T00:00:00Z", body)
            info = ZipInfo(name)
            info.compress_type = ZIP_DEFLATED
            new.writestr(info, body)
    return stream.getvalue()


def _as_sdf(result: Exportable) -> bytes:
    if isinstance(result, pd.DataFrame):
        raise InputError(Fault("a table cannot be written as SDF", expected="a decision or an explanation"))
    if find_spec("rdkit") is None:
        raise InputError(Fault("SDF needs the extra 'chem'", mend="pip install 'weighbridge[chem]'"))
    from rdkit import Chem, rdBase

    if isinstance(result, Decision):
        frame = result.to_frame()
        smiles = result.study.molecules["smiles"].reindex(frame.index)
    else:
        frame, smiles = result.molecules.drop(columns="smiles"), result.molecules["smiles"]
    stream = io.StringIO()
    with rdBase.BlockLogs():
        writer = Chem.SDWriter(stream)
        for label, row in zip(frame.index, frame.to_dict(orient="records"), strict=True):
            text = smiles[label]
            molecule: Any = Chem.MolFromSmiles(text) if isinstance(text, str) else Chem.Mol()
            _set_properties(molecule, label, row)
            writer.write(molecule)
        writer.close()
    return stream.getvalue().encode("utf-8")


def _set_properties(molecule: Any, label: Any, row: Mapping[Any, Any]) -> None:
    molecule.SetProp("_Name", _one_line(label))
    molecule.SetProp("id", _one_line(label))
    for name, value in row.items():
        if isinstance(value, str) or not pd.isna(value):
            molecule.SetProp(_one_line(name).replace("<", "(").replace(">", ")"), _property(value))


def _property(value: Any) -> str:
    return repr(float(value)) if isinstance(value, float) else _one_line(value)


def _one_line(value: Any) -> str:
    """SDF keeps one line a field; a line break inside a name would end the record."""
    return " ".join(_ILLEGAL_IN_XML.sub(" ", str(value)).split())


SUFFIXES: Final[Mapping[str, Callable[[Exportable], bytes]]] = {
    ".json": _as_json,
    ".csv": _as_csv,
    ".parquet": _as_parquet,
    ".xlsx": _as_xlsx,
    ".sdf": _as_sdf,
}
"""File suffix → how a result becomes the file's bytes."""
