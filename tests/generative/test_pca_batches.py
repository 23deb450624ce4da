"""Probabilistic PCA batch by batch is that of all rows, and of ill-conditioned rows keeps its digits."""

import mpmath
import numpy as np
import pytest

from samplers.generative import ProbabilisticPCA
from samplers.generative.latent.scatter import Scatter


def rows(n=200, d=6, seed=0):
    """Correlated, and far from the origin: sums of squares would lose eight digits here."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + 1e4 * rng.normal(size=d)


def in_batches(X, ends, **settings):
    model = ProbabilisticPCA(**settings)
    for part in np.split(X, ends):
        model.partial_fit(part)
    return model


def assert_same_fit(one, other, rtol):
    for name in ("mean_", "components_", "explained_variance_", "noise_variance_", "singular_values_"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=rtol, atol=rtol, err_msg=name)
    assert one.n_samples_seen_ == other.n_samples_seen_


@pytest.mark.parametrize("ends", [[], [100], [4, 5, 6, 7, 150], [190, 199], list(range(10, 200))])
def test_any_batches_give_the_fit_of_all_rows(ends):
    X = rows()
    assert_same_fit(in_batches(X, ends, n_components=2), ProbabilisticPCA(2).fit(X), rtol=1e-10)
    without_one_row = in_batches(X[:-1], ends[:-1], n_components=2)  # the control
    assert abs(without_one_row.noise_variance_ / ProbabilisticPCA(2).fit(X).noise_variance_ - 1.0) > 1e-5


def test_goes_on_from_a_fit_and_a_fit_begins_anew():
    X = rows()
    assert_same_fit(ProbabilisticPCA(2).fit(X[:60]).partial_fit(X[60:]), ProbabilisticPCA(2).fit(X), rtol=1e-10)
    again = in_batches(X, [60], n_components=2).fit(X[:60])
    assert again.n_samples_seen_ == 60
    assert np.array_equal(again.components_, ProbabilisticPCA(2).fit(X[:60]).components_)
    assert len(again.history_["loss"]) == 1


@pytest.mark.parametrize("n_components", [1, 3, 5])
def test_curve_is_the_likelihood_of_all_rows_seen(n_components):
    X = rows()
    model = ProbabilisticPCA(n_components)
    for first, last in ((0, 50), (50, 51), (51, 200)):
        model.partial_fit(X[first:last])
        assert model.history_["loss"][-1] == pytest.approx(-model.score(X[:last]), abs=1e-8)
    assert len(model.history_["loss"]) == 3


def graded(n=30):
    """Spreads of 1, 1e-3 and twice 1e-7, in directions that no axis has: variances from 1 to 1e-14."""
    rng = np.random.default_rng(4)
    axes, _ = np.linalg.qr(rng.normal(size=(4, 4)))
    return rng.normal(size=(n, 4)) * np.array([1.0, 1e-3, 1e-7, 1e-7]) @ axes


def exact_variances(X):
    """Eigenvalues of the covariance of these very numbers, largest first, at 60 digits."""
    with mpmath.workdps(60):
        A = mpmath.matrix(X.tolist())
        centred = mpmath.matrix(A.rows, A.cols)
        for j in range(A.cols):
            mean = mpmath.fsum(A[:, j]) / A.rows
            for i in range(A.rows):
                centred[i, j] = A[i, j] - mean
        values, _ = mpmath.eigsy(centred.T * centred / A.rows)
        return np.array(sorted((float(value) for value in values), reverse=True))


@pytest.mark.parametrize("ends", [[], [7, 8, 20]])
def test_small_variances_keep_their_digits(ends):
    """To the condition number of the rows, 1e7, times the rounding unit.  Control: the scatter keeps two or three."""
    X = graded()
    noise = exact_variances(X)[2:].mean()
    assert abs(in_batches(X, ends, n_components=2).noise_variance_ / noise - 1.0) < 1e-8
    centred = X - X.mean(axis=0)
    of_scatter = np.linalg.eigvalsh(centred.T @ centred / len(X))[:2].mean()
    assert abs(of_scatter / noise - 1.0) > 1e-3


def test_components_may_change_between_calls():
    """What is kept does not depend on them."""
    X = rows()
    model = ProbabilisticPCA(1).fit(X[:50]).set_params(n_components=3).partial_fit(X[50:])
    assert_same_fit(model, ProbabilisticPCA(3).fit(X), rtol=1e-10)


def test_a_batch_that_is_refused_does_not_count():
    """Of k + 1 rows no variance is left for the noise; of k + 2 there is."""
    X = rows()
    model = ProbabilisticPCA(3)
    with pytest.raises(ValueError, match=r"the 4 rows lie in a subspace .* of at least 5 rows"):
        model.partial_fit(X[:4])
    assert not hasattr(model, "mean_")
    model.partial_fit(X[:5])
    before = {name: value for name, value in vars(model).items() if name.endswith("_")}
    for wrong in (X[:9, :2], np.full((1, 6), np.nan)):
        with pytest.raises(ValueError, match=r"features|NaN"):
            model.partial_fit(wrong)
    with pytest.raises(ValueError, match="n_components = 6"):
        model.set_params(n_components=6).partial_fit(X[5:])
    assert all(value is getattr(model, name) for name, value in before.items())
    assert_same_fit(model.set_params(n_components=3).partial_fit(X[5:]), ProbabilisticPCA(3).fit(X), rtol=1e-10)


def test_scatters_add():
    """Against the matrix, of rows about the origin; control: without the term between the means."""
    X = rows() - rows().mean(axis=0)
    one, other = Scatter.of(X[:50]), Scatter.of(X[50:] + 3.0)
    both = one.with_rows_of(other)
    moved = np.vstack([X[:50], X[50:] + 3.0])
    matrix = (moved - moved.mean(axis=0)).T @ (moved - moved.mean(axis=0))
    np.testing.assert_allclose(both.root.T @ both.root, matrix, rtol=1e-11)
    assert not np.allclose(one.root.T @ one.root + other.root.T @ other.root, matrix, rtol=0.01)
