"""The list of wave functions under contract. A new ansatz is one more line, and its twin in tests/naive."""

from hamiltonians.system import System
from tests.contracts.case import Case, perturbed
from tests.contracts.spin_cases import SPIN_CASES
from tests.naive import log_psi as naive
from wavefunctions.custom import Custom
from wavefunctions.deep_sets import DeepSets
from wavefunctions.feed_forward import FeedForward
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import GaussianPair, HardCore, Pade, PowerLaw
from wavefunctions.product import Product
from wavefunctions.radial_series import RadialSeries
from wavefunctions.rbm import RBM


def user_function(theta, x):
    """-width sum |r_i|^2 - softness (sum |r_i|^2)^2."""
    square = 0.0
    for i in range(x.shape[0]):
        for k in range(x.shape[1]):
            square += x[i, k] * x[i, k]
    return -theta[0] * square - theta[1] * square * square


def custom(system):
    return Custom(system, user_function, {"width": 0.4, "softness": 0.01})


ASPECT = [0.5, 2.0, 1.25]
MASSES = (1.0, 0.3, 1.0, 7.0)
LINE, PLANE, SPACE = System(4, 1), System(3, 2), System(4, 3)
#: Enough partners to fill vector registers and leave a remainder.
CROWD = System(11, 2)

