"""What all generative models promise: scikit-learn's conventions, files that give back the same bits, refusals."""

import json
import re
from copy import deepcopy
from functools import partial

import h5py
import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from samplers import generative
from samplers.generative import load
from tests.generative.changed_file import changed
from tests.generative.small_models import ESTIMATORS, GRADIENT, SETTINGS, TRAINED, data, fresh, name_of


@pytest.fixture(params=ESTIMATORS, ids=name_of)
def model(request):
    return fresh(request.param)


@pytest.fixture(params=TRAINED, ids=name_of)
def trained(request):
    return fresh(request.param)


def test_every_model_is_here():
    assert set(SETTINGS) == set(generative._MODELS)
    assert set(generative._MODELS) <= set(generative.__all__)


@parametrize_with_checks([fresh(model) for model in ESTIMATORS])
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


def score(model, X):
    try:
        return model.scores(X, random_state=5)
    except generative.NoDensityError:
        return None


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second)) if first is not None else second is None


def test_a_file_gives_back_the_same_model(model, tmp_path):
    X = data(model)
    model.fit(X)
    model.save(tmp_path / "model.h5")
    again = load(tmp_path / "model.h5")
    assert type(again) is type(model)
    assert again.get_params() == model.get_params()
    assert np.array_equal(again.sample(7, random_state=3), model.sample(7, random_state=3))
    assert same(score(again, X), score(model, X))
    assert [path.name for path in tmp_path.iterdir()] == ["model.h5"]


def contents(path):
    """Everything in a file, by name."""
    found = {}
    with h5py.File(path) as file:
        entries = {"": file}
        file.visititems(lambda name, item: entries.update({name: item}))
        for name, item in entries.items():
            found |= {f"{name}@{key}": value for key, value in item.attrs.items()}
            if isinstance(item, h5py.Dataset):
                found[name] = item[()].tobytes()
    return found


def test_a_loaded_model_goes_on_bit_for_bit(model, tmp_path):
    """To the same file, with curves and random numbers; control: other rows make another."""
    X = data(model)
    model.fit(X).save(tmp_path / "model.h5")
    before = {name: len(curve) for name, curve in model.history_.items()}
    rows = {"whole": X[:30], "interrupted": X[:30], "other": X[30:]}
    for name, last in rows.items():
        one = deepcopy(model) if name == "whole" else load(tmp_path / "model.h5")
        one.partial_fit(X).partial_fit(last).save(tmp_path / f"{name}.h5")
        assert {name: len(curve) for name, curve in one.history_.items()} == {k: n + 2 for k, n in before.items()}
    whole, interrupted, other = (contents(tmp_path / f"{name}.h5") for name in rows)
    assert whole == interrupted
    assert whole != other


def test_seeds(model):
    X = data(model)
    first, second = fresh(model).fit(X), fresh(model).fit(X)
    assert np.array_equal(first.sample(9), second.sample(9))
    assert not np.array_equal(first.sample(9, random_state=1), first.sample(9, random_state=2))
    assert first.sample(9).shape == (9, 4)


def test_what_models_refuse(model):
    X = data(model)
    with pytest.raises(ValueError, match="not fitted"):
        model.sample(3)
    holed = X.copy()
    holed[3, 2] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        fresh(model).fit(holed)
    model.fit(X)
    with pytest.raises(ValueError, match="n_samples = 0"):
        model.sample(0)
    if score(model, X) is None:
        assert not hasattr(model, "score_samples")
        with pytest.raises(TypeError, match="no likelihood"):
            model.scores(X)
    else:
        with pytest.raises(ValueError, match="3 features"):
            model.score_samples(X[:, :3])


WRONG = {
    "n_epochs": 0,
    "batch_size": 0,
    "learning_rate": -1.0,
    "schedule": "steps",
    "validation_fraction": 1.0,
    "patience": 3,
}
PAIRS = [(model, setting) for model in TRAINED for setting in WRONG if setting in model.get_params()]


@pytest.mark.parametrize(
    ("template", "setting"), PAIRS, ids=lambda part: getattr(part, "strip", lambda: name_of(part))()
)
def test_settings_out_of_range_are_named(template, setting):
    with pytest.raises(ValueError, match=f"{setting} = "):
        fresh(template).set_params(**{setting: WRONG[setting]}).fit(data(template))


@pytest.mark.parametrize("template", [m for m in GRADIENT if "patience" in m.get_params()], ids=name_of)
def test_early_stopping_takes_the_best_parameters(template):
    model, X = fresh(template), data(template)
    model.set_params(n_epochs=40, validation_fraction=0.3, patience=2, learning_rate=0.3, schedule="constant").fit(X)
    losses = model.history_["validation_loss"]
    assert len(losses) == len(model.history_["loss"])
    if len(losses) < 40:
        assert np.argmin(losses) == len(losses) - 3


def test_fits_that_diverge_say_so(trained):
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError, match="smaller learning_rate"):
        trained.set_params(n_epochs=50, learning_rate=1e307, schedule="constant").fit(data(trained))


