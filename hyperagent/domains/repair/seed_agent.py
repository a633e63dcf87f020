"""The task agent: it repairs a function by trying edits until one passes the visible tests."""

import libcst

from genome import operators

COSTS = {
    "shift_boundary": 1.0,
    "flip_comparison": 1.0,
    "relax_comparison": 1.0,
    "change_arithmetic": 1.0,
    "change_bits": 1.0,
    "swap_operands": 1.0,
    "drop_operand": 1.0,
    "change_augmented": 1.0,
    "change_assignment": 1.0,
    "swap_boolean": 1.0,
    "shrink_condition": 1.0,
    "negate_condition": 1.0,
    "extend_condition": 1.0,
    "swap_branches": 1.0,
    "swap_blocks": 1.0,
    "step_integer": 1.0,
    "plain_integer": 1.0,
    "change_constant": 1.0,
    "change_name": 1.0,
    "offset_value": 1.0,
    "swap_arguments": 1.0,
    "drop_argument": 1.0,
    "change_call": 1.0,
    "unwrap_call": 1.0,
    "wrap_call": 1.0,
    "shift_index": 1.0,
    "shift_slice": 1.0,
    "add_slice": 1.0,
    "toggle_entry": 1.0,
    "change_return": 1.0,
    "negate_return": 1.0,
    "swap_jump": 1.0,
    "delete_statement": 1.0,
    "insert_statement": 1.0,
    "unwrap_block": 1.0,
    "wrap_block": 1.0,
    "dedent_last": 1.0,
    "insert_guard": 1.0,
}


def solve(task, tools):
    """Return the first candidate that passes every visible test, or the source as it stands."""
    scope = operators.Scope(libcst.parse_module(task["source"]))
    for candidate in candidates(scope, tools.rng):
        if tools.runs_left() == 0:
            break
        if tools.run(candidate, quick=True).ok:
            return candidate
    return task["source"]


def candidates(scope, rng):
    """The texts of edited programs: one edit at random for each pair of an operator and a site."""
    for operator, site in ordered(operators.pairs(scope), rng):
        offers = list(operators.changes(operator, site, scope))
        text = operators.applied(scope, rng.choice(offers)) if offers else None
        if text is not None:
            yield text


def ordered(pairs, rng):
    """The pairs in random order, drawn towards the front by a low cost of the operator."""
    return sorted(pairs, key=lambda pair: rng.random() * COSTS.get(pair[0].name, 1.0))
