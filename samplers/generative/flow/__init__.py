"""Normalising flow of coupling layers with monotone rational-quadratic splines.

* `spline`: the scalar function, its inverse and its derivatives, compiled;
* `coupling`: one layer, in which some features are mapped by splines that depend on the others;
* `layers`: several of them in a row, forward, backward and in reverse mode;
* `model`: the estimator.
"""