CASES = [
    Case("gaussian", lambda: Gaussian(SPACE, 0.37), naive.gaussian()),
    Case("gaussian_1d", lambda: Gaussian(LINE, 0.37), naive.gaussian()),
    Case("gaussian_aspect", lambda: Gaussian(SPACE, 0.37, ASPECT), naive.gaussian(ASPECT)),
    Case("gaussian_per_axis", lambda: Gaussian(SPACE, 0.37, ASPECT, per_axis=True), naive.gaussian()),
    Case(
        "gaussian_masses",
        lambda: Gaussian(System(4, 3, masses=MASSES), 0.37, ASPECT),
        naive.gaussian(ASPECT, MASSES),
        symmetric=False,
    ),
    Case(
        "gaussian_masses_per_axis",
        lambda: Gaussian(System(4, 3, masses=MASSES), 0.37, ASPECT, per_axis=True),
        naive.gaussian(None, MASSES),
        symmetric=False,
    ),
    Case("gaussian_mass", lambda: Gaussian(System(4, 3, masses=0.3), 0.37), naive.gaussian(None, [0.3] * 4)),
    Case("pade_mass", lambda: Pade(System(3, 2, masses=0.3), 0.8, strength=1.5), naive.pade(0.45), slow=True),
    Case("pade_1d", lambda: Pade(LINE, 0.8, cusp=0.5), naive.pade(0.5)),
    Case("pade_2d", lambda: Pade(PLANE, 0.8, strength=1.5), naive.pade(1.5)),
    Case("pade_3d", lambda: Pade(SPACE, 0.8), naive.pade(0.5)),
    Case("pade_crowd", lambda: Pade(CROWD, 0.3), naive.pade(1), n_points=8),
    Case("hard_core", lambda: HardCore(SPACE, 0.25), naive.hard_core(0.25), core=0.25),
    Case(
        "hard_core_crowd",
        lambda: HardCore(CROWD, 0.0043),
        naive.hard_core(0.0043, CROWD.n_dim),
        core=0.0043,
        n_points=8,
        slow=True,
    ),
    Case("hard_core_2d", lambda: HardCore(PLANE, 0.25), naive.hard_core(0.25, 2), core=0.25),
    Case("hard_core_1d", lambda: HardCore(LINE, 0.0625), naive.hard_core(0.0625, 1), core=0.0625),
    Case("power_law", lambda: PowerLaw(LINE, 1.7), naive.power_law()),
    Case("gaussian_pair", lambda: GaussianPair(SPACE, 0.06), naive.gaussian_pair()),
    Case("gaussian_pair_crowd", lambda: GaussianPair(CROWD, 0.06), naive.gaussian_pair(), n_points=8, slow=True),
    Case("rbm", lambda: RBM(PLANE, 3, spread=0.5), naive.rbm(3, sigma=1), symmetric=False),
    Case("rbm_root", lambda: RBM(PLANE, 2, "sqrt(F)", 0.8, spread=0.5), naive.rbm(2, 0.5, 0.8), symmetric=False),
    Case("rbm_width", lambda: RBM(PLANE, 2, "F", 0.8, True, spread=0.5), naive.rbm(2), symmetric=False),
    Case(
        "rbm_root_width",
        lambda: RBM(PLANE, 9, "sqrt(F)", 1.3, True, spread=0.3),
        naive.rbm(9, 0.5),
        symmetric=False,
        n_points=20,
        slow=True,
    ),
    Case(
        "gaussian_pade",
        lambda: Product(Gaussian(PLANE, 0.37), Pade(PLANE, 0.8)),
        naive.product((naive.gaussian(), 1), (naive.pade(1), 1)),
    ),
    Case(
        "gaussian_hard_core",
        lambda: Product(Gaussian(SPACE, 0.37, ASPECT), HardCore(SPACE, 0.25)),
        naive.product((naive.gaussian(ASPECT), 1), (naive.hard_core(0.25), 0)),
        core=0.25,
        slow=True,
    ),
    Case(
        "rbm_gaussian_pade",
        lambda: Product(RBM(PLANE, 3, spread=0.5), Gaussian(PLANE, 0.1, per_axis=True), Pade(PLANE, 0.8)),
        naive.product((naive.rbm(3, sigma=1), 6 + 3 + 18), (naive.gaussian(), 2), (naive.pade(1), 1)),
        symmetric=False,
        slow=True,
    ),
    *(
        Case(
            f"feed_forward_{activation}",
            lambda activation=activation: FeedForward(PLANE, (5, 4), activation, output_scale=1.0, seed=2),
            naive.feed_forward((5, 4), activation),
            symmetric=False,
            n_points=10,
            oscillates=activation == "sine",
            slow=activation != "tanh",
        )
        for activation in ("tanh", "sigmoid", "softplus", "gelu", "sine")
    ),
    Case(
        "feed_forward_shallow",
        lambda: FeedForward(LINE, (9,), output_scale=1.0),
        naive.feed_forward((9,)),
        symmetric=False,
        n_points=10,
        slow=True,
    ),
    *(
        Case(
            f"feed_forward_{'_'.join(options)}",
            lambda options=options: perturbed(FeedForward(PLANE, (5, 4, 4), output_scale=1.0, seed=2, **options)),
            naive.feed_forward((5, 4, 4), **options),
            symmetric=False,
            n_points=10,
            slow=True,
        )
        for options in ({"layer_norm": True}, {"residual": True}, {"layer_norm": True, "residual": True})
    ),
    Case(
        "deep_sets",
        lambda: perturbed(DeepSets(SPACE, (5,), 3, (4, 3), output_scale=1.0)),
        naive.deep_sets((5,), 3, (4, 3)),
        n_points=10,
    ),
    Case(
        "deep_sets_layer_norm_residual",
        lambda: perturbed(DeepSets(PLANE, (4, 4), 5, (5, 5), "gelu", layer_norm=True, residual=True, output_scale=1.0)),
        naive.deep_sets((4, 4), 5, (5, 5), "gelu", layer_norm=True, residual=True),
        n_points=10,
        slow=True,
    ),
    Case(
        "gaussian_feed_forward_pade",
        lambda: Product(Gaussian(PLANE, 0.37), FeedForward(PLANE, (4, 3, 6), output_scale=1.0), Pade(PLANE, 0.8)),
        naive.product((naive.gaussian(), 1), (naive.feed_forward((4, 3, 6)), 28 + 15 + 24 + 7), (naive.pade(1), 1)),
        symmetric=False,
        n_points=10,
        slow=True,
    ),
    Case(
        "gaussian_deep_sets_gaussian_pair",
        lambda: Product(
            Gaussian(PLANE, 0.37), DeepSets(PLANE, (4,), 3, (3,), output_scale=1.0), GaussianPair(PLANE, 0.1)
        ),
        naive.product(
            (naive.gaussian(), 1), (naive.deep_sets((4,), 3, (3,)), 12 + 15 + 12 + 4), (naive.gaussian_pair(), 1)
        ),
        n_points=10,
        slow=True,
    ),
    *SPIN_CASES,
    Case("radial_series", lambda: perturbed(RadialSeries(SPACE, 4, 1.5)), naive.radial_series(1.5), n_points=20),
    Case("custom", lambda: custom(PLANE), naive.quartic, accuracy=1e-6),
    Case(
        "gaussian_custom",
        lambda: Product(Gaussian(PLANE, 0.37), custom(PLANE)),
        naive.product((naive.gaussian(), 1), (naive.quartic, 2)),
        accuracy=1e-6,
    ),
]
