import numpy as np
import pytest
from tests.evidence.models.chemistry_samples import labels, molecules, values

from weighbridge.errors import StateError
from weighbridge.evidence.models import Classifier, Regressor, load_model, model_key, remember, save_model

NEW = molecules()[:11]


def same(first, second) -> bool:
    return np.asarray(first.predict(NEW)).tobytes() == np.asarray(second.predict(NEW)).tobytes()


def test_a_stored_model_is_the_model(classifier, regressor, tmp_path):
    """What is read back predicts the same bits and has the same validation and metrics."""
    for model, kind in ((classifier, Classifier), (regressor, Regressor)):
        path = tmp_path / f"{kind.__name__}.npz"
        save_model(path, "key", model)
        again = load_model(path, "key", kind)
        assert same(model, again)
        assert dict(again.metrics) == dict(model.metrics)
        assert again.validation.equals(model.validation.astype(again.validation.dtypes.to_dict()))


def test_the_same_model_gives_the_same_bytes(regressor, tmp_path):
    """Writing a model twice writes the same file twice."""
    for name in ("a", "b"):
        save_model(tmp_path / name, "key", regressor)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_model_is_fitted_once(regressor, tmp_path):
    """The second time the stored model is read and nothing is fitted."""
    fitted = []

    def fit():
        fitted.append(1)
        return regressor

    first, there = remember(tmp_path, "k", Regressor, fit)
    second, there_again = remember(tmp_path, "k", Regressor, fit)
    assert (there, there_again, len(fitted)) == (False, True, 1)
    assert same(first, second)


@pytest.mark.parametrize("damage", [b"", b"not a zip", None])
def test_a_damaged_file_is_fitted_anew(regressor, tmp_path, damage):
    """An empty, foreign or truncated file is replaced by a fresh model."""
    save_model(tmp_path / "k.npz", "k", regressor)
    whole = (tmp_path / "k.npz").read_bytes()
    (tmp_path / "k.npz").write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    with pytest.raises(StateError, match="not a stored model"):
        load_model(tmp_path / "k.npz", "k", Regressor)
    model, there = remember(tmp_path, "k", Regressor, lambda: regressor)
    assert not there
    assert same(model, regressor)
    assert (tmp_path / "k.npz").read_bytes() == whole


def test_a_file_of_another_name_is_not_believed(regressor, tmp_path):
    """A model copied under another key, or asked for as another kind, is refused."""
    save_model(tmp_path / "k.npz", "other", regressor)
    with pytest.raises(StateError, match="another one than its name says"):
        load_model(tmp_path / "k.npz", "k", Regressor)
    with pytest.raises(StateError, match="another one than its name says"):
        load_model(tmp_path / "k.npz", "other", Classifier)


def test_a_stored_model_holds_no_pickle(classifier, tmp_path):
    """Every array of a stored model can be read with pickles forbidden."""
    save_model(tmp_path / "m.npz", "k", classifier)
    with np.load(tmp_path / "m.npz", allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored.files)


def test_the_key_follows_the_content():
    """Data, settings and kind are in the key; the order of the rows is not."""
    key = model_key("regressor", molecules(), values(), seed=0)
    assert key == model_key("regressor", molecules()[::-1], values()[::-1], seed=0)
    others = {
        model_key("classifier", molecules(), values(), seed=0),
        model_key("regressor", molecules(), values(), seed=1),
        model_key("regressor", molecules(), [*values()[:-1], 0.0], seed=0),
        model_key("regressor", molecules(), labels(), seed=0),
        key,
    }
    assert len(others) == 5


def test_the_key_follows_the_libraries(monkeypatch):
    """Another version of a library is another model."""
    before = model_key("regressor", molecules(), values(), seed=0)
    monkeypatch.setattr("weighbridge.evidence.models.store.version", lambda name: "0.0")
    assert model_key("regressor", molecules(), values(), seed=0) != before
