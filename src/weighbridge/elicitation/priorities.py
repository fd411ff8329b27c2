"""Pairwise answers become priorities: log least squares and the principal eigenvector.

Pure array functions without validation; `weighbridge.elicitation.comparisons` checks first.
Everything works on logarithms: an answer "a is r times as important as b" is y = ln r, and the
priorities are sought as u = ln w.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from weighbridge.core.arrays import Booleans, Floats, Integers

__all__ = [
    "Edges",
    "components",
    "effective_resistances",
    "laplacian_inverse",
    "log_least_squares",
    "log_priorities_to_weights",
    "optimal_completion",
    "principal_eigenvector",
    "residuals",
]

_NODA_STEPS = 100
_NODA_TOLERANCE = 1e-14
_COMPLETION_STEPS = 100
_LONGEST_STEP = 50.0


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairwise answers about n items as arrays, at most one a pair.

    Attributes
    ----------
    first, second
        Indices of the items compared, shape (m,), first < second.
    logs
        ln of the ratio first : second, shape (m,).
    weights
        Positive weights of the answers, shape (m,); 1 for a single person's answers.
    n
        Number of items.
    """

    first: Integers
    second: Integers
    logs: Floats
    weights: Floats
    n: int

    def __len__(self) -> int:
        return len(self.logs)


def components(answers: Edges) -> tuple[tuple[int, ...], ...]:
    """Return the items in groups that are linked by answers, each group and the list in item order."""
    parent = list(range(answers.n))

    def root(item: int) -> int:
        while parent[item] != item:
            item = parent[item]
        return item

    for i, j in zip(answers.first.tolist(), answers.second.tolist(), strict=True):
        low, high = sorted((root(i), root(j)))
        parent[high] = low
    groups: dict[int, list[int]] = {}
    for item in range(answers.n):
        groups.setdefault(root(item), []).append(item)
    return tuple(tuple(group) for group in groups.values())


def _laplacian(answers: Edges) -> Floats:
    laplacian = np.zeros((answers.n, answers.n))
    i, j, c = answers.first, answers.second, answers.weights
    np.add.at(laplacian, (i, j), -c)
    np.add.at(laplacian, (j, i), -c)
    np.add.at(laplacian, (i, i), c)
    np.add.at(laplacian, (j, j), c)
    return laplacian


def laplacian_inverse(answers: Edges) -> Floats:
    """Return the pseudo-inverse L⁺ of the weighted graph Laplacian, shape (n, n).

    The answers must link all items; then L⁺ = (L + J/n)⁻¹ − J/n with J the matrix of ones.
    """
    mean = np.full((answers.n, answers.n), 1.0 / answers.n)
    inverse: Floats = np.linalg.inv(_laplacian(answers) + mean) - mean
    return (inverse + inverse.T) / 2


def log_least_squares(answers: Edges) -> Floats:
    """Return u = ln w that minimises Σ c (y − (u_i − u_j))², centred, shape (n,).

    Solves L u = b with the graph Laplacian L and b_i = Σ_j c_ij ln a_ij. For a complete set of
    equally weighted answers this is the row geometric mean. The answers must link all items.

    References
    ----------
    Bozóki, S., Fülöp, J. and Rónyai, L. (2010). On optimal completion of incomplete pairwise
    comparison matrices. Mathematical and Computer Modelling 52, 318–333, section 4.
    """
    flow = answers.weights * answers.logs
    sources = np.zeros(answers.n)
    np.add.at(sources, answers.first, flow)
    np.subtract.at(sources, answers.second, flow)
    solution: Floats = laplacian_inverse(answers) @ sources
    return np.asarray(solution - solution.mean(), dtype=np.float64)


def log_priorities_to_weights(logs: Floats) -> Floats:
    """Return exp(u) / Σ exp(u), safe for any magnitude."""
    powers = np.exp(logs - logs.max())
    return np.asarray(powers / powers.sum(), dtype=np.float64)


def residuals(answers: Edges, logs: Floats) -> Floats:
    """Return ε = y − (u_i − u_j) of every answer, shape (m,).

    Residuals within rounding (1e-12 of the largest |y|) are exactly 0, so that consistent answers
    are reported as consistent.
    """
    errors = answers.logs - (logs[answers.first] - logs[answers.second])
    scale = max(1.0, float(np.abs(answers.logs).max(initial=0.0)))
    return np.where(np.abs(errors) <= 1e-12 * scale, 0.0, errors)


