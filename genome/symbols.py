"""Which symbols, functions and kinds of value stand in for which: the tables of the operators."""

import libcst as cst

from genome.bindings import LIST, NUMBER, TABLE, TEXT

BOUNDARY = {
    cst.LessThan: [cst.LessThanEqual],
    cst.LessThanEqual: [cst.LessThan],
    cst.GreaterThan: [cst.GreaterThanEqual],
    cst.GreaterThanEqual: [cst.GreaterThan],
}
OPPOSITE = {
    cst.LessThan: [cst.GreaterThan, cst.GreaterThanEqual],
    cst.GreaterThan: [cst.LessThan, cst.LessThanEqual],
    cst.LessThanEqual: [cst.GreaterThanEqual, cst.GreaterThan],
    cst.GreaterThanEqual: [cst.LessThanEqual, cst.LessThan],
    cst.Equal: [cst.NotEqual],
    cst.NotEqual: [cst.Equal],
    cst.In: [cst.NotIn],
    cst.NotIn: [cst.In],
    cst.Is: [cst.IsNot],
    cst.IsNot: [cst.Is],
}
EQUALITY = {
    cst.Equal: [cst.LessThanEqual, cst.GreaterThanEqual],
    cst.LessThan: [cst.NotEqual],
    cst.GreaterThan: [cst.NotEqual],
    cst.NotEqual: [cst.LessThan, cst.GreaterThan],
    cst.LessThanEqual: [cst.Equal],
    cst.GreaterThanEqual: [cst.Equal],
}
ARITHMETIC = {
    cst.Add: [cst.Subtract],
    cst.Subtract: [cst.Add],
    cst.Multiply: [cst.Add, cst.FloorDivide],
    cst.FloorDivide: [cst.Multiply, cst.Modulo, cst.Divide],
    cst.Divide: [cst.FloorDivide, cst.Multiply],
    cst.Modulo: [cst.FloorDivide, cst.Multiply],
    cst.Power: [cst.Multiply],
}
BITS = {
    cst.BitAnd: [cst.BitOr, cst.BitXor],
    cst.BitOr: [cst.BitAnd, cst.BitXor],
    cst.BitXor: [cst.BitAnd, cst.BitOr],
    cst.LeftShift: [cst.RightShift],
    cst.RightShift: [cst.LeftShift],
}
AUGMENTED = {
    cst.AddAssign: [cst.SubtractAssign, cst.MultiplyAssign],
    cst.SubtractAssign: [cst.AddAssign],
    cst.MultiplyAssign: [cst.AddAssign, cst.FloorDivideAssign],
    cst.FloorDivideAssign: [cst.MultiplyAssign],
}
RELATED_CALLS = {
    "min": ["max"],
    "max": ["min", "sum"],
    "any": ["all"],
    "all": ["any"],
    "sum": ["max", "len"],
    "sorted": ["list"],
    "range": ["reversed"],
    "abs": ["int"],
    "append": ["extend"],
    "extend": ["append"],
    "pop": ["popleft"],
    "popleft": ["pop"],
    "upper": ["lower"],
    "lower": ["upper"],
    "lstrip": ["rstrip", "strip"],
    "rstrip": ["lstrip", "strip"],
    "find": ["rfind"],
    "keys": ["values"],
    "values": ["keys", "items"],
    "add": ["discard"],
    "shuffle": ["sort"],
    "random": ["gauss"],
}
OPTIONAL = {
    **dict.fromkeys("range sorted sum print int round enumerate get pop min max".split(), 1),
    **dict.fromkeys("dict split strip lstrip rstrip".split(), 0),
}
"""The functions that do with fewer arguments, and how many of those given by position they have to keep."""

WRAPPERS = {
    "len": (LIST, TEXT, TABLE),
    "sum": (LIST,),
    "sorted": (LIST, TABLE),
    "list": (LIST, TABLE),
    "set": (LIST,),
    "abs": (NUMBER,),
    "int": (NUMBER,),
    "str": (NUMBER,),
}
"""The kinds of value that a builtin function takes."""

COUNTING = ("len", "sum")
"""The functions that make a number of something else, for places where a number is compared or reckoned with."""

UNWRAPPED = "abs int float round sorted list set str tuple reversed".split()
"""The functions whose argument may stand for their result."""

PLACES = ("lower", "upper", "step")
"""The fields in which numbers stand."""