def test_files_that_are_no_models(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such file"):
        load(tmp_path / "nothing.h5")
    (tmp_path / "text.h5").write_text("not HDF5")
    with pytest.raises(ValueError, match=r"text\.h5: cannot be read as a model"):
        load(tmp_path / "text.h5")
    ESTIMATORS[0].fit(data(ESTIMATORS[0])).save(tmp_path / "model.h5")
    with changed(tmp_path / "model.h5") as file:
        file.attrs["model"] = "os.system"
    with pytest.raises(ValueError, match=r"'os\.system' is no model"):
        load(tmp_path / "model.h5")
    with changed(tmp_path / "model.h5") as file:
        file.attrs["model"] = name_of(ESTIMATORS[0])
        file.attrs["settings"] = json.dumps({"depth": 3})
    with pytest.raises(ValueError, match=r"cannot be read as a model: .*depth"):
        load(tmp_path / "model.h5")


@pytest.mark.parametrize(("fraction", "patience"), [(0.99, None), (0.001, None), (0.001, 2)])
def test_both_sides_of_a_validation_have_rows(fraction, patience):
    """Of none held out nothing would stop a fit, and of all held out nothing would be learnt."""
    model = generative.MixtureAutoregressive(2, hidden=(4,), validation_fraction=fraction, patience=patience)
    with pytest.raises(ValueError, match=f"validation_fraction = {fraction}: expected a share of 20 rows"):
        model.fit(np.random.default_rng(0).normal(size=(20, 2)))


CHANGES = {
    "activation": "tanh",
    "betas": "cosine",
    "hidden": (5,),
    "likelihood": "bernoulli",
    "n_bins": 6,
    "n_components": 3,
    "n_hidden": 2,
    "n_latent": 3,
    "n_steps": 30,
    "n_transforms": 4,
    "spins": True,
    "tail_bound": 2.0,
}
STRUCTURES = [(template, name) for template in ESTIMATORS for name in template.structure]


@pytest.mark.parametrize(
    ("template", "name"), STRUCTURES, ids=lambda part: getattr(part, "strip", lambda: name_of(part))()
)
def test_settings_of_a_fit_are_not_changed_after_it(template, name, tmp_path):
    """With others the parameters, if there are enough of them, would make another density, or none."""
    model, X = fresh(template), data(template)
    model.fit(X).save(tmp_path / "model.h5")
    for fitted in (model, load(tmp_path / "model.h5")):
        before, draws = getattr(fitted, name), fitted.sample(3, random_state=1)
        after = CHANGES[name] if CHANGES[name] != before else "silu"
        fitted.set_params(**{name: after})
        said = re.escape(f"{name} was {before!r} in the fit and is {after!r}: fit again")
        uses = [fitted.sample, partial(fitted.save, tmp_path / "other.h5")]
        uses += [
            partial(getattr(fitted, use), X) for use in ("score", "transform", "partial_fit") if hasattr(fitted, use)
        ]
        for use in uses:
            with pytest.raises(ValueError, match=said):
                use()
        fitted.set_params(**{name: list(before) if name == "hidden" else before})
        assert np.array_equal(fitted.sample(3, random_state=1), draws)
    model.set_params(**{name: after}).fit((X > 0.0) + 0.0).sample(3)


@pytest.mark.parametrize("setting", [{"n_steps": 0}, {"method": "foo"}])
def test_steps_of_diffusion_are_checked_where_they_are_made(setting):
    model = generative.Diffusion((4,), n_epochs=1, n_steps=2).fit(data(ESTIMATORS[0])).set_params(**setting)
    for use in (model.sample, lambda: model.scores(np.zeros((1, 4)))):
        with pytest.raises(ValueError, match=f"{next(iter(setting))} = .*: expected"):
            use()


def test_a_refused_fit_leaves_what_was_before(trained):
    """Neither the settings of a fit that did not take place, nor parameters that nothing has taught."""
    X = data(trained)
    refused = {"validation_fraction": 1e-6} if "validation_fraction" in trained.get_params() else {"n_epochs": 0}
    never = fresh(trained).set_params(**refused)
    with pytest.raises(ValueError, match=next(iter(refused))):
        never.fit(X)
    with pytest.raises(ValueError, match="not fitted"):
        never.sample(2)
    before = trained.fit(X).sample(5, random_state=1)
    kept, other = trained.get_params(), {"n_hidden": 2} if hasattr(trained, "n_hidden") else {"hidden": (5,)}
    with pytest.raises(ValueError, match=next(iter(refused))):
        trained.set_params(**refused, **other).fit(X)
    with pytest.raises(ValueError, match="fit again"):
        trained.sample(5)
    assert np.array_equal(trained.set_params(**kept).sample(5, random_state=1), before)


@pytest.mark.parametrize("phase", ["pcd", "cd", "tempering", "exact"])
def test_given_parameters_can_be_learnt_from(phase):
    """The epoch begins at them: with a rate of next to nothing they stay."""
    rng = np.random.default_rng(0)
    a, b, W = rng.normal(size=4), rng.normal(size=3), rng.normal(size=(4, 3))
    machine = generative.BinaryRBM(3, negative_phase=phase, n_chains=10, learning_rate=1e-12, random_state=0)
    X = (rng.random((30, 4)) < 0.5).astype(float)
    machine.fit(X).set_parameters(a, b, W).partial_fit(X)
    assert machine.theta_ == pytest.approx(np.concatenate([a, b, W.ravel()]), abs=1e-8)
    assert machine.history_["loss"].size == 1
    gaussian = generative.GaussianBinaryRBM(3, negative_phase=phase, n_chains=10, random_state=0)
    assert gaussian.set_parameters(a, b, W, 1.0).partial_fit(rng.normal(size=(30, 4))).history_["loss"].size == 1