def effective_resistances(answers: Edges) -> Floats:
    """Return the effective resistance between all pairs of items, shape (n, n).

    Each answer is a conductor of conductance c. R_ij = L⁺_ii + L⁺_jj − 2 L⁺_ij is the variance of
    u_i − u_j for answers of unit variance; items that no chain of answers links are infinitely far.

    References
    ----------
    Klein, D. J. and Randić, M. (1993). Resistance distance. Journal of Mathematical Chemistry 12,
    81–95.
    """
    resistances = np.full((answers.n, answers.n), np.inf)
    for group in components(answers):
        items = np.array(group)
        inverse = laplacian_inverse(_restricted(answers, items))
        diagonal = np.diag(inverse)
        resistances[np.ix_(items, items)] = np.maximum(diagonal[:, None] + diagonal[None, :] - 2 * inverse, 0.0)
    np.fill_diagonal(resistances, 0.0)
    return resistances


def _restricted(answers: Edges, items: Integers) -> Edges:
    position = np.full(answers.n, -1)
    position[items] = np.arange(len(items))
    inside = position[answers.first] >= 0
    return Edges(
        position[answers.first[inside]],
        position[answers.second[inside]],
        answers.logs[inside],
        answers.weights[inside],
        len(items),
    )


def _perron(matrix: Floats) -> tuple[Floats, float]:
    """Return the Perron vector (sum 1) and root of a positive matrix by Noda's iteration.

    Each step solves (λ̄ I − A) y = x with the Collatz–Wielandt bound λ̄ = max (A x)_i / x_i: x stays
    positive, λ̄ falls to the root, quadratically, whatever the gap to the next eigenvalue.
    """
    n = len(matrix)
    vector = np.full(n, 1.0 / n)
    ratios = matrix @ vector / vector
    for _ in range(_NODA_STEPS):
        if ratios.max() - ratios.min() <= _NODA_TOLERANCE * ratios.max():
            break
        try:
            step = np.linalg.solve(ratios.max() * np.eye(n) - matrix, vector)
        except np.linalg.LinAlgError:  # the bound equals the root to the last bit: the vector is final
            break
        step = np.abs(step) / np.abs(step).sum()
        fresh = matrix @ step / step
        if not np.isfinite(fresh).all() or fresh.max() >= ratios.max():
            break  # rounding is all that is left
        vector, ratios = step, fresh
    return vector, float(vector @ (matrix @ vector) / (vector @ vector))


def _balanced(log_matrix: Floats) -> tuple[Floats, Floats]:
    """Return D⁻¹ A D with D = diag(row geometric means), and ln D.

    The similarity keeps the eigenvalues and makes every entry the answer's *disagreement* with the
    others, so that ratios of 1e9 between weights do not cost digits.
    """
    logs = log_matrix.mean(axis=1)
    return np.exp(log_matrix - logs[:, None] + logs[None, :]), logs


def principal_eigenvector(matrix: Floats) -> tuple[Floats, float]:
    """Return the principal eigenvector (positive, sum 1) and λ_max of a positive reciprocal matrix.

    Parameters
    ----------
    matrix
        Complete positive reciprocal matrix, shape (n, n).

    Returns
    -------
    weights, lambda_max
        A w = λ_max w; λ_max is exactly n where it differs from n by rounding only.

    References
    ----------
    Saaty, T. L. (1977). A scaling method for priorities in hierarchical structures. Journal of
    Mathematical Psychology 15, 234–281. Noda, T. (1971). Note on the computation of the maximal
    eigenvalue of a non-negative irreducible matrix. Numerische Mathematik 17, 382–386.
    """
    n = len(matrix)
    balanced, logs = _balanced(np.log(matrix))
    vector, root = _perron(balanced)
    if root - n <= 1e-12 * n:
        root = float(n)
    return log_priorities_to_weights(np.log(vector) + logs), root


def optimal_completion(matrix: Floats) -> Floats:
    """Fill the unanswered entries of a reciprocal matrix so that λ_max is least.

    Parameters
    ----------
    matrix
        Positive reciprocal matrix with NaN where unanswered, shape (n, n); the answers must link
        all items (then the optimum exists and is unique).

    Returns
    -------
    The completed matrix, reciprocal. ln λ_max is convex in the logarithms of the unknown entries,
    and is minimised over them from the log-least-squares completion by a damped Newton method with
    the exact gradient ∂ ln λ / ∂ ln x_ij = (v_i a_ij w_j − v_j a_ji w_i) / (λ vᵀw), v and w the
    left and right eigenvectors.

    References
    ----------
    Bozóki, S., Fülöp, J. and Rónyai, L. (2010). On optimal completion of incomplete pairwise
    comparison matrices. Mathematical and Computer Modelling 52, 318–333, section 3.
    """
    unknown: Booleans = np.isnan(matrix)
    if not unknown.any():
        return matrix.copy()
    i, j = (np.asarray(index, dtype=np.int64) for index in np.nonzero(np.triu(unknown)))
    known_i, known_j = np.nonzero(np.triu(~unknown, 1))
    logs = np.log(matrix[known_i, known_j])
    u = log_least_squares(Edges(known_i, known_j, logs, np.ones(len(logs)), len(matrix)))
    base = np.where(unknown, 0.0, np.log(np.where(unknown, 1.0, matrix)) - u[:, None] + u[None, :])
    shifts = _least_root_shifts(base, i, j)
    base[i, j], base[j, i] = shifts, -shifts
    completed = np.exp(base + u[:, None] - u[None, :])
    return np.where(unknown, completed, matrix)


def _least_root_shifts(base: Floats, i: Integers, j: Integers) -> Floats:
    """Return the logarithms at (i, j) that minimise ln λ_max of exp(base): Newton's method, damped.

    A step that does not lower λ_max is refused and the damping raised, so the value never rises and
    the loop ends where rounding is all that is left.
    """
    shifts = np.zeros(len(i))
    if np.abs(base).max() <= 1e-12:  # consistent answers: the least-squares completion is exact
        return shifts
    value, gradient, hessian = _log_root(base, i, j, shifts)
    damping = 1e-6
    for _ in range(_COMPLETION_STEPS):
        if np.abs(gradient).max() <= 1e-13 or damping > 1e9:
            break
        trial = shifts - np.linalg.solve(hessian + damping * np.eye(len(i)), gradient)
        found = _log_root(base, i, j, trial) if np.abs(trial - shifts).max() < _LONGEST_STEP else None
        if found is not None and found[0] < value:
            shifts, (value, gradient, hessian), damping = trial, found, damping / 10
        else:
            damping *= 10
    return shifts


def _log_root(base: Floats, i: Integers, j: Integers, shifts: Floats) -> tuple[float, Floats, Floats]:
    """Return ln λ_max of exp(base) with `shifts` at (i, j), its gradient and its Hessian.

    With vᵀw = 1 and A_p the derivative by the p-th logarithm: λ_p = vᵀA_p w and
    λ_pq = vᵀA_pq w + vᵀA_p S A_q w + vᵀA_q S A_p w, S the group inverse of λI − A.
    """
    logs = base.copy()
    logs[i, j], logs[j, i] = shifts, -shifts
    entries, _ = _balanced(logs)
    right, root = _perron(entries)
    left, _ = _perron(entries.T)
    left = left / float(left @ right)
    flow = left[:, None] * entries * right[None, :]
    forward, backward = flow[i, j], flow[j, i]
    p = np.arange(len(i))
    columns, rows = np.zeros((len(base), len(i))), np.zeros((len(i), len(base)))
    columns[i, p], columns[j, p] = entries[i, j] * right[j], -entries[j, i] * right[i]
    rows[p, j], rows[p, i] = left[i] * entries[i, j], -left[j] * entries[j, i]
    projector = np.outer(right, left)
    group_inverse = np.linalg.inv(root * np.eye(len(base)) - entries + projector) - projector
    mixed = rows @ group_inverse @ columns
    gradient = (forward - backward) / root
    hessian = (np.diag(forward + backward) + mixed + mixed.T) / root - np.outer(gradient, gradient)
    return float(np.log(root)), gradient, hessian
